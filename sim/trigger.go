package sim

import (
	"math"

	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
	"roadloop/sim/road"
)

// script is the progress of an actor in its script.
type script struct {
	next      int        // index of the next maneuver
	fired     clock.Tick // time at which the previous one fired
	adjusting bool       // the previous one is a Meet that still adjusts the speed
}

// runScripts fires the next maneuver of each actor if its trigger holds now.
func (w *World) runScripts() {
	for i := range w.scripts {
		s := &w.scripts[i]
		plan := w.spec.Actors[i].Script
		if s.adjusting {
			m := plan[s.next-1].Do.(Rendezvous)
			s.adjusting = w.adjustRendezvous(i, &m)
		}
		if s.next >= len(plan) || !w.holds(i, plan[s.next].When) {
			continue
		}
		w.perform(i, plan[s.next].Do)
		_, s.adjusting = plan[s.next].Do.(Rendezvous)
		w.events = append(w.events, Event{Time: w.now, Kind: Scripted, Actor: actor.ID(i + 1),
			Lane: road.None, Value: float64(s.next)})
		s.next++
		s.fired = w.now
	}
}

func (w *World) holds(i int, when Trigger) bool {
	for _, c := range when {
		v := w.quantity(i, c.What)
		if c.Is == Below && !(v < c.Value) || c.Is == AtLeast && !(v >= c.Value) {
			return false
		}
	}
	return true
}

// quantity returns the value of q for actor index i.
func (w *World) quantity(i int, q Quantity) float64 {
	a := &w.actors[i]
	switch q {
	case Time:
		return w.now.Seconds()
	case Since:
		return (w.now - w.scripts[i].fired).Seconds()
	case Done:
		if w.done(i) {
			return 1
		}
		return 0
	case EgoGap:
		return w.bumperGap(a)
	case EgoAhead:
		return -w.along(a) - (a.Shape.Length+w.ego.Shape.Length)/2
	case EgoDistance:
		return geom.Distance(w.ego.Box(), a.Box())
	case EgoTTC:
		return w.timeToReach(a)
	case EgoS:
		return w.EgoProgress()
	case OwnS:
		return w.traffic.Progress(i)
	case ImpactShare:
		return w.impactShare(i, a)
	case EgoSpeed:
		return w.ego.State.Speed
	case OwnSpeed:
		return a.State.Speed
	}
	return math.NaN()
}

// done reports whether the last action of actor index i is finished.
func (w *World) done(i int) bool {
	last := w.scripts[i].next - 1
	if last < 0 {
		return true
	}
	switch w.spec.Actors[i].Script[last].Do.(type) {
	case ChangeLane, Offset:
		return !w.traffic.Shifting(i)
	case Rendezvous:
		return !w.scripts[i].adjusting && w.traffic.AtSpeed(i)
	case Speed, Brake, Stop:
		return w.traffic.AtSpeed(i)
	case SetWalk, Cross, Go:
		return w.traffic.Arrived(i)
	case Hesitate:
		return !w.traffic.Pausing(i)
	}
	return true
}

// bumperGap returns the distance along the lane between the bumpers of the ego
// and a, 0 while they are side by side.
func (w *World) bumperGap(a *actor.Actor) float64 {
	return math.Max(0, math.Abs(w.along(a))-(a.Shape.Length+w.ego.Shape.Length)/2)
}

// timeToReach returns the time that the ego's front needs at its current speed
// to reach the center of a; +Inf if the ego stands or its center is past a.
func (w *World) timeToReach(a *actor.Actor) float64 {
	ahead := w.along(a)
	if ahead < 0 || w.ego.State.Speed < 0.1 {
		return math.Inf(1)
	}
	return math.Max(0, ahead-w.ego.Shape.Length/2) / w.ego.State.Speed
}

// horizon is the range within which distances from the ego are measured along lanes, m.
const horizon = 400.0

// along returns the distance of the center of a ahead of the ego's center along the
// ego's lanes, m; negative behind. If a is near none of these lanes within the
// horizon, the distance is along the ego's heading.
func (w *World) along(a *actor.Actor) float64 {
	mid := w.track.s + w.ego.Shape.RearToCenter
	p := a.Box().Center
	if at := w.onEgoLanes(p); at.ok {
		return at.s - mid
	}
	if s, ok := w.behind(p); ok {
		return s - mid
	}
	return w.ego.State.Pose.ToLocal(p).X - w.ego.Shape.RearToCenter
}

// behind returns the arc length of p from the start of the ego's lane; negative
// on the lanes before it.
func (w *World) behind(p geom.Vec) (float64, bool) {
	m := w.spec.Map
	lane, passed := w.track.lane, 0.0
	for -passed < horizon {
		prev := m.Lanes[lane].Prev
		c := &m.Lanes[lane].Center
		s, d := c.Project(p)
		if (s >= 0 || len(prev) == 0) && s <= c.Length() && math.Abs(d) < maxLaneOffset {
			return passed + s, true
		}
		if len(prev) == 0 {
			break
		}
		lane = prev[0]
		passed -= m.Lanes[lane].Center.Length()
	}
	return 0, false
}

// maxLaneOffset is the maximum distance of a point from the ego's lane center for a
// projection on the lane, m.
const maxLaneOffset = 20.0

// onRoute returns the lane in next that is on the ego's route, or else the first.
func (w *World) onRoute(next []road.LaneID) road.LaneID {
	for _, id := range next {
		for _, r := range w.spec.Ego.Route {
			if r == id {
				return id
			}
		}
	}
	return next[0]
}
