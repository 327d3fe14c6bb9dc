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
	adjusting bool       // the previous one is a Rendezvous that still adjusts the speed
}

// performer is an actor that performs its script at one tick.
type performer struct {
	*actor.Actor
	*script
	w     *World
	index int
	plan  []Maneuver
}

// performer returns actor index i with its script.
func (w *World) performer(i int) performer {
	return performer{&w.actors[i], &w.scripts[i], w, i, w.spec.Actors[i].Script}
}

// run fires the next maneuver if its trigger holds now.
func (p *performer) run() {
	if p.adjusting {
		m := p.plan[p.next-1].Do.(Rendezvous)
		p.adjusting = p.adjust(&m)
	}
	if p.next >= len(p.plan) || !p.holds(p.plan[p.next].When) {
		return
	}
	do := p.plan[p.next].Do
	p.perform(do)
	_, p.adjusting = do.(Rendezvous)
	p.w.emit(Event{Kind: Scripted, Actor: p.ID, Lane: road.None, Value: float64(p.next)})
	p.next++
	p.fired = p.w.now
}

func (p *performer) holds(when Trigger) bool {
	for _, c := range when {
		v := p.quantity(c.What)
		if c.Is == Below && !(v < c.Value) || c.Is == AtLeast && !(v >= c.Value) {
			return false
		}
	}
	return true
}

// quantity returns the value of q.
func (p *performer) quantity(q Quantity) float64 {
	ego := &p.w.ego
	switch q {
	case Time:
		return p.w.now.Seconds()
	case Since:
		return (p.w.now - p.fired).Seconds()
	case Done:
		if p.done() {
			return 1
		}
		return 0
	case EgoGap:
		return math.Max(0, math.Abs(p.along())-(p.Shape.Length+ego.Shape.Length)/2)
	case EgoAhead:
		return -p.along() - (p.Shape.Length+ego.Shape.Length)/2
	case EgoDistance:
		return geom.Distance(ego.Box(), p.Box())
	case EgoTTC:
		return p.timeToReach()
	case EgoS:
		return p.w.EgoProgress()
	case OwnS:
		return p.w.traffic.Progress(p.index)
	case ImpactShare:
		return p.impactShare()
	case EgoSpeed:
		return ego.State.Speed
	case OwnSpeed:
		return p.State.Speed
	}
	return math.NaN()
}

// done reports whether the last action is finished.
func (p *performer) done() bool {
	if p.next == 0 {
		return true
	}
	t := p.w.traffic
	switch p.plan[p.next-1].Do.(type) {
	case ChangeLane, Offset:
		return !t.Shifting(p.index)
	case Rendezvous:
		return !p.adjusting && t.AtSpeed(p.index)
	case Speed, Brake, Stop:
		return t.AtSpeed(p.index)
	case SetWalk, Cross, Go:
		return t.Arrived(p.index)
	case Hesitate:
		return !t.Pausing(p.index)
	}
	return true
}

// timeToReach returns the time that the ego's front needs at its current speed
// to reach the center of the actor; +Inf if the ego stands or its center is past it.
func (p *performer) timeToReach() float64 {
	ahead, ego := p.along(), &p.w.ego
	if ahead < 0 || ego.State.Speed < 0.1 {
		return math.Inf(1)
	}
	return math.Max(0, ahead-ego.Shape.Length/2) / ego.State.Speed
}

// along returns the distance of the actor's center ahead of the ego's center along the
// ego's lanes, m; negative behind. If the actor is near none of these lanes within the
// horizon, the distance is along the ego's heading.
func (p *performer) along() float64 {
	ego, track := &p.w.ego, &p.w.track
	mid := track.s + ego.Shape.RearToCenter
	center := p.Box().Center
	if at := track.project(center); at.ok {
		return at.s - mid
	}
	if s, ok := track.behind(center); ok {
		return s - mid
	}
	return ego.State.Pose.ToLocal(center).X - ego.Shape.RearToCenter
}

// impactShare returns the impact point of a pedestrian on the ego's front, if the
// pedestrian started now and the ego kept its speed. The unit is the ego's width,
// measured from the side that the pedestrian comes from: 0.5 is the center, below
// 0 the ego passes first, above 1 the pedestrian is already across. The value
// falls while the ego approaches. It is +Inf if the ego stands, has passed, or if
// the paths do not cross.
//
// This is the synchronization of Euro NCAP crossing tests: the pedestrian
// accelerates constantly, then keeps its speed.
func (p *performer) impactShare() float64 {
	ego, t := &p.w.ego, p.w.traffic
	path, from := t.WalkPath(p.index)
	if path == nil || ego.State.Speed < 0.1 {
		return math.Inf(1)
	}
	x, way, slant, ok := p.w.track.crossing(path, from)
	reach := x - p.w.track.s - ego.Shape.RearToCenter - (ego.Shape.Length+p.Shape.Width)/2
	if !ok || reach < 0 {
		return math.Inf(1)
	}
	walked := t.WalkDistance(p.index, reach/ego.State.Speed)
	return (walked-way)*slant/ego.Shape.Width + 0.5
}
