package traffic

import (
	"slices"

	"roadloop/sim/road"
)

// route is the lanes that a driver must take. It is immutable and shared by clones.
type route struct {
	lanes []road.LaneID
	// ways[i] lists the lanes from which the rest of the route needs only turns and
	// no lane change: lanes[i] and the equivalent parallel lanes.
	ways [][]road.LaneID
}

// newRoute returns the route of lanes, which CheckRoute must accept.
func (n *network) newRoute(lanes []road.LaneID) route {
	r := route{lanes: lanes, ways: make([][]road.LaneID, len(lanes))}
	for i, id := range lanes {
		switch {
		case i+1 < len(lanes) && n.areNeighbors(id, lanes[i+1]), i > 0 && n.areNeighbors(lanes[i-1], id):
			// The route names the lane to change from and the lane to change to.
			r.ways[i] = lanes[i : i+1 : i+1]
		case i > 0 && n.m.Lanes[id].Junction >= 0:
			r.ways[i] = n.alike(id, r.ways[i-1])
		default:
			r.ways[i] = n.abreast(id)
		}
	}
	for i := len(lanes) - 2; i >= 0; i-- {
		r.ways[i] = slices.DeleteFunc(r.ways[i], func(id road.LaneID) bool {
			return id != lanes[i] && n.successor(id, r.ways[i+1]) == road.None
		})
	}
	return r
}

// abreast returns lane id and all parallel lanes of the same direction.
func (n *network) abreast(id road.LaneID) []road.LaneID {
	all := []road.LaneID{id}
	for _, side := range [2]func(*road.Lane) road.LaneID{leftOf, rightOf} {
		for at := side(&n.m.Lanes[id]); at != road.None; at = side(&n.m.Lanes[at]) {
			all = append(all, at)
		}
	}
	return all
}

func leftOf(l *road.Lane) road.LaneID  { return l.Left }
func rightOf(l *road.Lane) road.LaneID { return l.Right }

// alike returns the junction lane id and all lanes that lead from one of the
// lanes from through the same junction in the same direction.
func (n *network) alike(id road.LaneID, from []road.LaneID) []road.LaneID {
	all := []road.LaneID{id}
	l := &n.m.Lanes[id]
	for _, f := range from {
		for _, to := range n.m.Lanes[f].Next {
			if o := &n.m.Lanes[to]; to != id && o.Junction == l.Junction && o.Turn == l.Turn {
				all = append(all, to)
			}
		}
	}
	return all
}

// successor returns the first lane after id that is among lanes, or None.
func (n *network) successor(id road.LaneID, lanes []road.LaneID) road.LaneID {
	for _, to := range lanes {
		if n.follows(id, to) {
			return to
		}
	}
	return road.None
}

// has reports whether lane leads on along the route from index i.
func (r *route) has(i int, lane road.LaneID) bool { return slices.Contains(r.ways[i], lane) }

// after returns the first index of lane in the route at or after from, or -1.
func (r *route) after(from int, lane road.LaneID) int {
	for i := max(0, from); i < len(r.ways); i++ {
		if r.has(i, lane) {
			return i
		}
	}
	return -1
}

// before returns the last index of lane in the route up to and including from, or
// -1.
func (r *route) before(from int, lane road.LaneID) int {
	for i := min(from, len(r.ways)-1); i >= 0; i-- {
		if r.has(i, lane) {
			return i
		}
	}
	return -1
}
