package traffic

import (
	"math"

	"roadloop/sim/actor"
	"roadloop/sim/road"
)

// lookAhead is the look-ahead distance of drivers, m.
const lookAhead = 160.0

// ahead is the nearest actor ahead of a driver.
type ahead struct {
	agent int
	gap   float64 // bumper to bumper, m; +Inf on a free road
	v     float64 // its speed along the lane, m/s
}

var freeRoad = ahead{gap: math.Inf(1)}

// corridor is the lateral range of a vehicle in the Frenet frame of its lane.
type corridor struct{ right, left float64 }

// sideClearance is the lateral clearance on each side when passing, m.
const sideClearance = 0.25

// corridor returns the lateral range that c covers now and until the end of its shift.
func (c *car) corridor(width float64) corridor {
	lo, hi := math.Min(c.d, c.shift.to), math.Max(c.d, c.shift.to)
	return corridor{lo - width/2 - sideClearance, hi + width/2 + sideClearance}
}

// withoutClearance returns the corridor without the lateral clearance.
func (k corridor) withoutClearance() corridor {
	return corridor{k.right + sideClearance, k.left - sideClearance}
}

func (k corridor) meets(e *entry) bool { return e.left > k.right && e.right < k.left }

// leader returns the nearest actor ahead of agent i along its path.
func (t *Traffic) leader(i int, a *actor.Actor) ahead {
	c := &t.agents[i].car
	way := c.corridor(a.Shape.Width)
	side := c.sidestep(a, 0)
	rear := c.s + a.Shape.RearToCenter - a.Shape.Length/2
	front := rear + a.Shape.Length
	passed := 0.0
	merging := t.leftBehind(i, a)
	for k, id := range c.path {
		if id == road.None || passed-front > lookAhead {
			break
		}
		t.mergeLeader(i, id, passed-front, &merging)
		list := t.occ.lanes[id]
		for j := range list {
			e := &list[j]
			if k == 0 && (e.agent == i || e.rear <= rear || side.clears(e, e.rear-front)) || !way.meets(e) {
				continue
			}
			if passed+e.rear < front && !way.withoutClearance().meets(e) {
				continue // side by side, not ahead
			}
			if e.agent == i {
				if k > 0 && e.native {
					return merging // around a closed loop
				}
				continue
			}
			return nearer(merging, ahead{e.agent, passed + e.rear - front, e.v})
		}
		passed += t.net.lanes[id].length
	}
	return merging
}

// leftBehind returns the nearest actor ahead on the lane that agent i is leaving,
// while the agent still overlaps that lane. A standing actor is ignored if the
// agent will be clear of it on arrival.
func (t *Traffic) leftBehind(i int, a *actor.Actor) ahead {
	c := &t.agents[i].car
	if !c.changing() || !t.net.areNeighbors(c.path[0], c.shift.left) {
		return freeRoad
	}
	old, now := c.shift.left, c.path[0]
	side := c.sidestep(a, t.net.offsetOf(now, old))
	way := side.strip(c.d)
	rear := t.net.laneMapTo(now, old).at(c.s) + a.Shape.RearToCenter - a.Shape.Length/2
	for j := range t.occ.lanes[old] {
		e := &t.occ.lanes[old][j]
		gap := e.rear - rear - a.Shape.Length
		if e.agent != i && e.rear > rear && way.meets(e) && !side.clears(e, gap) {
			return ahead{e.agent, gap, e.v}
		}
	}
	return freeRoad
}

func nearer(a, b ahead) ahead {
	if a.gap < b.gap {
		return a
	}
	return b
}

// mergeLeader sets best to the nearest vehicle ahead of agent i that merges from
// another junction lane onto the lane after id. Lane id begins start ahead of
// the agent's front. Distances are compared at the common end of the lanes.
func (t *Traffic) mergeLeader(i int, id road.LaneID, start float64, best *ahead) {
	info := &t.net.lanes[id]
	for k, merges := range info.merges {
		if !merges {
			continue
		}
		f := &t.net.m.Lanes[id].Conflicts[k]
		for j := range t.occ.lanes[f.With] {
			e := &t.occ.lanes[f.With][j]
			gap := start + info.length - (t.net.lanes[f.With].length - e.rear)
			if e.agent != i && e.front >= f.OtherStart && gap > 0 {
				*best = nearer(*best, ahead{e.agent, gap, e.v})
			}
		}
	}
}

// neighborsAt returns the nearest actors ahead of and behind a vehicle with the
// given bumper positions on a lane and the lanes directly before and after it.
func (t *Traffic) neighborsAt(self int, lane road.LaneID, rear, front float64) (lead, tail ahead) {
	lead, tail = freeRoad, freeRoad
	for j := range t.occ.lanes[lane] {
		e := &t.occ.lanes[lane][j]
		switch {
		case e.agent == self:
		case e.rear+e.front >= rear+front:
			lead = nearer(lead, ahead{e.agent, e.rear - front, e.v})
		default:
			tail = nearer(tail, ahead{e.agent, rear - e.front, e.v})
		}
	}
	if math.IsInf(lead.gap, 1) {
		lead = t.firstBeyond(self, lane, front)
	}
	if math.IsInf(tail.gap, 1) {
		tail = t.lastBefore(self, lane, rear)
	}
	return lead, tail
}

// firstBeyond returns the nearest actor on the lanes after lane, ahead of front.
func (t *Traffic) firstBeyond(self int, lane road.LaneID, front float64) ahead {
	best := freeRoad
	for _, id := range t.net.m.Lanes[lane].Next {
		if list := t.occ.lanes[id]; len(list) > 0 && list[0].agent != self {
			best = nearer(best, ahead{list[0].agent, t.net.lanes[lane].length + list[0].rear - front, list[0].v})
		}
	}
	return best
}

// lastBefore returns the nearest actor on the lanes before lane, behind rear.
func (t *Traffic) lastBefore(self int, lane road.LaneID, rear float64) ahead {
	best := freeRoad
	for _, id := range t.net.m.Lanes[lane].Prev {
		list := t.occ.lanes[id]
		if n := len(list); n > 0 && list[n-1].agent != self {
			best = nearer(best, ahead{list[n-1].agent, rear + t.net.lanes[id].length - list[n-1].front, list[n-1].v})
		}
	}
	return best
}
