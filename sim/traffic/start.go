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
		t.observe(env)
		for _, i := range agents {
			d := t.driver(env, &t.agents[i])
			if v := d.safeSpeed(); v < d.v {
				d.v, changed = v, true
				env.Actors[i].State.Speed = v
			}
		}
		if !changed {
			return
		}
	}
}

// safeSpeed returns the highest speed up to the current one at which the driver need not
// brake harder than comfortably, or 0.
func (d *driver) safeSpeed() float64 {
	if d.isSafe(d.v) {
		return d.v
	}
	low, high := 0.0, d.v
	for high-low > 0.01 {
		if mid := (low + high) / 2; d.isSafe(mid) {
			low = mid
		} else {
			high = mid
		}
	}
	return low
}

// isSafe reports whether the driver at speed v need not brake harder than comfortably.
func (d *driver) isSafe(v float64) bool {
	before := *d.car // restored below: a stop at a line must not be recorded now
	d.v = v
	d.model = d.modelHere()
	accel, _ := d.accel()
	line := d.closedLine()
	*d.car = before
	return accel >= -d.idm.B && v*v <= 2*d.idm.B*line
}

// closedLine returns the distance to the first stop line that the car must not cross
// now, m; +Inf if there is none. In contrast, accel ignores a line before which the
// driver can no longer stop.
func (d *driver) closedLine() float64 {
	passed := -d.front(d.s)
	for _, id := range d.lanes {
		if id == road.None || passed > lookAhead {
			break
		}
		l := &d.net.lanes[id]
		at := passed + l.StopS - lineMargin
		open := l.Control == road.Free || l.Control == road.Yield || l.Control == road.SignalControl && l.Light(d.env.Signals) == road.Green
		if at > 0 && !open {
			return at
		}
		passed += l.length
	}
	return math.Inf(1)
}
