package traffic

import (
	"math"

	"roadloop/sim/actor"
	"roadloop/sim/road"
)

// sight is how far ahead drivers look, m.
const sight = 160.0

// ahead is the nearest body in a driver's way.
type ahead struct {
	who int
	gap float64 // bumper to bumper, m; +Inf where the road is free
	v   float64 // its speed along the lane, m/s
}

var freeRoad = ahead{gap: math.Inf(1)}

// corridor is the width that a vehicle needs, in the Frenet frame of its lane.
type corridor struct{ right, left float64 }

// sideRoom is kept free on either side when passing something, m.
const sideRoom = 0.25

// corridor returns the strip that c sweeps now and at the end of its shift.
func (c *car) corridor(width float64) corridor {
	lo, hi := math.Min(c.d, c.shift.to), math.Max(c.d, c.shift.to)
	return corridor{lo - width/2 - sideRoom, hi + width/2 + sideRoom}
}

// squeezed returns the corridor without the room to its sides.
func (k corridor) squeezed() corridor { return corridor{k.right + sideRoom, k.left - sideRoom} }

func (k corridor) meets(e *entry) bool { return e.left > k.right && e.right < k.left }

// leader returns the nearest body ahead of agent i along its path.
func (t *Traffic) leader(i int, a *actor.Actor) ahead {
	c := &t.agents[i].car
	way := c.corridor(a.Shape.Width)
	side := c.sidestep(a, 0)
	rear := c.s + a.Shape.RearToCenter - a.Shape.Length/2
	front := rear + a.Shape.Length
	passed := 0.0
	merging := t.leftBehind(i, a)
	for k, id := range c.path {
		if id == road.None || passed-front > sight {
			break
		}
		t.mergeLeader(i, id, passed-front, &merging)
		list := t.occ.lanes[id]
		for j := range list {
			e := &list[j]
			if k == 0 && (e.who == i || e.rear <= rear || side.clears(e, e.rear-front)) || !way.meets(e) {
				continue
			}
			if passed+e.rear < front && !way.squeezed().meets(e) {
				continue // beside, not ahead
			}
			if e.who == i {
				if k > 0 && e.native {
					return merging // once round a loop
				}
				continue
			}
			return nearer(merging, ahead{e.who, passed + e.rear - front, e.v})
		}
		passed += t.net.lanes[id].length
	}
	return merging
}

// leftBehind returns the nearest body ahead on the lane that agent i is leaving,
// as long as the agent is not clear of it. A body that stands does not count where
// the agent will be clear of it before it arrives.
func (t *Traffic) leftBehind(i int, a *actor.Actor) ahead {
	c := &t.agents[i].car
	if !c.changing() || !t.net.beside(c.path[0], c.shift.left) {
		return freeRoad
	}
	old, now := c.shift.left, c.path[0]
	side := c.sidestep(a, t.net.offsetOf(now, old))
	way := side.strip(c.d)
	rear := t.net.across(now, old).at(c.s) + a.Shape.RearToCenter - a.Shape.Length/2
	for j := range t.occ.lanes[old] {
		e := &t.occ.lanes[old][j]
		gap := e.rear - rear - a.Shape.Length
		if e.who != i && e.rear > rear && way.meets(e) && !side.clears(e, gap) {
			return ahead{e.who, gap, e.v}
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

// mergeLeader sets best to the nearest vehicle that is merging from another lane
// of the junction onto the lane after id, ahead of agent i. Lane id begins start
// ahead of its front. Ways to the common end are compared.
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
			if e.who != i && e.front >= f.OtherStart && gap > 0 {
				*best = nearer(*best, ahead{e.who, gap, e.v})
			}
		}
	}
}

// neighborsAt returns the nearest bodies ahead of and behind a vehicle of the
// given bumpers on a lane, as far as the lane and the ones next in line reach.
func (t *Traffic) neighborsAt(self int, lane road.LaneID, rear, front float64) (lead, tail ahead) {
	lead, tail = freeRoad, freeRoad
	for j := range t.occ.lanes[lane] {
		e := &t.occ.lanes[lane][j]
		switch {
		case e.who == self:
		case e.rear+e.front >= rear+front:
			lead = nearer(lead, ahead{e.who, e.rear - front, e.v})
		default:
			tail = nearer(tail, ahead{e.who, rear - e.front, e.v})
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

// firstBeyond returns the nearest body on the lanes after lane, ahead of front.
func (t *Traffic) firstBeyond(self int, lane road.LaneID, front float64) ahead {
	best := freeRoad
	for _, id := range t.net.m.Lanes[lane].Next {
		if list := t.occ.lanes[id]; len(list) > 0 && list[0].who != self {
			best = nearer(best, ahead{list[0].who, t.net.lanes[lane].length + list[0].rear - front, list[0].v})
		}
	}
	return best
}

// lastBefore returns the nearest body on the lanes before lane, behind rear.
func (t *Traffic) lastBefore(self int, lane road.LaneID, rear float64) ahead {
	best := freeRoad
	for _, id := range t.net.m.Lanes[lane].Prev {
		list := t.occ.lanes[id]
		if n := len(list); n > 0 && list[n-1].who != self {
			best = nearer(best, ahead{list[n-1].who, rear + t.net.lanes[id].length - list[n-1].front, list[n-1].v})
		}
	}
	return best
}
