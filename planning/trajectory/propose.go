package trajectory

import (
	"math"
	"strconv"

	"roadloop/perception"
	"roadloop/planning"
	"roadloop/planning/behavior"
)

// kind is the lateral maneuver of a proposal, or a stop.
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

// intent is the specification of a proposal.
type intent struct {
	line   int
	kind   kind
	speed  int     // index of the fraction of the cruising speed
	offset float64 // to the left of the line, m
	until  float64 // s from which the offset is no longer needed
	gain   float64 // speed gain by a lane change or by passing, as a share
	due    bool    // passes a standing obstacle for which the car would have to slow down
}

// propose rolls out all proposals, first those along the current line.
func (p *Planner) propose(scene *perception.Scene, cast []planning.Forecast) {
	p.consider(scene, cast)
	present := p.pace()
	p.proposePasses()
	p.along(intent{line: p.line, kind: keep}, len(p.params.Fractions))
	p.proposeNudges()
	p.roll(intent{line: p.line, kind: stop})
	p.roll(intent{line: p.line, kind: hardStop})
	for i := range p.route.Lines {
		if i != p.line {
			p.changeTo(scene, cast, i, present)
		}
	}
}

// consider updates the view and the constraints of the current line.
func (p *Planner) consider(scene *perception.Scene, cast []planning.Forecast) {
	p.look(scene, cast, p.line, p.s)
	p.rules.Update(&p.view)
	p.updateMoving(scene.Time.Seconds())
	p.constraints = p.rules.Evaluate(&p.view)
}

// look updates the view for a line.
func (p *Planner) look(scene *perception.Scene, cast []planning.Forecast, line int, s float64) {
	p.view.Path = p.route.Lines[line].Path
	p.view.Cruise = p.cruise[line]
	p.view.Update(scene, cast, &p.car, s)
}

// along rolls out an intent at the n highest speeds.
func (p *Planner) along(in intent, n int) {
	for i := range min(n, len(p.params.Fractions)) {
		in.speed = i
		p.roll(in)
	}
}

// proposeNudges proposes lateral offsets within the lane, outside junctions.
func (p *Planner) proposeNudges() {
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

// proposePasses proposes to pass a blockade. If the car must first wait for oncoming
// traffic, the other proposals stop early enough to pull out later. Once the car
// passes, the scores decide whether it continues.
func (p *Planner) proposePasses() {
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
			p.waitToPass(b.start)
		default:
			in.kind, in.offset, in.due = passLeft, off, due && !(crossing && p.oncomingHidden(&b))
			p.along(in, 3)
		}
	}
	if off := b.right - room; off < 0 && -off+p.car.HalfWidth < at.Right {
		in.kind, in.offset, in.due = passRight, off, due
		p.along(in, 3)
	}
}

// due reports whether it is time to pull out: the blockade has stood for a while and
// leaves less than half of the acceleration of a free road.
func (p *Planner) due(b *blockade) bool {
	v := &p.view
	return b.gain == 0 && !b.movedRecently && p.gapAccel(v.Speed, b.start-v.Front, 0) < p.toward(v.Speed, p.cruiseAt(v.S))/2
}

// waitToPass adds a stop constraint TurnOut before s if the car can stop there gently.
func (p *Planner) waitToPass(s float64) {
	const gentle = 3.5 // m/s²
	wall := s - p.params.PullOutDistance
	way := math.Max(0, wall-p.view.Front+0.5)
	if p.view.Front < wall+1 && p.view.Speed*p.view.Speed <= 2*gentle*way+0.1 {
		p.constraints.Stops = append(p.constraints.Stops, behavior.StopConstraint{S: wall, Reason: "waiting to pass"})
	}
}

// blockade is a section of a line with standing or slow obstacles: from start to end along
// the line, from right to left across it. Standing obstacles end at still. Slow ones end
// at tail now and move at speed, m/s. end includes their motion during a roll-out. gap is
// the lateral clearance, and gain the speed gain of passing, as a share of the cruising
// speed: 0 for standing obstacles.
type blockade struct {
	start, end, right, left, gap, gain float64
	still, tail, speed                 float64
	movedRecently                      bool // a track in it drove a moment ago
}

// blockadeGap is the distance between two obstacles that is too short to return
// to the lane, m.
const blockadeGap = 15.0

// blockade returns the first standing or slow obstacle in the path, together with
// those close behind it.
func (p *Planner) blockade() (b blockade, found bool) {
	b = blockade{start: math.Inf(1), right: math.Inf(1), left: math.Inf(-1), gap: p.params.PassGap}
	for i := range p.view.Others {
		if o := &p.view.Others[i]; p.isObstacle(o) && o.At[0].S-o.Along < b.start {
			b.start, found = o.At[0].S-o.Along, true
		}
	}
	b.end = b.start
	for grown := found; grown; {
		grown = false
		for i := range p.view.Others {
			o := &p.view.Others[i]
			if p.isObstacle(o) && b.add(o) {
				b.gap = math.Max(b.gap, p.sideGap(o, p.params.PassGap))
				b.movedRecently = b.movedRecently || p.movedRecently(o.Track.ID)
				if o.Speed > 1 {
					b.gain = math.Max(b.gain, 1-o.Speed/math.Max(1, p.cruiseAt(p.view.S)))
				}
				grown = true
			}
		}
	}
	return b, found
}

// add extends the blockade by an obstacle close to it, and reports whether it
// became longer.
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

// isObstacle reports whether a track is a standing or slow obstacle in the path.
// The car waits for pedestrians and for queues at stop lines instead of passing
// them.
func (p *Planner) isObstacle(o *behavior.Other) bool {
	v := &p.view
	at := o.At[0]
	crawl := 0.5
	switch o.Track.Class {
	case perception.Cyclist:
		crawl = 5
	case perception.Cone: // stands, even if noisy echoes give its track some speed
		crawl = 2
	}
	return o.Track.Class != perception.Pedestrian && o.Track.Existence >= p.params.Behavior.Existence &&
		o.Track.Vel.Norm() < crawl &&
		math.Abs(at.D) < o.Across+p.car.HalfWidth+p.sideGap(o, 0.4) &&
		at.S+o.Along > v.S-p.car.Rear && at.S-o.Along < v.Front+p.params.PassReach && !p.mayQueue(at.S)
}

// sideGap returns the lateral clearance to another road user: more than usual to
// cyclists in the same direction, which may swerve.
func (p *Planner) sideGap(o *behavior.Other, usual float64) float64 {
	if o.Track.Class == perception.Cyclist && o.Speed > 1 && math.Abs(o.Drift) < 0.5*o.Speed {
		return math.Max(usual, p.params.RiderGap)
	}
	return usual
}

// mayQueue reports whether an obstacle at s may be a queue at a stop line.
func (p *Planner) mayQueue(s float64) bool {
	for i := range p.view.Path.Stops {
		if gap := p.view.Path.Stops[i].S - s; gap > -2 && gap < 30 && p.standingTime < 15 {
			return true
		}
	}
	return false
}

// mayCross reports whether there is no oncoming traffic while the car passes a blockade.
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

// oncomingHidden reports whether oncoming traffic at the speed limit that is still out of sight
// could meet the car while it passes a blockade.
func (p *Planner) oncomingHidden(b *blockade) bool {
	v := &p.view
	takes, until := p.passing(b)
	return v.S+behavior.Ahead-takes*v.Path.At(v.S).Limit < until
}

// passing returns the time to pass a blockade, s, and the arc length that oncoming
// traffic must not have reached by then.
func (p *Planner) passing(b *blockade) (takes, until float64) {
	const (
		room = 15.0 // m between the car, back on its lane, and oncoming traffic
		most = 30.0 // s
	)
	end := func() float64 { return math.Max(b.still, b.tail+b.speed*takes) }
	home := p.car.Rear + p.settling(p.view.Speed)
	for range 20 { // the end of the blockade moves while the car passes
		next := p.passTime(end() + home - p.view.S)
		done := next-takes < 0.1 || next > most
		if takes = next; done {
			break
		}
	}
	return takes, end() + home + p.car.Front + room
}

// passTime returns the time to cover a distance, with acceleration to 75 % of
// the cruising speed, s.
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

// minObservation is the minimum time after the first plan before a lane change, s: at the start of
// a drive there are no tracks yet.
const minObservation = 0.5

// changeTo proposes a lane change to another line; present is the pace of the
// current line.
func (p *Planner) changeTo(scene *perception.Scene, cast []planning.Forecast, line int, present float64) {
	l, now := &p.route.Lines[line], &p.route.Lines[p.line]
	back := l.Rank < now.Rank
	if back || l.Side && l.Rank != now.Rank || p.lastPlan-p.firstPlan < minObservation {
		return
	}
	s, d := l.Project(scene.Ego.Pose.Pos(), 0, l.Length())
	if math.Abs(d) > 5 || s < 1 || s+p.car.Front > l.End-15 {
		return
	}
	p.look(scene, cast, line, s)
	if math.Abs(p.view.Heading) > 0.4 || math.Abs(p.view.D) > 2 && !p.hasGap() {
		return
	}
	p.constraints = p.rules.Evaluate(&p.view)
	p.along(intent{line: line, kind: change, gain: p.gainOf(line, present)}, 3)
}

// hasGap reports whether the gap on the line of the view is long enough for a lane change.
func (p *Planner) hasGap() bool {
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
