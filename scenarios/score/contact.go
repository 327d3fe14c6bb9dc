package score

import (
	"math"

	"roadloop/scenarios/measure"
	"roadloop/sim"
	"roadloop/sim/actor"
	"roadloop/sim/geom"
)

// contact is the first collision with an actor, as nuPlan judges it, and both as they
// were then.
type contact struct {
	measure.Collision
	ego, other actor.Actor
}

// findContacts returns the first collision with everyone that the ego met.
func (r *run) findContacts() []contact {
	met := make([]bool, len(r.log.Actors))
	var out []contact
	for i := range r.log.Events {
		e := &r.log.Events[i]
		if e.Kind != sim.Collision || met[e.Actor] {
			continue
		}
		met[e.Actor] = true
		out = append(out, contact{measure.CollisionOf(r.log, e), r.log.Moment(e.Time, actor.Ego), r.log.Moment(e.Time, e.Actor)})
	}
	return out
}

// Bearings of a track from the ego's rear axle, rad: ahead up to 30°, behind from 150°.
const (
	aheadBearing  = 30 * math.Pi / 180
	behindBearing = 150 * math.Pi / 180
)

// bearing returns the angle between the ego's heading and the direction from its rear
// axle to p, 0 to π.
func bearing(ego *actor.Actor, p geom.Vec) float64 {
	return math.Abs(ego.State.Pose.ToLocal(p).Angle())
}
