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
			if k == 0 && (e.who == i || e.rear <= rear) || !way.meets(e) {
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
// as long as it has not got clear of it.
func (t *Traffic) leftBehind(i int, a *actor.Actor) ahead {
	c := &t.agents[i].car
	if !c.shift.active || !t.net.beside(c.path[0], c.shift.left) {
		return freeRoad
	}
	old, now := c.shift.left, c.path[0]
	aside := math.Copysign((t.net.m.Lanes[old].Width+t.net.m.Lanes[now].Width)/2, -c.shift.from)
	mid := c.d + aside // d in the frame of the old lane
	way := corridor{mid - a.Shape.Width/2 - sideRoom, mid + a.Shape.Width/2 + sideRoom}
	rear := t.net.across(now, old).at(c.s) + a.Shape.RearToCenter - a.Shape.Length/2
	for j := range t.occ.lanes[old] {
		if e := &t.occ.lanes[old][j]; e.who != i && e.rear > rear && way.meets(e) {
			return ahead{e.who, e.rear - rear - a.Shape.Length, e.v}
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
// given bumpers on a lane other than its own, as far as the lane and the ones
// next to it in line reach.
func (t *Traffic) neighborsAt(self int, lane road.LaneID, rear, front float64) (lead, tail ahead, tailWho *entry) {
	lead, tail = freeRoad, freeRoad
	mid := (rear + front) / 2
	list := t.occ.lanes[lane]
	for j := range list {
		e := &list[j]
		if e.who == self {
			continue
		}
		if (e.rear+e.front)/2 >= mid {
			if gap := e.rear - front; gap < lead.gap {
				lead = ahead{e.who, gap, e.v}
			}
		} else if gap := rear - e.front; gap < tail.gap {
			tail, tailWho = ahead{e.who, gap, e.v}, e
		}
	}
	t.lookOver(self, lane, rear, front, &lead, &tail, &tailWho)
	return lead, tail, tailWho
}

// lookOver extends the view of neighborsAt over the ends of the lane.
func (t *Traffic) lookOver(self int, lane road.LaneID, rear, front float64, lead, tail *ahead, tailWho **entry) {
	l := &t.net.m.Lanes[lane]
	if math.IsInf(lead.gap, 1) {
		for _, id := range l.Next {
			if list := t.occ.lanes[id]; len(list) > 0 && list[0].who != self {
				if gap := t.net.lanes[lane].length + list[0].rear - front; gap < lead.gap {
					*lead = ahead{list[0].who, gap, list[0].v}
				}
			}
		}
	}
	if math.IsInf(tail.gap, 1) {
		for _, id := range l.Prev {
			list := t.occ.lanes[id]
			if n := len(list); n > 0 && list[n-1].who != self {
				if gap := rear + t.net.lanes[id].length - list[n-1].front; gap < tail.gap {
					*tail, *tailWho = ahead{list[n-1].who, gap, list[n-1].v}, &list[n-1]
				}
			}
		}
	}
}
