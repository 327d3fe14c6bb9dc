package sim

import (
	"math"

	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
	"roadloop/sim/road"
)

// NewCollision returns the Collision event of ego and other. Their boxes overlap at this
// tick and did not overlap at the previous one. The event keeps both exact states:
// states sampled at the decisions, 50 ms apart, may not overlap yet.
func NewCollision(at clock.Tick, ego, other *actor.Actor) Event {
	return Event{
		Time: at, Kind: Collision, Actor: other.ID, Lane: road.None,
		Impact: impactOf(ego, other), Value: relativeSpeed(ego, other),
		Ego: ego.State, Other: other.State,
	}
}

// checkCollisions appends an event for each actor that the ego begins to touch.
func (r *infractions) checkCollisions(w *World) {
	ego := w.ego.Box()
	reach := math.Hypot(ego.Length, ego.Width) / 2
	for i := range w.actors {
		a := &w.actors[i]
		far := reach + a.Shape.Length/2 + a.Shape.Width/2 + math.Abs(a.Shape.RearToCenter)
		d := a.State.Pose.Pos().Sub(ego.Center)
		touch := d.Dot(d) < far*far && geom.Overlap(ego, a.Box())
		if touch && !r.touching[i] {
			w.emit(NewCollision(w.now, &w.ego, a))
		}
		r.touching[i] = touch
	}
}

// relativeSpeed returns the magnitude of the relative velocity of a and b, m/s.
func relativeSpeed(a, b *actor.Actor) float64 { return a.Velocity().Sub(b.Velocity()).Norm() }

// impactOf returns the part of the ego that the other actor touches at the first tick
// of a contact: the front if it touches the front edge, corners included; else the
// rear if it touches the rear edge; else the side. The front edge is the bumper of
// nuPlan's collision types (Caesar et al., 2021).
func impactOf(ego, other *actor.Actor) Impact {
	switch {
	case edgeTouches(ego, other, 1):
		return EgoFront
	case edgeTouches(ego, other, -1):
		return EgoRear
	}
	return EgoSide
}

// edgeTouches reports whether the front edge (end 1) or the rear edge (end -1) of the
// ego touched the other actor at this tick or since the previous tick: in 10 ms a fast
// edge can pass through a thin object.
func edgeTouches(ego, other *actor.Actor, end float64) bool {
	const rounding = 1e-6 // m, tolerance for boxes that barely touch
	edge, it := ego.Box(), other.Box()
	v, u := ego.Velocity(), other.Velocity()
	edge.Center = edge.Center.Add(geom.Unit(edge.Yaw).Scale(end * edge.Length / 2)).Sub(v.Scale(clock.Step))
	edge.Length = 0
	it.Center = it.Center.Sub(u.Scale(clock.Step))
	return geom.TimeToContact(edge.Inflate(rounding, rounding), v, it, u) <= clock.Step
}
