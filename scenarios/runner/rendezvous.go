package runner

import (
	"fmt"
	"math"

	"roadloop/scenarios"
	"roadloop/sim"
	"roadloop/sim/actor"
	"roadloop/sim/vehicle"
)

// rendezvous places an actor so that it reaches the crossing of its route with the ego's
// route together with the ego, or at a given time. A maneuver then keeps that timing.
func (k *compiler) rendezvous(i int, a *sim.ActorSpec) {
	f := k.f.Actors[i].Meet
	if f == nil || k.err != nil {
		return
	}
	at := fmt.Sprintf("actors[%d].meet", i)
	follow, ok := a.Behavior.(sim.Follow)
	switch {
	case !ok || !(a.Start.Speed > 0):
		k.fail(at, "needs a vehicle with behavior follow and a speed")
		return
	case k.f.Actors[i].S.Set:
		k.fail(fmt.Sprintf("actors[%d].s", i), "cannot be combined with meet")
		return
	case f.At.Set && (f.After.Set || f.Steady.Set):
		k.fail(at, "at cannot be combined with after or steady")
		return
	}
	onEgo, onActor, ok := sim.FirstConflict(k.m, k.egoLanes, follow.Route)
	if !ok {
		k.fail(at, "the route of %s does not cross the ego's route", a.Name)
		return
	}
	after := f.After.Or(0)
	steady := f.Steady.Or(0)
	when := f.At.Or(0)
	if !f.At.Set {
		when = k.egoTime(at, onEgo) + after
		a.Script = append([]sim.Maneuver{{Do: sim.Rendezvous{Speed: a.Start.Speed, After: after, Steady: steady}}}, a.Script...)
	}
	shape := actor.DefaultShape(a.Kind)
	a.Start.S = onActor - when*a.Start.Speed - shape.RearToCenter - shape.Length/2
	if a.Start.S < 0 {
		k.fail(at, "%s would have to start %s before its lane begins", a.Name, scenarios.Lengths.InUnitOf(math.Round(-a.Start.S), k.f.Ego.S.Text))
	}
}

// egoTime returns when the front of an ego with constant speed reaches s on its route.
func (k *compiler) egoTime(at string, s float64) float64 {
	distance := s - k.egoStart.S - egoFront()
	if distance <= 0 || k.egoStart.Speed < 1 {
		k.fail(at, "the ego, at %s and %s before the crossing, does not reach it",
			k.egoSpeed(), scenarios.Lengths.InUnitOf(math.Round(distance), k.f.Ego.S.Text))
		return 0
	}
	return distance / k.egoStart.Speed
}

// egoFront returns the distance from the ego's rear axle to its front, m.
func egoFront() float64 {
	p := vehicle.BMW320i()
	shape := p.Shape()
	return shape.RearToCenter + shape.Length/2
}

// reaches places the ego so that its front reaches a position on its route after a given
// time.
func (k *compiler) reaches(s *sim.Start) {
	f := k.f.Ego.Reaches
	if f == nil {
		return
	}
	if k.f.Ego.S.Set {
		k.fail("ego.reaches", "cannot be combined with s")
	}
	s.S = f.S.Or(0) - f.In.Or(0)*s.Speed - egoFront()
	if length := k.m.Lanes[s.Lane].Center.Length(); s.S < 0 || s.S > length {
		k.fail("ego.reaches", "the ego would have to start at %s of its lane, which is %s long",
			scenarios.Lengths.InUnitOf(math.Round(s.S), f.S.Text), scenarios.Lengths.InUnitOf(math.Round(length), f.S.Text))
	}
}
