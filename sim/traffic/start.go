package traffic

import (
	"math"

	"roadloop/sim/road"
)

// MakeStartsSafe lowers the starting speeds of the given agents, which must be drivers,
// until none of them has to brake harder than comfortably (IDM.B) for the traffic and
// rules ahead.
func (t *Traffic) MakeStartsSafe(env *Env, agents []int) {
	for range agents { // each round settles at least the first of a queue
		changed := false
		t.updateOccupancy(env)
		for _, i := range agents {
			c := &t.agents[i].car
			if v := t.safeSpeed(env, i); v < c.v {
				c.v, changed = v, true
				env.Actors[i].State.Speed = v
			}
		}
		if !changed {
			return
		}
	}
}

// safeSpeed returns the highest speed up to its own at which agent i need not brake
// harder than comfortably, or 0.
func (t *Traffic) safeSpeed(env *Env, i int) float64 {
	v := t.agents[i].car.v
	if t.isSafe(env, i, v) {
		return v
	}
	low, high := 0.0, v
	for high-low > 0.01 {
		if mid := (low + high) / 2; t.isSafe(env, i, mid) {
			low = mid
		} else {
			high = mid
		}
	}
	return low
}

// isSafe reports whether agent i at speed v need not brake harder than comfortably.
func (t *Traffic) isSafe(env *Env, i int, v float64) bool {
	c := &t.agents[i].car
	before := *c // restored below: a stop at a line must not be recorded now
	c.v = v
	m := c.model(t.net)
	accel, _ := t.accel(env, i, &m)
	line := t.closedLine(env, i)
	*c = before
	return accel >= -c.idm.B && v*v <= 2*c.idm.B*line
}

// closedLine returns the distance to the first stop line that agent i must not cross
// now, m; +Inf if there is none. In contrast, accel ignores a line before which the
// driver can no longer stop.
func (t *Traffic) closedLine(env *Env, i int) float64 {
	c := &t.agents[i].car
	passed := -c.frontOf(&env.Actors[i])
	for _, id := range c.path {
		if id == road.None || passed > lookAhead {
			break
		}
		l := &t.net.m.Lanes[id]
		at := passed + l.StopS - lineMargin
		open := l.Control == road.Free || l.Control == road.Yield || l.Control == road.SignalControl && lightOf(env, l) == road.Green
		if at > 0 && !open {
			return at
		}
		passed += t.net.lanes[id].length
	}
	return math.Inf(1)
}
