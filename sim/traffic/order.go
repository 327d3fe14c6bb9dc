package traffic

import (
	"math"
	"slices"

	"roadloop/sim/clock"
	"roadloop/sim/geom"
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
		t.agents[i].walker.speed(target)
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
	c.manner, c.keepLane, c.neverPasses = Obedient, false, false
	c.order = order{}
}

// Reroute gives agent i a new route from its current lane on. If the lane is
// not on the route, the agent keeps its old route.
func (t *Traffic) Reroute(i int, route []road.LaneID) {
	c := &t.agents[i].car
	if at := slices.Index(route, c.lanes[0]); at >= 0 {
		c.route, c.routeAt = t.net.newRoute(route[at:]), 0
		c.start(c.lanes[0])
	}
}

// Offset makes agent i move to d meters left of its lane's center line in over
// seconds.
func (t *Traffic) Offset(i int, d, over float64) {
	if t.agents[i].mode == driving {
		t.agents[i].car.begin(d, over)
	}
}

// ChangeLane makes agent i move to the lane to its left (side +1) or right (-1)
// in over seconds. If there is none, side +1 leads to the adjacent oncoming lane, and -1
// back from it.
func (t *Traffic) ChangeLane(i, side int, over float64, now clock.Tick) {
	if t.agents[i].mode != driving {
		return
	}
	c := &t.agents[i].car
	l := c.here()
	to := l.Right
	if side > 0 {
		to = l.Left
	}
	switch {
	case side < 0 && c.shift.to > l.Width/2:
		c.begin(0, over)
	case to != road.None:
		c.moveTo(to, over, now)
	case side > 0 && l.Opposite != road.None:
		c.begin((l.Width+t.net.lanes[l.Opposite].Width)/2, over)
	}
}

// ChangeTo makes agent i move to the parallel lane to, over any number of lanes, if that lane
// exists.
func (t *Traffic) ChangeTo(i int, to road.LaneID, over float64, now clock.Tick) {
	c := &t.agents[i].car
	if t.agents[i].mode == driving && to != c.lanes[0] && slices.Contains(t.net.abreast(c.lanes[0]), to) {
		c.moveTo(to, over, now)
	}
}

// Walk sends agent i along path, which should begin at its position. Speed 0
// keeps the previous speed. A static agent begins to walk. A path without
// length has no effect.
func (t *Traffic) Walk(i int, path []geom.Vec, speed float64, wary bool) {
	w := &t.agents[i].walker
	if err := w.take(path); err != nil {
		return
	}
	t.agents[i].mode = walking
	w.loop, w.held, w.wary = false, false, wary
	if speed > 0 {
		w.want = speed
	}
	if w.want <= 0 {
		w.want = usualWalk
	}
}

// Go makes agent i, which waits or was stopped, walk on. Speed 0 keeps its previous
// speed.
func (t *Traffic) Go(i int, speed float64) {
	w := &t.agents[i].walker
	w.held, w.pausing = false, 0
	if speed > 0 {
		w.want = speed
	}
}

// Pause stops pedestrian i for the given time, s.
func (t *Traffic) Pause(i int, seconds float64) { t.agents[i].walker.pausing = seconds }
