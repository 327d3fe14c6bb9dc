package traffic

import (
	"math"

	"roadloop/sim/actor"
	"roadloop/sim/road"
)

// An obstacle is a body that does not drive on. Drivers that may change lanes stop far
// enough behind it to pull out, and they pull out from a standstill.

// blocked reports whether lead is an obstacle so near that c must pass it.
func (t *Traffic) blocked(c *car, lead ahead) bool {
	const near = 3.0 // s
	return t.obstacle(lead) && lead.gap < 30+near*c.v
}

// obstacle reports whether lead does not drive on: it has no driver, or is an ego
// that stands.
func (t *Traffic) obstacle(lead ahead) bool {
	switch {
	case math.IsInf(lead.gap, 1):
		return false
	case lead.who == egoIndex:
		return math.Abs(lead.v) < standing
	}
	switch g := &t.agents[lead.who]; g.mode {
	case driving:
		return g.car.order.pedal != free && g.car.order.target == 0 && g.car.v < standing
	case walking:
		return g.foot.v == 0 && g.foot.ended()
	}
	return true
}

// roomBetween is how much farther an obstacle on the other lane must be than the one on
// the present lane, so that c can change there and back, m.
const roomBetween = 25.0

// tightWay is the least way on which c changes lanes at walking speed, m. A car of
// 2.4 m wheelbase then turns with a radius of 5 m, a bus of 7 m with 14 m, since the
// profile curves by 5.8 times its width over the way squared.
func (c *car) tightWay() float64 { return 7 + 1.4*c.wheelbase }

// tightTime is the time that makes a change tightWay long below shiftSpeed, s.
func (c *car) tightTime() float64 { return c.tightWay() / shiftSpeed }

// tightSpeed is the speed on such a tight change, m/s: the lateral acceleration
// stays near 3 m/s².
const tightSpeed = 3.5

// standoff returns how much farther than S0 c stops behind an obstacle, m: as much as
// it takes to pull out.
func (c *car) standoff() float64 { return 2 + 0.6*c.wheelbase }

// leaveRoom shortens the gap to an obstacle by the standoff, so that c stops with room
// to pull out.
func (t *Traffic) leaveRoom(c *car, lead ahead) ahead {
	l := &t.net.m.Lanes[c.path[0]]
	if c.staysPut || !open(l.Left, l.LeftMark) && !open(l.Right, l.RightMark) || !t.obstacle(lead) {
		return lead
	}
	lead.gap = math.Max(lead.gap-c.standoff(), math.Min(lead.gap, 0.1))
	return lead
}

// timeToChange returns the time over which agent i can change to its neighbor to
// without coming to what stands ahead on its present lane; ok is false where there is
// no room for that. Slow vehicles change on a shorter way where they have to.
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

// getsClear reports whether agent i, changing to its neighbor to in over seconds,
// comes past all that stands in its way on its present lane.
func (t *Traffic) getsClear(i int, a *actor.Actor, to road.LaneID, over float64) bool {
	c := &t.agents[i].car
	now := c.path[0]
	side := c.sidestep(a, 0)
	side.shift = shift{active: true, from: c.d, to: -t.net.offsetOf(now, to), over: over}
	return t.isClear(i, a, now, &side, c.s)
}

// isClear reports whether agent i, with its rear axle at s of lane id, passes all that
// stands ahead there when it moves as side predicts.
func (t *Traffic) isClear(i int, a *actor.Actor, id road.LaneID, side *sidestep, s float64) bool {
	front := s + a.Shape.RearToCenter + a.Shape.Length/2
	way := side.strip(side.shift.at(side.shift.share))
	for j := range t.occ.lanes[id] {
		e := &t.occ.lanes[id][j]
		inFront := e.who != i && e.rear+e.front > 2*front-a.Shape.Length && math.Abs(e.v) <= stopped
		if inFront && way.meets(e) && !side.clears(e, e.rear-front) {
			return false
		}
	}
	return true
}

// resolve ends the standstill of agent i in the middle of a lane change. The agent goes
// on if it can pass all that stands on the lane that it leaves, on a shorter path if
// necessary. Otherwise it returns to that lane if it can pass what stands on the other
// one, or if its body is still within that lane, which frees the other one.
func (t *Traffic) resolve(env *Env, i int) {
	c, a := &t.agents[i].car, &env.Actors[i]
	if !c.changing() || c.v > standing || !t.net.beside(c.path[0], c.shift.left) {
		return
	}
	old, now := c.shift.left, c.path[0]
	turned := c.turned()
	on := c.sidestep(a, t.net.offsetOf(now, old))
	s := t.net.across(now, old).at(c.s)
	if !t.ends(i, a, now, c.s) {
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
	case !t.ends(i, a, old, s) && t.isClear(i, a, now, &back, c.s):
		t.moveTo(c, old, c.tightTime(), env.Now)
	case within:
		t.moveTo(c, old, c.tightTime(), env.Now)
		c.shift.left = road.None
	default:
		return
	}
	c.shift.lean = back.shift.lean
	t.sense(env)
}

// tightShift returns a tight shift to d = to that begins with the vehicle turned.
func (c *car) tightShift(to, turned float64) shift {
	return shift{active: true, from: c.d, to: to, over: c.tightTime(), left: road.None,
		lean: math.Tan(turned) * c.tightWay()}
}

// ends reports whether lane id is closed close ahead of s, where the rear axle of agent
// i is: by an obstacle, or by the end of the lane.
func (t *Traffic) ends(i int, a *actor.Actor, id road.LaneID, s float64) bool {
	if info := &t.net.lanes[id]; info.deadEnd && info.length-s < 40 {
		return true
	}
	rear := s + a.Shape.RearToCenter - a.Shape.Length/2
	lead, _ := t.neighborsAt(i, id, rear, rear+a.Shape.Length)
	return lead.gap < 15 && t.obstacle(lead)
}
