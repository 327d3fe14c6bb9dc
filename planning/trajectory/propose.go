package trajectory

import (
	"math"
	"strconv"

	"roadloop/perception"
	"roadloop/planning"
	"roadloop/planning/behavior"
)

// kind is what a proposal does sideways, or that it stops.
type kind uint8

const (
	keep kind = iota
	nudgeLeft
	nudgeRight
	passLeft
	passRight
	change
	stop
	hardStop
	numKinds
)

var kindNames = [numKinds]string{"keep", "nudge left", "nudge right", "pass left", "pass right", "change", "stop", "hard stop"}

// nameProposals returns the names of all proposals, by kind and speed.
func nameProposals(fractions []float64) [][]string {
	names := make([][]string, numKinds)
	for k := range names {
		for _, f := range fractions {
			name := kindNames[k]
			if kind(k) < stop {
				name += " " + strconv.Itoa(int(math.Round(100*f))) + " %"
			}
			names[k] = append(names[k], name)
		}
	}
	return names
}

// intent is what a proposal is to do.
type intent struct {
	line   int
	kind   kind
	speed  int     // index of the fraction of the cruising speed
	offset float64 // to the left of the line, m
	until  float64 // s from which on the offset is no longer needed
	gain   float64 // of speed by a change of line or by passing, as a share
	due    bool    // passes what stands, behind which the car would have to slow down
}

// propose rolls out all proposals, those along the present line first.
func (p *Planner) propose(scene *perception.Scene, cast []planning.Forecast) {
	p.consider(scene, cast)
	present := p.pace()
	p.passes()
	p.along(intent{line: p.line, kind: keep}, len(p.params.Fractions))
	p.nudges()
	p.roll(intent{line: p.line, kind: stop})
	p.roll(intent{line: p.line, kind: hardStop})
	for i := range p.route.Lines {
		if i != p.line {
			p.changeTo(scene, cast, i, present)
		}
	}
}

// consider looks along the present line and judges what bounds the drive on it.
func (p *Planner) consider(scene *perception.Scene, cast []planning.Forecast) {
	p.look(scene, cast, p.line, p.s)
	p.mind.Remember(&p.view)
	p.watch(scene.Time.Seconds())
	p.bounds = p.mind.Judge(&p.view)
}

// look makes the view that of a line.
func (p *Planner) look(scene *perception.Scene, cast []planning.Forecast, line int, s float64) {
	p.view.Path = p.route.Lines[line].Path
	p.view.Cruise = p.cruise[line]
	p.view.Look(scene, cast, &p.car, s)
}

// along rolls out an intent at the first n speeds.
func (p *Planner) along(in intent, n int) {
	for i := range min(n, len(p.params.Fractions)) {
		in.speed = i
		p.roll(in)
	}
}

// nudges proposes to keep to one side of the lane, outside junctions.
func (p *Planner) nudges() {
	if p.route.Map.Lanes[p.view.Path.LaneAt(p.view.Front)].Junction >= 0 {
		return
	}
	at := p.view.Path.At(p.view.Front)
	if off := p.params.Nudge; off+p.car.HalfWidth+0.2 < at.Left {
		p.along(intent{line: p.line, kind: nudgeLeft, offset: off}, 2)
	}
	if off := p.params.Nudge; off+p.car.HalfWidth+0.2 < at.Right {
		p.along(intent{line: p.line, kind: nudgeRight, offset: -off}, 2)
	}
}

// passes proposes to go round what stands in the way. Where that has to wait for
// someone who comes, the other proposals stop early enough to turn out later; once
// the car is about it, the scores tell whether to go on.
func (p *Planner) passes() {
	b, found := p.blockade()
	if !found {
		return
	}
	at := p.view.Path.At(p.view.Front)
	room := p.car.HalfWidth + b.gap
	in, due := intent{line: p.line, until: b.end + p.car.Rear, gain: b.gain}, p.due(&b)
	if off := b.left + room; off > 0 {
		switch crossing := off+p.car.HalfWidth >= at.Left; {
		case crossing && off+p.car.HalfWidth+0.2 >= at.LeftRoad:
		case crossing && p.last.kind != passLeft && !p.mayCross(&b):
			p.holdBack(b.start)
		default:
			in.kind, in.offset, in.due = passLeft, off, due && !(crossing && p.hides(&b))
			p.along(in, 3)
		}
	}
	if off := b.right - room; off < 0 && -off+p.car.HalfWidth < at.Right {
		in.kind, in.offset, in.due = passRight, off, due
		p.along(in, 3)
	}
}

// due tells that a blockade stands, as it has for a while, and leaves the car less than
// half of the acceleration that it has on a free road: it is time to turn out.
func (p *Planner) due(b *blockade) bool {
	v := &p.view
	return b.gain == 0 && !b.stirs && p.behind(v.Speed, b.start-v.Front, 0) < p.toward(v.Speed, p.cruiseAt(v.S))/2
}

// holdBack puts a wall TurnOut before s where the car can stop there gently.
func (p *Planner) holdBack(s float64) {
	const gentle = 3.5 // m/s²
	wall := s - p.params.TurnOut
	way := math.Max(0, wall-p.view.Front+0.5)
	if p.view.Front < wall+1 && p.view.Speed*p.view.Speed <= 2*gentle*way+0.1 {
		p.bounds.Walls = append(p.bounds.Walls, behavior.Wall{S: wall, Reason: "waiting to pass"})
	}
}

// blockade is a stretch of a line on which things stand or crawl in the way: from
// start to end along it, from right to left across it. What stands in it ends at still,
// what crawls now at tail, which moves on at speed, m/s; end is where all of it ends soon.
// Gap is the room to keep from it, and gain how much faster one drives beyond it than
// behind, as a share of the cruising speed: 0 for what stands.
type blockade struct {
	start, end, right, left, gap, gain float64
	still, tail, speed                 float64
	stirs                              bool // something in it drove a moment ago
}

// blockadeGap is the way between two things that is too short to return to the
// lane, m.
const blockadeGap = 15.0

// blockade returns the first thing that stands or crawls in the way, with all that
// do so close behind it.
func (p *Planner) blockade() (b blockade, found bool) {
	b = blockade{start: math.Inf(1), right: math.Inf(1), left: math.Inf(-1), gap: p.params.PassGap}
	for i := range p.view.Others {
		if o := &p.view.Others[i]; p.blocks(o) && o.At[0].S-o.Along < b.start {
			b.start, found = o.At[0].S-o.Along, true
		}
	}
	b.end = b.start
	for grown := found; grown; {
		grown = false
		for i := range p.view.Others {
			o := &p.view.Others[i]
			if p.blocks(o) && b.add(o) {
				b.gap = math.Max(b.gap, p.sideGap(o, p.params.PassGap))
				b.stirs = b.stirs || p.stirs(o.Track.ID)
				if o.Speed > 1 {
					b.gain = math.Max(b.gain, 1-o.Speed/math.Max(1, p.cruiseAt(p.view.S)))
				}
				grown = true
			}
		}
	}
	return b, found
}

// add extends the blockade by something close to it, and reports whether that
// made it longer.
func (b *blockade) add(o *behavior.Other) bool {
	at := o.At[0]
	if at.S-o.Along > b.end+blockadeGap {
		return false
	}
	b.right, b.left = math.Min(b.right, at.D-o.Across), math.Max(b.left, at.D+o.Across)
	if speed := math.Max(0, o.Speed); speed > 1 {
		b.tail, b.speed = math.Max(b.tail, at.S+o.Along), math.Max(b.speed, speed)
	} else {
		b.still = math.Max(b.still, at.S+o.Along)
	}
	end := at.S + o.Along + math.Max(0, o.Speed)*steps*tick
	if end <= b.end {
		return false
	}
	b.end = end
	return true
}

// blocks tells that a track stands or crawls in the way. People on foot are
// waited for, and so is the queue at a stop line.
func (p *Planner) blocks(o *behavior.Other) bool {
	v := &p.view
	at := o.At[0]
	crawl := 0.5
	switch o.Track.Class {
	case perception.Cyclist:
		crawl = 5
	case perception.Cone: // stands, whatever its track makes of a few echoes
		crawl = 2
	}
	return o.Track.Class != perception.Pedestrian && o.Track.Existence >= p.params.Behavior.Existence &&
		o.Track.Vel.Norm() < crawl &&
		math.Abs(at.D) < o.Across+p.car.HalfWidth+p.sideGap(o, 0.4) &&
		at.S+o.Along > v.S-p.car.Rear && at.S-o.Along < v.Front+p.params.PassReach && !p.queues(at.S)
}

// sideGap returns the room to keep from the side of another: more than usual from
// cyclists who ride the same way, who may swerve.
func (p *Planner) sideGap(o *behavior.Other, usual float64) float64 {
	if o.Track.Class == perception.Cyclist && o.Speed > 1 && math.Abs(o.Drift) < 0.5*o.Speed {
		return math.Max(usual, p.params.RiderGap)
	}
	return usual
}

// queues tells that whatever stands at s may stand there for a stop line.
func (p *Planner) queues(s float64) bool {
	for i := range p.view.Path.Stops {
		if gap := p.view.Path.Stops[i].S - s; gap > -2 && gap < 30 && p.stuck < 15 {
			return true
		}
	}
	return false
}

// mayCross tells that nobody comes on the oncoming lane while the car passes a blockade.
func (p *Planner) mayCross(b *blockade) bool {
	v := &p.view
	for i := range v.Path.Stops {
		if d := v.Path.Stops[i].S - v.Front; d > 0 && d < 40 {
			return false
		}
	}
	takes, until := p.passing(b)
	for i := range v.Others {
		o := &v.Others[i]
		at := o.At[0]
		if o.Track.Existence < p.params.Behavior.Existence || at.D < 1 || at.D > 6 || at.S < v.S {
			continue
		}
		if o.Speed < -0.5 && at.S-o.Along+o.Speed*takes < until {
			return false
		}
	}
	return true
}

// hides tells that somebody who comes as fast as the road allows, and is too far away to
// be seen by now, would meet the car while it passes a blockade.
func (p *Planner) hides(b *blockade) bool {
	v := &p.view
	takes, until := p.passing(b)
	return v.S+behavior.Ahead-takes*v.Path.At(v.S).Limit < until
}

// passing returns how long the car takes to pass a blockade, s, and where on its line
// nobody may have come by then.
func (p *Planner) passing(b *blockade) (takes, until float64) {
	const (
		room = 15.0 // m between the car back on its lane and who comes
		most = 30.0 // s
	)
	end := func() float64 { return math.Max(b.still, b.tail+b.speed*takes) }
	home := p.car.Rear + p.settling(p.view.Speed)
	for range 20 { // while the car passes, the end of the blockade moves on
		next := p.passTime(end() + home - p.view.S)
		done := next-takes < 0.1 || next > most
		if takes = next; done {
			break
		}
	}
	return takes, end() + home + p.car.Front + room
}

// passTime returns how long the car takes for a way, speeding up from now on to
// most of its cruising speed, s.
func (p *Planner) passTime(way float64) float64 {
	v, top := p.view.Speed, math.Max(3, 0.75*p.cruiseAt(p.view.S))
	const launch = 0.8 // s
	if v >= top {
		return way / v
	}
	ramp := (top*top - v*v) / (2 * p.params.Accel)
	if ramp > way {
		return launch + (math.Sqrt(v*v+2*p.params.Accel*way)-v)/p.params.Accel
	}
	return launch + (top-v)/p.params.Accel + (way-ramp)/top
}

// glance is how long the planner must have seen the lanes before it changes to another, s:
// at the start of a drive nobody is known yet.
const glance = 0.5

// changeTo proposes to change to another line that runs beside the present one, on
// which the car would go at the given pace.
func (p *Planner) changeTo(scene *perception.Scene, cast []planning.Forecast, line int, present float64) {
	l, now := &p.route.Lines[line], &p.route.Lines[p.line]
	back := l.Rank < now.Rank
	if back || l.Side && l.Rank != now.Rank || p.before-p.began < glance {
		return
	}
	s, d := l.Project(scene.Ego.Pose.Pos(), 0, l.Length())
	if math.Abs(d) > 5 || s < 1 || s+p.car.Front > l.End-15 {
		return
	}
	p.look(scene, cast, line, s)
	if math.Abs(p.view.Heading) > 0.4 || math.Abs(p.view.D) > 2 && !p.roomy() {
		return
	}
	p.bounds = p.mind.Judge(&p.view)
	p.along(intent{line: line, kind: change, gain: p.gainOf(line, present)}, 3)
}

// roomy tells that the gap on the line of the view is long enough to change to.
func (p *Planner) roomy() bool {
	v := &p.view
	for i := range v.Others {
		o := &v.Others[i]
		at := o.At[0]
		if math.Abs(at.D) > o.Across+p.car.HalfWidth+0.3 || o.Track.Existence < p.params.Behavior.Existence {
			continue
		}
		ahead, back := at.S-o.Along-v.Front, v.S-p.car.Rear-(at.S+o.Along)
		switch {
		case ahead >= 0:
			if ahead < 2+0.3*v.Speed+2*math.Max(0, v.Speed-o.Speed) {
				return false
			}
		case back < 3+0.4*o.Speed+2.5*math.Max(0, o.Speed-v.Speed):
			return false
		}
	}
	return true
}
