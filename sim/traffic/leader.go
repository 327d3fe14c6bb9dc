package traffic

import (
	"math"

	"roadloop/sim/road"
	"roadloop/sim/vehicle"
)

// lookAhead is the look-ahead distance of drivers, m.
const lookAhead = 160.0

// neighbor is the nearest actor ahead of a vehicle or behind it.
type neighbor struct {
	agent *agent  // nil for the ego
	gap   float64 // bumper to bumper, m; +Inf on a free road
	v     float64 // its speed along the lane, m/s
}

var freeRoad = neighbor{gap: math.Inf(1)}

func nearer(a, b neighbor) neighbor {
	if a.gap < b.gap {
		return a
	}
	return b
}

// obstacle reports whether x will not drive on: it has no driver, its order is
// to stand, or it is a standing ego.
func (x neighbor) obstacle() bool {
	switch {
	case math.IsInf(x.gap, 1):
		return false
	case x.agent == nil:
		return math.Abs(x.v) < standing
	case x.agent.mode == driving:
		c := &x.agent.car
		return c.order.mode != free && c.order.target == 0 && c.v < standing
	case x.agent.mode == walking:
		return x.agent.walker.v == 0 && x.agent.walker.ended()
	}
	return true
}

// blocks reports whether x is an obstacle that is near enough for a driver at speed v
// to pass it.
func (x neighbor) blocks(v float64) bool {
	const near = 3.0 // s
	return x.obstacle() && x.gap < 30+near*v
}

// model returns the car-following parameters that others assume for x.
func (x neighbor) model() vehicle.IDM {
	if x.agent == nil || x.agent.mode != driving {
		m := vehicle.CityIDM()
		m.V0 = math.Max(m.V0, x.v)
		return m
	}
	return x.agent.car.modelHere()
}

// corridor is the lateral range of a vehicle in the Frenet frame of its lane.
type corridor struct{ right, left float64 }

// sideClearance is the lateral clearance on each side when passing, m.
const sideClearance = 0.25

// corridor returns the lateral range that c covers now and until the end of its shift.
func (c *car) corridor() corridor {
	lo, hi := math.Min(c.d, c.shift.to), math.Max(c.d, c.shift.to)
	return corridor{lo - c.shape.Width/2 - sideClearance, hi + c.shape.Width/2 + sideClearance}
}

// withoutClearance returns the corridor without the lateral clearance.
func (k corridor) withoutClearance() corridor {
	return corridor{k.right + sideClearance, k.left - sideClearance}
}

func (k corridor) meets(e *entry) bool { return e.left > k.right && e.right < k.left }

// leader returns the nearest actor ahead of the car self along its path.
func (o *occupancy) leader(self *agent) neighbor {
	c := &self.car
	way := c.corridor()
	side := c.sidestep(0)
	rear := c.rear(c.s)
	front := rear + c.shape.Length
	passed := 0.0
	merging := o.leftBehind(self)
	for k, id := range c.lanes {
		if id == road.None || passed-front > lookAhead {
			break
		}
		merging = nearer(merging, o.mergeLeader(self, &o.net.lanes[id], passed-front))
		list := o.lanes[id]
		for j := range list {
			e := &list[j]
			if k == 0 && (e.agent == self || e.rear <= rear || side.clears(e, e.rear-front)) || !way.meets(e) {
				continue
			}
			if passed+e.rear < front && !way.withoutClearance().meets(e) {
				continue // side by side, not ahead
			}
			if e.agent == self {
				if k > 0 && e.native {
					return merging // around a closed loop
				}
				continue
			}
			return nearer(merging, neighbor{e.agent, passed + e.rear - front, e.v})
		}
		passed += o.net.lanes[id].length
	}
	return merging
}

// leftBehind returns the nearest actor ahead on the lane that the car self is leaving,
// while the car still overlaps that lane. A standing actor is ignored if the
// car will be clear of it on arrival.
func (o *occupancy) leftBehind(self *agent) neighbor {
	c := &self.car
	if !c.leaving() {
		return freeRoad
	}
	old := c.shift.left
	side := c.sidestep(c.net.offsetOf(c.lanes[0], old))
	way := side.strip(c.d)
	rear := c.rear(c.sOn(old))
	for j := range o.lanes[old] {
		e := &o.lanes[old][j]
		gap := e.rear - rear - c.shape.Length
		if e.agent != self && e.rear > rear && way.meets(e) && !side.clears(e, gap) {
			return neighbor{e.agent, gap, e.v}
		}
	}
	return freeRoad
}

// mergeLeader returns the nearest vehicle ahead of the car self that merges from
// another junction lane onto the lane after l. Lane l begins start ahead of
// the car's front. Distances are compared at the common end of the lanes.
func (o *occupancy) mergeLeader(self *agent, l *laneInfo, start float64) neighbor {
	best := freeRoad
	for k, merges := range l.merges {
		if !merges {
			continue
		}
		f := &l.Conflicts[k]
		for j := range o.lanes[f.With] {
			e := &o.lanes[f.With][j]
			gap := start + l.length - (o.net.lanes[f.With].length - e.rear)
			if e.agent != self && e.front >= f.OtherStart && gap > 0 {
				best = nearer(best, neighbor{e.agent, gap, e.v})
			}
		}
	}
	return best
}

// isClear reports whether the car self, with its rear axle at s of lane id, avoids all
// standing actors ahead on that lane if it moves as side predicts.
func (o *occupancy) isClear(self *agent, id road.LaneID, side *sidestep, s float64) bool {
	front := self.car.front(s)
	way := side.strip(side.shift.at(side.shift.share))
	for j := range o.lanes[id] {
		e := &o.lanes[id][j]
		inFront := e.agent != self && e.rear+e.front > 2*front-self.car.shape.Length && math.Abs(e.v) <= nearlyStanding
		if inFront && way.meets(e) && !side.clears(e, e.rear-front) {
			return false
		}
	}
	return true
}

// neighbors returns the nearest actors ahead of and behind the car self with its rear axle
// at s of lane id, on that lane and the lanes directly before and after it.
func (o *occupancy) neighbors(self *agent, id road.LaneID, s float64) (lead, tail neighbor) {
	lead, tail = freeRoad, freeRoad
	rear := self.car.rear(s)
	front := rear + self.car.shape.Length
	for j := range o.lanes[id] {
		e := &o.lanes[id][j]
		switch {
		case e.agent == self:
		case e.rear+e.front >= rear+front:
			lead = nearer(lead, neighbor{e.agent, e.rear - front, e.v})
		default:
			tail = nearer(tail, neighbor{e.agent, rear - e.front, e.v})
		}
	}
	l := &o.net.lanes[id]
	if math.IsInf(lead.gap, 1) {
		lead = o.firstBeyond(self, l, front)
	}
	if math.IsInf(tail.gap, 1) {
		tail = o.lastBefore(self, l, rear)
	}
	return lead, tail
}

// firstBeyond returns the nearest actor on the lanes after l, ahead of front.
func (o *occupancy) firstBeyond(self *agent, l *laneInfo, front float64) neighbor {
	best := freeRoad
	for _, id := range l.Next {
		if list := o.lanes[id]; len(list) > 0 && list[0].agent != self {
			best = nearer(best, neighbor{list[0].agent, l.length + list[0].rear - front, list[0].v})
		}
	}
	return best
}

// lastBefore returns the nearest actor on the lanes before l, behind rear.
func (o *occupancy) lastBefore(self *agent, l *laneInfo, rear float64) neighbor {
	best := freeRoad
	for _, id := range l.Prev {
		list := o.lanes[id]
		if n := len(list); n > 0 && list[n-1].agent != self {
			best = nearer(best, neighbor{list[n-1].agent, rear + o.net.lanes[id].length - list[n-1].front, list[n-1].v})
		}
	}
	return best
}
