package traffic

import (
	"math"

	"roadloop/sim/actor"
	"roadloop/sim/vehicle"
)

// maxBrake is the maximum braking of all drivers, m/s².
const maxBrake = 8.0

// decideDriver sets the acceleration that agent i holds until its next decision,
// and may begin a lane change.
func (t *Traffic) decideDriver(env *Env, i int) {
	c := &t.agents[i].car
	if c.manner == Blind {
		return
	}
	m := c.model(t.net)
	if c.manner == Obedient && !c.keepsLane {
		t.resolve(env, i)
	}
	accel, lead := t.accel(env, i, &m)
	if c.manner == Obedient {
		t.considerChange(env, i, &m, lead)
	}
	c.wanted = math.Max(-maxBrake, math.Min(m.A, accel))
}

// accel returns the acceleration of agent i for the road ahead, and its leader.
func (t *Traffic) accel(env *Env, i int, m *vehicle.IDM) (float64, ahead) {
	c, a := &t.agents[i].car, &env.Actors[i]
	lead := t.leader(i, a)
	if c.manner != Obedient {
		return m.Accel(c.v, lead.gap, lead.v), lead
	}
	lead = t.leaveRoom(c, lead)
	accel := math.Min(m.Accel(c.v, lead.gap, lead.v), t.slowFor(c))
	if dist := t.stopPoint(env, i, m); !math.IsInf(dist, 1) {
		accel = math.Min(accel, m.Accel(c.v, math.Max(dist+m.S0, 0.1), 0))
	}
	return accel, lead
}

// model returns the driver's car-following parameters with its desired speed on
// the current lane.
func (c *car) model(n *network) vehicle.IDM {
	m := c.onLane(n, c.path[0])
	if c.tight() {
		m.V0 = math.Min(m.V0, tightSpeed)
	}
	return m
}

// slowFor returns the acceleration to reach the desired speeds of the lanes
// ahead in time; +Inf if no lane requires slowing.
func (t *Traffic) slowFor(c *car) float64 {
	accel := math.Inf(1)
	dist := t.net.lanes[c.path[0]].length - c.s
	for _, id := range c.path[1:] {
		if id < 0 || dist > lookAhead {
			break
		}
		v := c.wantedSpeed(&t.net.lanes[id], t.net.m.Lanes[id].SpeedLimit)
		if need := (c.v*c.v - v*v) / (2 * math.Max(dist, 1)); need > 0.6*c.idm.B {
			accel = math.Min(accel, -need)
		}
		dist += t.net.lanes[id].length
	}
	return accel
}

// frontOf returns the arc length of c's front bumper on its lane.
func (c *car) frontOf(a *actor.Actor) float64 {
	return c.s + a.Shape.RearToCenter + a.Shape.Length/2
}
