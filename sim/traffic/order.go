package traffic

import (
	"math"
	"slices"

	"roadloop/sim/clock"
	"roadloop/sim/road"
)

// pedal is what an order from a script does to a vehicle's speed.
type pedal uint8

const (
	free  pedal = iota // the driver decides
	hold               // keep to the target speed
	reach              // change to the target speed at the given rate, whoever is ahead
)

// order is a script's standing order to a vehicle.
type order struct {
	pedal  pedal
	target float64 // m/s
	rate   float64 // m/s², positive
	gentle bool    // heed what is ahead while reaching
}

// jerk is how fast ordered accelerations build up, m/s³.
const jerk = 20.0

// accel returns the acceleration that the order asks for at speed v: its rate,
// less as the target comes so near that jerk must take the rate back, and in the
// end what lands on the target at once.
func (o *order) accel(v float64) float64 {
	left := o.target - v
	if o.reached(v) {
		return left / clock.Step
	}
	most := math.Min(math.Sqrt(jerk*math.Abs(left)), math.Abs(left)/(4*clock.Step))
	return math.Copysign(math.Min(o.rate, most), left)
}

// reached reports whether v is the target, within what one tick can make up.
func (o *order) reached(v float64) bool { return math.Abs(o.target-v) < 0.001 }

// SetSpeed orders agent i to change to target m/s at rate m/s² and keep it.
// Obedient drivers take it as their wanted speed and still heed what is ahead.
func (t *Traffic) SetSpeed(i int, target, rate float64) {
	if t.agents[i].mode == walking {
		t.agents[i].foot.speed(target)
		return
	}
	c := &t.agents[i].car
	c.idm.V0, c.limitBy = math.Max(target, 0.1), 0
	c.order = order{pedal: reach, target: target, rate: rate, gentle: true}
}

// Brake orders agent i to slow to target m/s at rate m/s², heeding nobody.
func (t *Traffic) Brake(i int, target, rate float64) {
	t.SetSpeed(i, target, rate)
	t.agents[i].car.order.gentle = false
}

// Release gives agent i to a driver that keeps every rule.
func (t *Traffic) Release(i int) {
	c := &t.agents[i].car
	c.manner, c.keepLane, c.staysPut = Obedient, false, false
	c.order = order{}
}

// Reroute gives agent i a new route, from its present lane on. An agent whose
// lane is not on the route keeps the one it has.
func (t *Traffic) Reroute(i int, route []road.LaneID) {
	c := &t.agents[i].car
	at := slices.Index(route, c.path[0])
	if at < 0 {
		return
	}
	c.route, c.routeAt = t.net.newRoute(route[at:]), 0
	t.net.startPath(c, c.path[0])
}

// Shifting reports whether agent i is moving sideways on its road.
func (t *Traffic) Shifting(i int) bool { return t.agents[i].car.shift.active }

// AtSpeed reports whether agent i has reached the speed that it was last ordered
// to take.
func (t *Traffic) AtSpeed(i int) bool {
	g := &t.agents[i]
	if g.mode == walking {
		return g.foot.v == g.foot.target()
	}
	return g.car.order.pedal != reach || g.car.order.reached(g.car.v)
}

// Progress returns how far agent i has come: its starting s plus the way driven,
// or the way along its walker's path, m.
func (t *Traffic) Progress(i int) float64 {
	if t.agents[i].mode == walking {
		return t.agents[i].foot.walked
	}
	return t.agents[i].car.travelled
}

// Way returns the lanes that agent i is on and means to take next; nil for those who
// follow no lane. The slice is overwritten by the next Step.
func (t *Traffic) Way(i int) []road.LaneID {
	if t.agents[i].mode != driving {
		return nil
	}
	way := t.agents[i].car.path[:]
	if n := slices.Index(way, road.None); n >= 0 {
		way = way[:n]
	}
	return way
}

// Place returns the lane of agent i with its Frenet coordinates; ok is false
// for those who follow no lane.
func (t *Traffic) Place(i int) (lane road.LaneID, s, d float64, ok bool) {
	if t.agents[i].mode != driving {
		return road.None, 0, 0, false
	}
	c := &t.agents[i].car
	return c.path[0], c.s, c.d, true
}
