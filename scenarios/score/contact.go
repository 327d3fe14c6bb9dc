package score

import (
	"fmt"
	"math"

	"roadloop/sim"
	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
)

// contact is the first collision with an actor, as nuPlan judges it.
type contact struct {
	at      clock.Tick
	actor   actor.ID
	ego     actor.Actor // both as they were then
	other   actor.Actor
	atFault bool
	how     string // in words
}

// stopped is the speed up to which nuPlan takes somebody for standing, m/s.
const stopped = 0.05

// Bearings of a track from the ego's rear axle, rad: ahead up to 30°, behind from 150°.
const (
	aheadBearing  = 30 * math.Pi / 180
	behindBearing = 150 * math.Pi / 180
)

// findContacts returns the first collision with everyone that the ego met.
func (r *run) findContacts() []contact {
	met := make(map[actor.ID]bool)
	var out []contact
	for _, e := range r.log.Events {
		if e.Kind != sim.Collision || met[e.Actor] {
			continue
		}
		met[e.Actor] = true
		c := contact{at: e.Time, actor: e.Actor, ego: r.moment(e.Time, actor.Ego), other: r.moment(e.Time, e.Actor)}
		r.blame(&c)
		out = append(out, c)
	}
	return out
}

// blame judges whether a contact was the ego's fault, by the rules of nuPlan.
func (r *run) blame(c *contact) {
	switch {
	case c.ego.State.Speed <= stopped:
		c.how = "hit the standing ego"
	case math.Abs(c.other.State.Speed) <= stopped:
		c.atFault, c.how = true, "stood still"
	case bearing(&c.ego, c.other.Box().Center) > behindBearing:
		c.how = "came from behind"
	case geom.Overlap(bumper(&c.ego), c.other.Box()):
		c.atFault, c.how = true, "was hit by the front bumper"
	default:
		c.atFault, c.how = !r.settled(c.ego.Box()), "met the side of the ego in its lane"
		if c.atFault {
			c.how = "met the side of the ego between lanes"
		}
	}
}

// bearing returns the angle between the ego's heading and the direction from its rear
// axle to p, 0 to π.
func bearing(ego *actor.Actor, p geom.Vec) float64 {
	return math.Abs(ego.State.Pose.ToLocal(p).Angle())
}

// bumper returns the line along the front of an actor as a box, deep enough for what
// one physics step moves.
func bumper(a *actor.Actor) geom.OBB {
	b := a.Box()
	depth := 0.02 + math.Abs(a.State.Speed)*clock.Step
	b.Center = b.Center.Add(geom.Unit(b.Yaw).Scale((b.Length - depth) / 2))
	b.Length = depth
	return b
}

// describe tells a contact in one sentence.
func (r *run) describe(c *contact) string {
	v := c.ego.Velocity().Sub(c.other.Velocity()).Norm()
	return fmt.Sprintf("collided with %s, which %s, at %.0f km/h", r.name(c.actor), c.how, 3.6*v)
}

// crashClass is how nuPlan and CARLA sort what one may collide with.
type crashClass uint8

const (
	vulnerable crashClass = iota
	vehicles
	objects
	numCrashClasses
)

func classOf(k actor.Kind) crashClass {
	switch {
	case k.Vulnerable():
		return vulnerable
	case k.Class() == actor.ClassObstacle:
		return objects
	}
	return vehicles
}
