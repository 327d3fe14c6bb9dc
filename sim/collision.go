package sim

import (
	"math"

	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
	"roadloop/sim/road"
)

// NewCollision returns the event of ego and other, with boxes that overlap at a tick and
// did not overlap at the tick before. It keeps the exact states of both, because the
// states of decisions, 50 ms apart, show boxes that do not touch yet.
func NewCollision(at clock.Tick, ego, other *actor.Actor) Event {
	return Event{
		Time: at, Kind: Collision, Actor: other.ID, Lane: road.None,
		Impact: impactOf(ego, other), Value: closing(ego, other),
		Ego: ego.State, Other: other.State,
	}
}

// judgeCollisions reports the actors that the ego begins to touch.
func (w *World) judgeCollisions() {
	ego := w.ego.Box()
	reach := math.Hypot(ego.Length, ego.Width) / 2
	for i := range w.actors {
		a := &w.actors[i]
		far := reach + a.Shape.Length/2 + a.Shape.Width/2 + math.Abs(a.Shape.RearToCenter)
		d := a.State.Pose.Pos().Sub(ego.Center)
		touch := d.Dot(d) < far*far && geom.Overlap(ego, a.Box())
		if touch && !w.referee.touching[i] {
			w.events = append(w.events, NewCollision(w.now, &w.ego, a))
		}
		w.referee.touching[i] = touch
	}
}

// closing returns the magnitude of the relative velocity of a and b, m/s.
func closing(a, b *actor.Actor) float64 { return a.Velocity().Sub(b.Velocity()).Norm() }

// impactOf returns the part of the ego that the other touches at the first tick of a
// contact: the front if it meets the front edge, corners included, else the rear if it
// meets the rear edge, else the side. The front edge is the bumper of nuPlan's
// collision types (Caesar et al., 2021).
func impactOf(ego, other *actor.Actor) Impact {
	switch {
	case endMeets(ego, other, 1):
		return EgoFront
	case endMeets(ego, other, -1):
		return EgoRear
	}
	return EgoSide
}

// endMeets reports whether one end of the ego, 1 for the front edge and -1 for the rear
// edge, met the other at this tick or on the way to it from the tick before: in 10 ms a
// fast edge may pass all of a thin object.
func endMeets(ego, other *actor.Actor, end float64) bool {
	const rounding = 1e-6 // m, for boxes that only just touch
	edge, it := ego.Box(), other.Box()
	v, u := ego.Velocity(), other.Velocity()
	edge.Center = edge.Center.Add(geom.Unit(edge.Yaw).Scale(end * edge.Length / 2)).Sub(v.Scale(clock.Step))
	edge.Length = 0
	it.Center = it.Center.Sub(u.Scale(clock.Step))
	return geom.TimeToContact(edge.Inflate(rounding, rounding), v, it, u) <= clock.Step
}
