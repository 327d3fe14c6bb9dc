package traffic

import (
	"fmt"

	"roadloop/sim/road"
)

// CheckRoute reports what is wrong with a route: every lane must be on the map
// and follow or adjoin the one before it.
func (t *Traffic) CheckRoute(route []road.LaneID) error {
	for i, id := range route {
		if id < 0 || int(id) >= len(t.net.lanes) {
			return fmt.Errorf("route: lane %d is not on the map", id)
		}
		if i > 0 && !t.net.adjoins(route[i-1], id) {
			return fmt.Errorf("route: lane %d neither follows nor adjoins lane %d", id, route[i-1])
		}
	}
	return nil
}

func (n *network) adjoins(from, to road.LaneID) bool {
	return n.beside(from, to) || n.follows(from, to)
}

func (n *network) beside(from, to road.LaneID) bool {
	l := &n.m.Lanes[from]
	return to != road.None && (l.Left == to || l.Right == to)
}

// across returns the map from arc lengths of lane id to those of its neighbor to.
func (n *network) across(id, to road.LaneID) beside {
	if n.m.Lanes[id].Left == to {
		return n.lanes[id].left
	}
	return n.lanes[id].right
}

// offsetOf returns what to add to d on lane id for d on its neighbor to.
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

// startPath plans c's lanes from lane on.
func (n *network) startPath(c *car, lane road.LaneID) {
	for i := range c.path {
		c.path[i] = road.None
	}
	c.path[0] = lane
	c.routeAt = c.route.after(c.routeAt, lane)
	if last := len(c.route.lanes) - 1; last >= 0 && c.routeAt == last && c.route.lanes[last] != lane {
		c.routeAt = -1 // on a lane parallel to the last one nothing of the route is left
	}
	n.extend(c)
}

// extend fills the free end of c's path: along the route while it lasts, then
// by turns drawn from the driver's stream.
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

// after returns the lane that c takes after lane, or None where it ends. Where
// the route wants a neighbor next, the path goes on as that neighbor's would if
// it can, so that the driver looks ahead while it waits to change.
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

// advance moves c on to the next lane of its path; it reports whether there is one.
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

// needs returns the neighbor of c's lane that its route or the end of the lane
// makes it change to, or None.
func (n *network) needs(c *car) road.LaneID {
	if i := c.route.before(c.routeAt, c.path[0]) + 1; i > 0 && i < len(c.route.lanes) && n.beside(c.path[0], c.route.lanes[i]) {
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
