package sim

import (
	"math"
	"slices"

	"roadloop/sim/clock"
	"roadloop/sim/road"
)

// referee remembers what of the ego has already been reported.
type referee struct {
	touching          []bool // by actor index
	offRoad, wrongWay bool
	departed          bool
	front             float64     // arc length of the ego's front on its lane at the last tick
	frontLane         road.LaneID // that lane
	slowest           float64     // lowest speed on the last 8 m before the line ahead, m/s
	crossed           road.LaneID // whose line was crossed last
	stands            clock.Tick  // for how long the ego has stood in a junction
	// With the front beyond the line of a signal and not yet in the junction: the ego
	// has stood there; it crossed that line on red, which was reported.
	stoodBeyond, ranRed bool
}

// judge reports what the ego did wrong at this tick.
func (w *World) judge() {
	w.judgeCollisions()
	w.judgeLine()
	w.judgeLane()
	w.judgeGround()
	w.judgeDirection()
	w.judgeStanding()
}

// judgeLine reports stop lines that the ego's front crosses on red, or without
// having stood where a stop sign asks for it, and junctions that the ego enters on red
// after it stood beyond the line, see RedLight.
func (w *World) judgeLine() {
	r, m := &w.referee, w.spec.Map
	lane, front := w.front()
	before := r.front
	if lane != r.frontLane {
		before = front // sideways: the lines of both lanes lie side by side
		if r.frontLane != road.None && slices.Contains(m.Lanes[r.frontLane].Next, lane) {
			length := m.Lanes[r.frontLane].Center.Length()
			w.crossLine(&m.Lanes[r.frontLane], r.front, length)
			w.judgeEntry(&m.Lanes[r.frontLane])
			before = r.front - length
		}
		r.crossed = road.None
	}
	r.front, r.frontLane = front, lane
	w.crossLine(&m.Lanes[lane], before, front)
	w.watchBeyond(&m.Lanes[lane], front)
}

// judgeEntry reports that the ego's front leaves lane l for the junction on red, if it
// has stood beyond the line: a light that it passed on green or amber holds it again.
func (w *World) judgeEntry(l *road.Lane) {
	if w.referee.stoodBeyond && w.light(l) == road.Red {
		w.events = append(w.events, Event{Time: w.now, Kind: RedLight, Lane: l.ID, Value: w.redFor(l.Signal)})
	}
}

// watchBeyond notes that the ego stands beyond the line of lane l. The lines of adjacent
// lanes are adjacent too, so that changing lanes there does not end it.
func (w *World) watchBeyond(l *road.Lane, front float64) {
	r := &w.referee
	switch {
	case l.Control != road.SignalControl || front < l.StopS:
		r.stoodBeyond, r.ranRed = false, false
	case w.ego.State.Speed < rolling && !r.ranRed:
		r.stoodBeyond = true
	}
}

// front returns the lane and arc length of the middle of the ego's front.
func (w *World) front() (road.LaneID, float64) {
	m := w.spec.Map
	lane, front := w.track.lane, w.track.s+w.ego.Shape.RearToCenter+w.ego.Shape.Length/2
	if length := m.Lanes[lane].Center.Length(); front > length && len(m.Lanes[lane].Next) > 0 {
		return w.onRoute(m.Lanes[lane].Next), front - length
	}
	return lane, front
}

// crossLine watches the ego's front go from before to after on lane l, and judges
// it when that takes it over the lane's line for the first time.
func (w *World) crossLine(l *road.Lane, before, after float64) {
	const approach = 8.0 // m, on which the ego may have stood
	r, v := &w.referee, w.ego.State.Speed
	switch ahead := l.StopS - after; {
	case ahead > approach:
		r.slowest = v
	case ahead > 0:
		r.slowest = math.Min(r.slowest, v)
	}
	if before < l.StopS && after >= l.StopS && r.crossed != l.ID {
		r.crossed = l.ID
		w.judgeCrossing(l)
	}
}

func (w *World) judgeCrossing(l *road.Lane) {
	e := Event{Time: w.now, Lane: l.ID}
	switch {
	case l.Control == road.SignalControl && w.light(l) == road.Red:
		e.Kind, e.Value = RedLight, w.redFor(l.Signal)
		w.referee.ranRed = true
	case l.Control == road.StopSign && w.referee.slowest > rolling:
		e.Kind, e.Value = StopSign, w.referee.slowest
	default:
		return
	}
	w.events = append(w.events, e)
}

// rolling is the speed below which a vehicle counts as having stood, m/s.
const rolling = 0.3

func (w *World) light(l *road.Lane) road.SignalState {
	if l.Signal < 0 || int(l.Signal) >= len(w.signals) {
		return road.Off
	}
	return w.signals[l.Signal]
}

// redFor returns how long signal id, red now, has been red, s; since the start of
// the run if it was red then already.
func (w *World) redFor(id road.SignalID) float64 {
	t := w.now
	for t > 0 && w.plans[id].State(t-1) == road.Red {
		t--
	}
	return (w.now - t).Seconds()
}

// judgeStanding reports that the ego stands in a junction, in the way of others.
func (w *World) judgeStanding() {
	r := &w.referee
	lane, _ := w.front()
	if w.ego.State.Speed > standing || w.spec.Map.Lanes[lane].Junction < 0 && w.spec.Map.Lanes[w.track.lane].Junction < 0 {
		r.stands = 0
		return
	}
	if r.stands++; r.stands == clock.PerSecond {
		w.events = append(w.events, Event{Time: w.now, Kind: Stranded, Lane: w.track.lane,
			Value: w.track.s + w.ego.Shape.RearToCenter - w.ego.Shape.Length/2})
	}
}

// standing is the speed below which the ego stands, m/s.
const standing = 0.1
