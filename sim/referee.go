package sim

import (
	"math"

	"roadloop/sim/actor"
	"roadloop/sim/geom"
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
}

// judge reports what the ego did wrong at this tick.
func (w *World) judge() {
	w.judgeCollisions()
	w.judgeLine()
	w.judgeLane()
	w.judgeGround()
	w.judgeDirection()
}

func (w *World) judgeCollisions() {
	ego := w.ego.Box()
	reach := math.Hypot(ego.Length, ego.Width) / 2
	for i := range w.actors {
		a := &w.actors[i]
		far := reach + a.Shape.Length/2 + a.Shape.Width/2 + math.Abs(a.Shape.RearToCenter)
		d := a.State.Pose.Pos().Sub(ego.Center)
		touch := d.Dot(d) < far*far && geom.Overlap(ego, a.Box())
		if touch && !w.referee.touching[i] {
			w.events = append(w.events, Event{Time: w.now, Kind: Collision, Actor: a.ID, Lane: road.None,
				Impact: impactOf(&w.ego, a), Value: closing(&w.ego, a)})
		}
		w.referee.touching[i] = touch
	}
}

// closing returns the magnitude of the relative velocity of a and b, m/s.
func closing(a, b *actor.Actor) float64 { return a.Velocity().Sub(b.Velocity()).Norm() }

// impactOf returns which part of the ego a has touched at this tick. Of the two
// axes of the ego, the contact happened across the one along which the boxes
// began to overlap last; a head of the box is hit along x, a side along y.
func impactOf(ego, a *actor.Actor) Impact {
	e, b := ego.Box(), a.Box()
	frame := geom.Pose{X: e.Center.X, Y: e.Center.Y, Yaw: e.Yaw}
	d := frame.ToLocal(b.Center)
	rel := geom.Pose{Yaw: e.Yaw}.ToLocal(a.Velocity().Sub(ego.Velocity()))
	sin, cos := math.Sincos(b.Yaw - e.Yaw)
	sin, cos = math.Abs(sin), math.Abs(cos)
	depthX := (e.Length+cos*b.Length+sin*b.Width)/2 - math.Abs(d.X)
	depthY := (e.Width+sin*b.Length+cos*b.Width)/2 - math.Abs(d.Y)
	const still = 1e-3 // m/s, so that resting bodies compare depths alone
	switch {
	case depthX/(math.Abs(rel.X)+still) > depthY/(math.Abs(rel.Y)+still):
		return EgoSide
	case d.X > 0:
		return EgoFront
	}
	return EgoRear
}

// judgeLine reports stop lines that the ego's front crosses on red, or without
// having stood where a stop sign asks for it.
func (w *World) judgeLine() {
	r, m := &w.referee, w.spec.Map
	lane, front := w.track.lane, w.track.s+w.ego.Shape.RearToCenter+w.ego.Shape.Length/2
	if length := m.Lanes[lane].Center.Length(); front > length && len(m.Lanes[lane].Next) > 0 {
		lane, front = w.onRoute(m.Lanes[lane].Next), front-length
	}
	before := r.front
	if lane != r.frontLane {
		before = r.enterLane(m, lane, front)
	}
	r.front, r.frontLane = front, lane
	l := &m.Lanes[lane]
	if ahead := l.StopS - front; ahead > 8 {
		r.slowest = w.ego.State.Speed
	} else if ahead > 0 {
		r.slowest = math.Min(r.slowest, w.ego.State.Speed)
	}
	if before < l.StopS && front >= l.StopS && r.crossed != lane {
		r.crossed = lane
		w.judgeCrossing(l)
	}
}

// enterLane returns the arc length on lane of the ego's front at the last tick,
// when it was on another lane, and starts to watch for the lane's line.
func (r *referee) enterLane(m *road.Map, lane road.LaneID, front float64) float64 {
	r.crossed = road.None
	if r.frontLane == road.None {
		return front
	}
	for _, next := range m.Lanes[r.frontLane].Next {
		if next == lane {
			return r.front - m.Lanes[r.frontLane].Center.Length()
		}
	}
	return front // sideways: the lines of both lanes lie side by side
}

func (w *World) judgeCrossing(l *road.Lane) {
	e := Event{Time: w.now, Lane: l.ID}
	switch {
	case l.Control == road.SignalControl && w.light(l) == road.Red:
		e.Kind, e.Value = RedLight, w.redFor(l.Signal)
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
