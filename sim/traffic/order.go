package traffic

import (
	"math"
	"slices"

	"roadloop/sim/clock"
	"roadloop/sim/road"
)

// speedMode is the effect of a script's order on a vehicle's speed.
type speedMode uint8

const (
	free  speedMode = iota // the driver decides
	hold                   // keep the target speed
	reach                  // change to the target speed at the given rate, regardless of traffic
)

// order is the current speed order of a script.
type order struct {
	mode   speedMode
	target float64 // m/s
	rate   float64 // m/s², positive
	gentle bool    // react to traffic ahead while reaching
}

// jerk is the jerk of ordered accelerations, m/s³.
const jerk = 20.0

// accel returns the ordered acceleration at speed v: the rate, then less near
// the target so that the acceleration falls with jerk, and at last the value
// that reaches the target in one tick.
func (o *order) accel(v float64) float64 {
	left := o.target - v
	if o.reached(v) {
		return left / clock.Step
	}
	most := math.Min(math.Sqrt(jerk*math.Abs(left)), math.Abs(left)/(4*clock.Step))
	return math.Copysign(math.Min(o.rate, most), left)
}

// reached reports whether v equals the target within the tolerance of one tick.
func (o *order) reached(v float64) bool { return math.Abs(o.target-v) < 0.001 }

// SetSpeed orders agent i to change to target m/s at rate m/s² and keep it.
// Obedient drivers use it as their desired speed and still react to traffic
// ahead.
func (t *Traffic) SetSpeed(i int, target, rate float64) {
	if t.agents[i].mode == walking {
		t.agents[i].pedestrian.speed(target)
		return
	}
	c := &t.agents[i].car
	c.idm.V0, c.limitBy = math.Max(target, 0.1), 0
	c.order = order{mode: reach, target: target, rate: rate, gentle: true}
}

// Brake orders agent i to slow to target m/s at rate m/s², regardless of traffic.
func (t *Traffic) Brake(i int, target, rate float64) {
	t.SetSpeed(i, target, rate)
	t.agents[i].car.order.gentle = false
}

// Release makes the driver of agent i obedient.
func (t *Traffic) Release(i int) {
	c := &t.agents[i].car
	c.manner, c.keepLane, c.keepsLane = Obedient, false, false
	c.order = order{}
}

// Reroute gives agent i a new route from its current lane on. If the lane is
// not on the route, the agent keeps its old route.
func (t *Traffic) Reroute(i int, route []road.LaneID) {
	c := &t.agents[i].car
	at := slices.Index(route, c.path[0])
	if at < 0 {
		return
	}
	c.route, c.routeAt = t.net.newRoute(route[at:]), 0
	t.net.startPath(c, c.path[0])
}

// Shifting reports whether agent i is in a lateral move.
func (t *Traffic) Shifting(i int) bool { return t.agents[i].car.shift.active }

// AtSpeed reports whether agent i has reached its last ordered speed.
func (t *Traffic) AtSpeed(i int) bool {
	g := &t.agents[i]
	if g.mode == walking {
		return g.pedestrian.v == g.pedestrian.target()
	}
	return g.car.order.mode != reach || g.car.order.reached(g.car.v)
}

// Progress returns the progress of agent i, m: its starting s plus the distance
// driven, or the distance along a pedestrian's path.
func (t *Traffic) Progress(i int) float64 {
	if t.agents[i].mode == walking {
		return t.agents[i].pedestrian.walked
	}
	return t.agents[i].car.travelled
}

// Path returns the current and the planned lanes of agent i; nil for agents that
// follow no lane. The next Step overwrites the slice.
func (t *Traffic) Path(i int) []road.LaneID {
	if t.agents[i].mode != driving {
		return nil
	}
	way := t.agents[i].car.path[:]
	if n := slices.Index(way, road.None); n >= 0 {
		way = way[:n]
	}
	return way
}

// LanePosition returns the lane and the Frenet coordinates of agent i; ok is false for
// agents that follow no lane.
func (t *Traffic) LanePosition(i int) (lane road.LaneID, s, d float64, ok bool) {
	if t.agents[i].mode != driving {
		return road.None, 0, 0, false
	}
	c := &t.agents[i].car
	return c.path[0], c.s, c.d, true
}
