package traffic

import (
	"math"

	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/road"
	"roadloop/sim/vehicle"
)

const (
	changeTime  = 4.0                 // s, duration of a lane change
	changeRest  = 5 * clock.PerSecond // minimum time between two changes of one driver
	changeQuiet = 30.0                // m before a junction without lane changes
	changeRoom  = 1.5                 // m, minimum gap to the leader and the follower on the new lane
	changeSpeed = 2.0                 // m/s, minimum speed for a change without an obstacle
)

// considerChange begins a lane change if MOBIL, the route or the end of the
// lane requires one. lead is the leader on the current lane.
func (t *Traffic) considerChange(env *Env, i int, m *vehicle.IDM, lead ahead) {
	c := &t.agents[i].car
	l := &t.net.m.Lanes[c.path[0]]
	if l.Junction >= 0 || c.changing() || c.shift.active && c.v > changeSpeed {
		return
	}
	need := t.net.needs(c)
	if need == road.None && !t.mayChange(env, c, lead) {
		return
	}
	if (need == road.None || need == l.Left) && open(l.Left, l.LeftMark) && t.change(env, i, m, lead, l.Left, need) {
		return
	}
	if (need == road.None || need == l.Right) && open(l.Right, l.RightMark) {
		t.change(env, i, m, lead, l.Right, need)
	}
}

// change begins a change to lane to if it pays and there is room, and reports
// whether it began. It then updates the occupancy, so that no other driver takes the
// same gap at this tick.
func (t *Traffic) change(env *Env, i int, m *vehicle.IDM, lead ahead, to, need road.LaneID) bool {
	if !t.pays(env, i, m, lead, to, need) {
		return false
	}
	over, ok := t.timeToChange(i, &env.Actors[i], to)
	if !ok {
		return false
	}
	t.moveTo(&t.agents[i].car, to, over, env.Now)
	t.updateOccupancy(env)
	return true
}

// mayChange reports whether c may make discretionary lane changes.
func (t *Traffic) mayChange(env *Env, c *car, lead ahead) bool {
	if env.Now-c.lastChange <= changeRest {
		return false
	}
	if t.blocked(c, lead) {
		return !c.keepsLane
	}
	return !c.keepLane && (c.v > changeSpeed || math.Abs(lead.v) < nearlyStanding) &&
		(c.path[1] == road.None || t.net.lanes[c.path[0]].length-c.s > changeQuiet)
}

func open(to road.LaneID, mark road.Marking) bool {
	return to != road.None && mark.Kind != road.MarkSolid && mark.Kind != road.MarkDouble
}

// pays reports whether agent i should change to lane to now: the change is safe,
// and it is necessary or worth it.
func (t *Traffic) pays(env *Env, i int, m *vehicle.IDM, lead ahead, to, need road.LaneID) bool {
	c, a := &t.agents[i].car, &env.Actors[i]
	rear := t.net.laneMapTo(c.path[0], to).at(c.s) + a.Shape.RearToCenter - a.Shape.Length/2
	newLead, newTail := t.neighborsAt(i, to, rear, rear+a.Shape.Length)
	if newLead.gap < changeRoom || newTail.gap < changeRoom {
		return false
	}
	if t.blocked(c, newLead) && newLead.gap < lead.gap+roomBetween {
		return false
	}
	x := t.exchange(i, a, m, lead, newLead, newTail)
	if need != road.None {
		return c.mobil.Safe(&x)
	}
	there := c.onLane(t.net, to)
	x.OwnAfter = there.Accel(c.v, newLead.gap, newLead.v)
	left := to == t.net.m.Lanes[c.path[0]].Left
	return !t.net.lanes[to].deadEnd && c.keepsRoute(to) && c.mobil.Safe(&x) && c.mobil.Worth(&x, left)
}

// onLane returns the driver's car-following parameters for lane id.
func (c *car) onLane(n *network, id road.LaneID) vehicle.IDM {
	m := c.idm
	m.V0 = c.wantedSpeed(&n.lanes[id], n.m.Lanes[id].SpeedLimit)
	return m
}

// exchange returns the accelerations before and after agent i moves from behind
// lead to the gap between newLead and newTail.
func (t *Traffic) exchange(i int, a *actor.Actor, m *vehicle.IDM, lead, newLead, newTail ahead) ChangeEffect {
	c := &t.agents[i].car
	x := ChangeEffect{
		Own:      m.Accel(c.v, lead.gap, lead.v),
		OwnAfter: m.Accel(c.v, newLead.gap, newLead.v),
	}
	x.New, x.NewAfter = t.followers(newTail, newLead, a.Shape.Length, c.v)
	rear := c.s + a.Shape.RearToCenter - a.Shape.Length/2
	_, tail := t.neighborsAt(i, c.path[0], rear, rear+a.Shape.Length)
	x.OldAfter, x.Old = t.followers(tail, lead, a.Shape.Length, c.v)
	return x
}

// followers returns the accelerations of tail without and with a vehicle of the
// given length and speed between it and lead.
func (t *Traffic) followers(tail, lead ahead, length, v float64) (without, with float64) {
	if math.IsInf(tail.gap, 1) {
		return 0, 0
	}
	m := t.modelOf(tail)
	return m.Accel(tail.v, tail.gap+length+lead.gap, lead.v), m.Accel(tail.v, tail.gap, v)
}

// modelOf returns the car-following parameters that others assume for a follower.
func (t *Traffic) modelOf(follower ahead) vehicle.IDM {
	if follower.agent == egoIndex || t.agents[follower.agent].mode != driving {
		m := vehicle.CityIDM()
		m.V0 = math.Max(m.V0, follower.v)
		return m
	}
	return t.agents[follower.agent].car.model(t.net)
}
