package scenarios

import (
	"fmt"

	"roadloop/sim"
	"roadloop/sim/actor"
	"roadloop/sim/vehicle"
)

// meet places an actor so far before the crossing of its way and the ego's that it
// comes there together with the ego, or at a given time, and has it keep to that.
func (k *compiler) meet(i int, a *sim.ActorSpec) {
	f := k.f.Actors[i].Meet
	if f == nil || k.err != nil {
		return
	}
	at := fmt.Sprintf("actors[%d].meet", i)
	follow, ok := a.Behavior.(sim.Follow)
	switch {
	case !ok || !(a.Start.Speed > 0):
		k.fail(at, "is for vehicles that follow a lane at a speed")
		return
	case k.f.Actors[i].S.set:
		k.fail(fmt.Sprintf("actors[%d].s", i), "meet says where %s begins", a.Name)
		return
	case f.At.set && (f.After.set || f.Steady.set):
		k.fail(at, "either at a time, or when the ego comes")
		return
	}
	onEgo, own, ok := sim.Crossing(k.m, k.way, follow.Route)
	if !ok {
		k.fail(at, "the way of %s does not cross that of the ego", a.Name)
		return
	}
	after := f.After.or(0)
	steady := f.Steady.or(0)
	when := f.At.or(0)
	if !f.At.set {
		when = k.egoTime(at, onEgo) + after
		a.Script = append([]sim.Maneuver{{Do: sim.Meet{Speed: a.Start.Speed, After: after, Steady: steady}}}, a.Script...)
	}
	shape := actor.DefaultShape(a.Kind)
	a.Start.S = own - when*a.Start.Speed - shape.RearToCenter - shape.Length/2
	if a.Start.S < 0 {
		k.fail(at, "%s would have to begin %.0f m before its lane", a.Name, -a.Start.S)
	}
}

// egoTime returns when the front of an ego that keeps its speed is at s of its way.
func (k *compiler) egoTime(at string, s float64) float64 {
	way := s - k.start.S - egoFront()
	if way <= 0 || k.start.Speed < 1 {
		k.fail(at, "the ego, at %.1f m/s and %.0f m from there, does not come to the crossing", k.start.Speed, way)
		return 0
	}
	return way / k.start.Speed
}

// egoFront is how far the front of the ego is before its rear axle, m.
func egoFront() float64 {
	p := vehicle.BMW320i()
	shape := p.Shape()
	return shape.RearToCenter + shape.Length/2
}

// reaches places the ego so that it is a given time before a place on its way.
func (k *compiler) reaches(s *sim.Start) {
	f := k.f.Ego.Reaches
	if f == nil {
		return
	}
	if k.f.Ego.S.set {
		k.fail("ego.reaches", "is given beside s")
	}
	s.S = f.S.or(0) - f.In.or(0)*s.Speed - egoFront()
	if length := k.m.Lanes[s.Lane].Center.Length(); s.S < 0 || s.S > length {
		k.fail("ego.reaches", "the ego would have to begin at %.0f m of its lane, which is %.0f m long", s.S, length)
	}
}
