package traffic

import (
	"math"

	"roadloop/sim/actor"
	"roadloop/sim/road"
)

// An obstacle is an actor that will not drive on. Drivers that may change lanes stop
// far enough behind it to pull out, and can pull out from a standstill.

// blocked reports whether lead is an obstacle that is near enough for c to pass it.
func (t *Traffic) blocked(c *car, lead ahead) bool {
	const near = 3.0 // s
	return t.obstacle(lead) && lead.gap < 30+near*c.v
}

// obstacle reports whether lead will not drive on: it has no driver, its order is
// to stand, or it is a standing ego.
func (t *Traffic) obstacle(lead ahead) bool {
	switch {
	case math.IsInf(lead.gap, 1):
		return false
	case lead.agent == egoIndex:
		return math.Abs(lead.v) < standing
	}
	switch g := &t.agents[lead.agent]; g.mode {
	case driving:
		return g.car.order.mode != free && g.car.order.target == 0 && g.car.v < standing
	case walking:
		return g.pedestrian.v == 0 && g.pedestrian.ended()
	}
	return true
}

// roomBetween is the minimum distance between the obstacle on the current lane and the
// next one on the other lane, so that c can change there and back, m.
const roomBetween = 25.0

// tightWay is the shortest length of a lane change of c at walking speed, m. The
// turning radius is then 5 m for a car of 2.4 m wheelbase and 14 m for a bus of 7 m
// wheelbase, since the maximum curvature of the profile is 5.8 times its width over
// its length squared.
func (c *car) tightWay() float64 { return 7 + 1.4*c.wheelbase }

// tightTime is the shift duration that gives a length of tightWay below shiftSpeed, s.
func (c *car) tightTime() float64 { return c.tightWay() / shiftSpeed }

// tightSpeed is the maximum speed of a tight lane change, m/s: the lateral
// acceleration stays near 3 m/s².
const tightSpeed = 3.5

// standoff returns the distance that c adds to S0 behind an obstacle to be able to
// pull out, m.
func (c *car) standoff() float64 { return 2 + 0.6*c.wheelbase }

// leaveRoom shortens the gap to an obstacle by the standoff.
func (t *Traffic) leaveRoom(c *car, lead ahead) ahead {
	l := &t.net.m.Lanes[c.path[0]]
	if c.keepsLane || !open(l.Left, l.LeftMark) && !open(l.Right, l.RightMark) || !t.obstacle(lead) {
		return lead
	}
	lead.gap = math.Max(lead.gap-c.standoff(), math.Min(lead.gap, 0.1))
	return lead
}

// timeToChange returns a duration in which agent i can change to its neighbor to
// without touching standing actors ahead on its current lane; ok is false if there is
// no room. Slow vehicles use a tight change if necessary.
func (t *Traffic) timeToChange(i int, a *actor.Actor, to road.LaneID) (over float64, ok bool) {
	c := &t.agents[i].car
	if t.getsClear(i, a, to, changeTime) {
		return changeTime, true
	}
	if c.v <= tightSpeed && t.getsClear(i, a, to, c.tightTime()) {
		return c.tightTime(), true
	}
	return 0, false
}

// getsClear reports whether a change of agent i to its neighbor to in over
// seconds avoids all standing actors on its current lane.
func (t *Traffic) getsClear(i int, a *actor.Actor, to road.LaneID, over float64) bool {
	c := &t.agents[i].car
	now := c.path[0]
	side := c.sidestep(a, 0)
	side.shift = shift{active: true, from: c.d, to: -t.net.offsetOf(now, to), over: over}
	return t.isClear(i, a, now, &side, c.s)
}

// isClear reports whether agent i, with its rear axle at s of lane id, avoids all
// standing actors ahead on that lane if it moves as side predicts.
func (t *Traffic) isClear(i int, a *actor.Actor, id road.LaneID, side *sidestep, s float64) bool {
	front := s + a.Shape.RearToCenter + a.Shape.Length/2
	way := side.strip(side.shift.at(side.shift.share))
	for j := range t.occ.lanes[id] {
		e := &t.occ.lanes[id][j]
		inFront := e.agent != i && e.rear+e.front > 2*front-a.Shape.Length && math.Abs(e.v) <= nearlyStanding
		if inFront && way.meets(e) && !side.clears(e, e.rear-front) {
			return false
		}
	}
	return true
}

// resolve ends a standstill of agent i in the middle of a lane change. The agent
// continues if it can pass all standing actors on the lane that it leaves, by a tight
// shift if necessary. Otherwise it returns to that lane if it can pass the standing
// actors on the other lane, or if its box is still within the old lane, to free the
// other one.
func (t *Traffic) resolve(env *Env, i int) {
	c, a := &t.agents[i].car, &env.Actors[i]
	if !c.changing() || c.v > standing || !t.net.areNeighbors(c.path[0], c.shift.left) {
		return
	}
	old, now := c.shift.left, c.path[0]
	turned := c.turned()
	on := c.sidestep(a, t.net.offsetOf(now, old))
	s := t.net.laneMapTo(now, old).at(c.s)
	if !t.closedAhead(i, a, now, c.s) {
		if t.isClear(i, a, old, &on, s) {
			return
		}
		on.shift = c.tightShift(0, turned)
		if t.isClear(i, a, old, &on, s) {
			on.shift.left = old
			c.shift = on.shift
			return
		}
	}
	back := c.sidestep(a, 0)
	back.shift = c.tightShift(-on.aside, turned)
	switch within := math.Abs(c.d+on.aside)+on.half <= t.net.m.Lanes[old].Width/2; {
	case !t.closedAhead(i, a, old, s) && t.isClear(i, a, now, &back, c.s):
		t.moveTo(c, old, c.tightTime(), env.Now)
	case within:
		t.moveTo(c, old, c.tightTime(), env.Now)
		c.shift.left = road.None
	default:
		return
	}
	c.shift.startSlope = back.shift.startSlope
	t.updateOccupancy(env)
}

// tightShift returns a tight shift to d = to with an initial heading of turned relative
// to the lane, rad.
func (c *car) tightShift(to, turned float64) shift {
	return shift{active: true, from: c.d, to: to, over: c.tightTime(), left: road.None,
		startSlope: math.Tan(turned) * c.tightWay()}
}

// closedAhead reports whether lane id is blocked shortly ahead of agent i, with its rear axle
// at s: by an obstacle or by the end of the lane.
func (t *Traffic) closedAhead(i int, a *actor.Actor, id road.LaneID, s float64) bool {
	if info := &t.net.lanes[id]; info.deadEnd && info.length-s < 40 {
		return true
	}
	rear := s + a.Shape.RearToCenter - a.Shape.Length/2
	lead, _ := t.neighborsAt(i, id, rear, rear+a.Shape.Length)
	return lead.gap < 15 && t.obstacle(lead)
}
