package sim

import (
	"math"
	"slices"

	"roadloop/sim/clock"
	"roadloop/sim/road"
)

// infractions remembers the events of the ego that have already been reported.
type infractions struct {
	touching          []bool // by actor index
	offRoad, wrongWay bool
	departed          bool
	front             float64     // arc length of the ego's front on its lane at the last tick
	frontLane         road.LaneID // that lane
	slowest           float64     // lowest speed on the last 8 m before the next line, m/s
	crossed           road.LaneID // lane of the line crossed last
	stands            clock.Tick  // time that the ego has stood in a junction
	// These apply while the front is beyond a signal's line but not yet in the
	// junction: the ego has stood there; the ego crossed the line on red, and this
	// was reported.
	stoodBeyond, ranRed bool
}

// check adds the infractions of the ego at this tick to the events of w.
func (r *infractions) check(w *World) {
	r.checkCollisions(w)
	r.checkLine(w)
	r.checkLane(w)
	r.checkGround(w)
	r.checkDirection(w)
	r.checkStanding(w)
}

// checkLine appends an event when the ego's front crosses a stop line on red or
// without the stop that a sign requires, and when the ego enters a junction on red
// after it stood beyond the line; see RedLight.
func (r *infractions) checkLine(w *World) {
	m := w.spec.Map
	lane, front := w.track.front(&w.ego.Shape)
	before := r.front
	if lane != r.frontLane {
		before = front // lane change: the lines of both lanes are at the same place
		if r.frontLane != road.None && slices.Contains(m.Lanes[r.frontLane].Next, lane) {
			length := m.Lanes[r.frontLane].Center.Length()
			r.crossLine(w, &m.Lanes[r.frontLane], r.front, length)
			r.checkEntry(w, &m.Lanes[r.frontLane])
			before = r.front - length
		}
		r.crossed = road.None
	}
	r.front, r.frontLane = front, lane
	r.crossLine(w, &m.Lanes[lane], before, front)
	r.watchBeyond(w, &m.Lanes[lane], front)
}

// checkEntry appends an event when the ego's front leaves lane l for the junction on
// red after the ego stood beyond the line. A light that it passed on green or amber
// applies again after such a stop.
func (r *infractions) checkEntry(w *World, l *road.Lane) {
	if r.stoodBeyond && l.Light(w.signals) == road.Red {
		w.emit(Event{Kind: RedLight, Lane: l.ID, Value: w.redFor(l.Signal)})
	}
}

// watchBeyond records that the ego stands beyond the line of lane l. A lane change there
// does not reset the record, since the lines of adjacent lanes are at the same place.
func (r *infractions) watchBeyond(w *World, l *road.Lane, front float64) {
	switch {
	case l.Control != road.SignalControl || front < l.StopS:
		r.stoodBeyond, r.ranRed = false, false
	case w.ego.State.Speed < rolling && !r.ranRed:
		r.stoodBeyond = true
	}
}

// crossLine follows the ego's front from before to after on lane l, and calls
// checkCrossing when the front crosses the lane's line for the first time.
func (r *infractions) crossLine(w *World, l *road.Lane, before, after float64) {
	const approach = 8.0 // m before the line, on which a stop counts
	v := w.ego.State.Speed
	switch ahead := l.StopS - after; {
	case ahead > approach:
		r.slowest = v
	case ahead > 0:
		r.slowest = math.Min(r.slowest, v)
	}
	if before < l.StopS && after >= l.StopS && r.crossed != l.ID {
		r.crossed = l.ID
		r.checkCrossing(w, l)
	}
}

func (r *infractions) checkCrossing(w *World, l *road.Lane) {
	e := Event{Lane: l.ID}
	switch {
	case l.Control == road.SignalControl && l.Light(w.signals) == road.Red:
		e.Kind, e.Value = RedLight, w.redFor(l.Signal)
		r.ranRed = true
	case l.Control == road.StopSign && r.slowest > rolling:
		e.Kind, e.Value = StopSign, r.slowest
	default:
		return
	}
	w.emit(e)
}

// rolling is the speed below which a vehicle counts as stopped at a stop sign, m/s.
const rolling = 0.3

// redFor returns the time since signal id, red now, turned red, s; the time since
// the start of the run if it was already red then.
func (w *World) redFor(id road.SignalID) float64 {
	t := w.now
	for t > 0 && w.plans[id].State(t-1) == road.Red {
		t--
	}
	return (w.now - t).Seconds()
}

// checkStanding appends an event when the ego stands in a junction and blocks others.
func (r *infractions) checkStanding(w *World) {
	lane, _ := w.track.front(&w.ego.Shape)
	if w.ego.State.Speed > standing || w.spec.Map.Lanes[lane].Junction < 0 && w.track.here().Junction < 0 {
		r.stands = 0
		return
	}
	if r.stands++; r.stands == clock.PerSecond {
		w.emit(Event{Kind: Stranded, Lane: w.track.lane,
			Value: w.track.s + w.ego.Shape.RearToCenter - w.ego.Shape.Length/2})
	}
}

// standing is the speed below which the ego stands, m/s.
const standing = 0.1
