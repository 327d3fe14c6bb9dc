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
	gain   float64 // of speed by a change of line, as a share
}

// propose rolls out all proposals, those along the present line first.
func (p *Planner) propose(scene *perception.Scene, cast []planning.Forecast) {
	p.consider(scene, cast)
	present := p.pace()
	p.along(intent{line: p.line, kind: keep}, len(p.params.Fractions))
	p.nudges()
	p.passes()
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

// passes proposes to go round what stands in the way.
func (p *Planner) passes() {
	lo, hi, found := p.blockers()
	if !found {
		return
	}
	at := p.view.Path.At(p.view.Front)
	room := p.car.HalfWidth + p.params.PassGap
	if off := hi + room; off > 0 && (off+p.car.HalfWidth < at.Left || off+p.car.HalfWidth+0.2 < at.LeftRoad && p.mayCross()) {
		p.along(intent{line: p.line, kind: passLeft, offset: off}, 3)
	}
	if off := lo - room; off < 0 && -off+p.car.HalfWidth < at.Right {
		p.along(intent{line: p.line, kind: passRight, offset: off}, 3)
	}
}

// blockers returns the span across the lane, right to left, of the first thing
// that stands or crawls in the way and of what stands close to it.
func (p *Planner) blockers() (lo, hi float64, found bool) {
	v := &p.view
	nearest := math.Inf(1)
	for i := range v.Others {
		o := &v.Others[i]
		if s := o.At[0].S - o.Along; p.blocks(o) && s < nearest {
			nearest = s
		}
	}
	lo, hi = math.Inf(1), math.Inf(-1)
	for i := range v.Others {
		o := &v.Others[i]
		if p.blocks(o) && o.At[0].S-o.Along < nearest+12 {
			lo, hi = math.Min(lo, o.At[0].D-o.Across), math.Max(hi, o.At[0].D+o.Across)
		}
	}
	return lo, hi, !math.IsInf(nearest, 1)
}

// blocks tells that a track stands or crawls in the way. People on foot are
// waited for, and so is the queue at a stop line.
func (p *Planner) blocks(o *behavior.Other) bool {
	v := &p.view
	at := o.At[0]
	crawl := 0.5
	if o.Track.Class == perception.Cyclist {
		crawl = 5
	}
	return o.Track.Class != perception.Pedestrian && o.Track.Existence >= p.params.Behavior.Existence &&
		o.Track.Vel.Norm() < crawl &&
		math.Abs(at.D) < o.Across+p.car.HalfWidth+0.4 &&
		at.S+o.Along > v.S-p.car.Rear && at.S-o.Along < v.Front+p.params.PassReach && !p.queues(at.S)
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

// passTime is the time that passing on the oncoming lane may take, s.
const passTime = 7.0

// mayCross tells that nobody comes on the oncoming lane while the car is there.
func (p *Planner) mayCross() bool {
	v := &p.view
	reach := 30 + math.Max(v.Speed, 5)*passTime
	for i := range v.Path.Stops {
		if d := v.Path.Stops[i].S - v.Front; d > 0 && d < 40 {
			return false
		}
	}
	for i := range v.Others {
		o := &v.Others[i]
		at := o.At[0]
		if o.Track.Existence < p.params.Behavior.Existence || at.D < 1 || at.D > 6 || at.S < v.S {
			continue
		}
		if o.Speed < -0.5 && at.S-v.Front < reach-o.Speed*passTime {
			return false
		}
	}
	return true
}

// changeTo proposes to change to another line that runs beside the present one, on
// which the car would go at the given pace.
func (p *Planner) changeTo(scene *perception.Scene, cast []planning.Forecast, line int, present float64) {
	l, now := &p.route.Lines[line], &p.route.Lines[p.line]
	back := l.Rank < now.Rank
	if back || l.Side && l.Rank != now.Rank {
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
