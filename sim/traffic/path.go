package traffic

import (
	"fmt"

	"roadloop/sim/road"
)

// CheckRoute returns an error for an invalid route: every lane must be on the
// map and be a successor or neighbor of the previous lane.
func (t *Traffic) CheckRoute(route []road.LaneID) error {
	for i, id := range route {
		if id < 0 || int(id) >= len(t.net.lanes) {
			return fmt.Errorf("route: lane %d is not on the map", id)
		}
		if i > 0 && !t.net.adjoins(route[i-1], id) {
			return fmt.Errorf("route: lane %d is neither a successor nor a neighbor of lane %d", id, route[i-1])
		}
	}
	return nil
}

func (n *network) adjoins(from, to road.LaneID) bool {
	return n.areNeighbors(from, to) || n.follows(from, to)
}

func (n *network) areNeighbors(from, to road.LaneID) bool {
	l := &n.m.Lanes[from]
	return to != road.None && (l.Left == to || l.Right == to)
}

// laneMapTo returns the mapping of arc lengths from lane id to its neighbor to.
func (n *network) laneMapTo(id, to road.LaneID) laneMap {
	if n.m.Lanes[id].Left == to {
		return n.lanes[id].left
	}
	return n.lanes[id].right
}

// offsetOf returns the difference between d on the neighbor to and d on lane id.
func (n *network) offsetOf(id, to road.LaneID) float64 {
	between := (n.m.Lanes[id].Width + n.m.Lanes[to].Width) / 2
	if n.m.Lanes[id].Left == to {
		return -between
	}
	return between
}

func (n *network) follows(from, to road.LaneID) bool {
	for _, id := range n.m.Lanes[from].Next {
		if id == to {
			return true
		}
	}
	return false
}

// startPath plans the path of c from lane on.
func (n *network) startPath(c *car, lane road.LaneID) {
	for i := range c.path {
		c.path[i] = road.None
	}
	c.path[0] = lane
	c.routeAt = c.route.after(c.routeAt, lane)
	if last := len(c.route.lanes) - 1; last >= 0 && c.routeAt == last && c.route.lanes[last] != lane {
		c.routeAt = -1 // on a lane parallel to the last one the route is complete
	}
	n.extend(c)
}

// extend fills the end of c's path: first along the route, then with turns
// drawn from the driver's stream.
func (n *network) extend(c *car) {
	for i := 1; i < pathLen; i++ {
		if c.path[i] != road.None {
			continue
		}
		next := n.after(c, c.path[i-1])
		if next == road.None {
			return
		}
		c.path[i] = next
	}
}

// after returns the next lane of c after lane, or None at a dead end. If the
// route requires a neighbor next, the path continues parallel to that neighbor
// if possible, so that the driver looks ahead while it waits to change.
func (n *network) after(c *car, lane road.LaneID) road.LaneID {
	next := n.m.Lanes[lane].Next
	if k := c.routeAt; k >= 0 && k+1 < len(c.route.ways) && c.route.has(k, lane) {
		if to := n.successor(lane, c.route.ways[k+1]); to != road.None {
			c.routeAt++
			return to
		}
	}
	switch len(next) {
	case 0:
		return road.None
	case 1:
		return next[0]
	}
	return next[c.stream.IntN(len(next))]
}

// advance moves c to the next lane of its path and reports whether there is one.
func (n *network) advance(c *car) bool {
	if c.path[1] == road.None {
		return false
	}
	c.s -= n.lanes[c.path[0]].length
	c.prev = c.path[0]
	copy(c.path[:], c.path[1:])
	c.path[pathLen-1] = road.None
	n.extend(c)
	return true
}

// needs returns the neighboring lane to which c must change because of its
// route or the end of the lane, or None.
func (n *network) needs(c *car) road.LaneID {
	if i := c.route.before(c.routeAt, c.path[0]) + 1; i > 0 && i < len(c.route.lanes) && n.areNeighbors(c.path[0], c.route.lanes[i]) {
		return c.route.lanes[i]
	}
	if l := &n.m.Lanes[c.path[0]]; n.lanes[c.path[0]].deadEnd {
		if goesOn(n.m, l.Left) {
			return l.Left
		}
		return l.Right
	}
	return road.None
}
