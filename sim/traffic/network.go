package traffic

import (
	"math"
	"slices"

	"roadloop/sim/geom"
	"roadloop/sim/road"
)

// network is immutable data that traffic derives from a map.
type network struct {
	m     *road.Map
	lanes []laneInfo
}

// laneInfo is a lane of the map with data that traffic derives from it.
type laneInfo struct {
	*road.Lane
	length   float64
	limit    float64 // speed that limit and curvature allow, m/s
	min, max geom.Vec
	walks    []walkSpan
	siblings []sibling
	merges   []bool // by conflict: both lanes have the same successor
	left     laneMap
	right    laneMap
	opposite laneMap
	deadEnd  bool // ends while a neighbor continues: drivers must change lanes
}

// walkSpan is the section of a lane that a crosswalk covers.
type walkSpan struct {
	walk       int // index into Map.Crosswalks
	start, end float64
	u          float64 // position of the lane along the crosswalk, m from A
}

// sibling is a lane with the same predecessor that overlaps this lane up to arc
// length until.
type sibling struct {
	lane  road.LaneID
	until float64
}

// laneMap maps arc lengths of a lane to those of an adjacent lane, one value
// every laneMapStep meters: in curves the lanes have different lengths.
type laneMap []float64

const laneMapStep = 2.0 // m

// laneMapOf returns the projections of points of l on lane to; nil if there is none.
func laneMapOf(m *road.Map, l *road.Lane, to road.LaneID) laneMap {
	if to == road.None {
		return nil
	}
	const window = 30.0 // m, more than the difference in arc length can change in a step
	c := &m.Lanes[to].Center
	at, _ := c.Project(l.Center.At(0).Pos())
	b := laneMap{at}
	for s := laneMapStep; s < l.Center.Length()+laneMapStep; s += laneMapStep {
		at, _ = c.ProjectNear(l.Center.At(s).Pos(), at-window, at+window)
		b = append(b, at)
	}
	return b
}

// at returns the arc length on the adjacent lane at s. It may lie beyond the lane's ends.
func (b laneMap) at(s float64) float64 {
	x := s / laneMapStep
	i := max(0, min(int(x), len(b)-2))
	return b[i] + (x-float64(i))*(b[i+1]-b[i])
}

// comfortLateral is the comfortable lateral acceleration in curves, m/s².
const comfortLateral = 2.2

func newNetwork(m *road.Map) *network {
	n := &network{m: m, lanes: make([]laneInfo, len(m.Lanes))}
	for i := range m.Lanes {
		n.lanes[i] = describeLane(m, &m.Lanes[i])
	}
	for w := range m.Crosswalks {
		n.addCrosswalk(w)
	}
	return n
}

func describeLane(m *road.Map, l *road.Lane) laneInfo {
	info := laneInfo{Lane: l, length: l.Center.Length()}
	info.limit = math.Min(l.SpeedLimit, curveSpeed(&l.Center))
	if l.SpeedLimit <= 0 {
		info.limit = curveSpeed(&l.Center)
	}
	info.min, info.max = bounds(&l.Center, l.Width/2)
	info.siblings = siblingsOf(m, l)
	for k := range l.Conflicts {
		info.merges = append(info.merges, sameNext(m, l.ID, l.Conflicts[k].With))
	}
	info.left, info.right = laneMapOf(m, l, l.Left), laneMapOf(m, l, l.Right)
	info.opposite = laneMapOf(m, l, l.Opposite)
	info.deadEnd = len(l.Next) == 0 && (goesOn(m, l.Left) || goesOn(m, l.Right))
	return info
}

func sameNext(m *road.Map, a, b road.LaneID) bool {
	return slices.ContainsFunc(m.Lanes[a].Next, func(id road.LaneID) bool { return slices.Contains(m.Lanes[b].Next, id) })
}

func goesOn(m *road.Map, id road.LaneID) bool {
	return id != road.None && len(m.Lanes[id].Next) > 0
}

// curveSpeed returns the speed at which the sharpest curve of c, averaged over
// 4 m, has a lateral acceleration of comfortLateral.
func curveSpeed(c *geom.Polyline) float64 {
	const span = 4.0
	slowest := math.Inf(1)
	for s := 0.0; s+span <= c.Length(); s += span / 2 {
		turn := math.Abs(geom.WrapAngle(c.At(s+span).Yaw - c.At(s).Yaw))
		slowest = math.Min(slowest, math.Sqrt(comfortLateral*span/math.Max(turn, 1e-6)))
	}
	return slowest
}

func bounds(c *geom.Polyline, margin float64) (lo, hi geom.Vec) {
	lo, hi = geom.Vec{X: math.Inf(1), Y: math.Inf(1)}, geom.Vec{X: math.Inf(-1), Y: math.Inf(-1)}
	for _, p := range c.Points() {
		lo.X, lo.Y = math.Min(lo.X, p.X-margin), math.Min(lo.Y, p.Y-margin)
		hi.X, hi.Y = math.Max(hi.X, p.X+margin), math.Max(hi.Y, p.Y+margin)
	}
	return lo, hi
}

// siblingsOf returns the lanes that branch off at the start of l, each with the
// arc length up to which a vehicle on it obstructs l.
func siblingsOf(m *road.Map, l *road.Lane) []sibling {
	const clear = 2.4 // distance between the center lines of two lanes, m
	var out []sibling
	for _, p := range l.Prev {
		for _, id := range m.Lanes[p].Next {
			if id == l.ID {
				continue
			}
			o := &m.Lanes[id]
			s := 0.0
			for s < math.Min(l.Center.Length(), o.Center.Length()) && l.Center.At(s).Pos().Dist(o.Center.At(s).Pos()) < clear {
				s++
			}
			out = append(out, sibling{id, s})
		}
	}
	return out
}

func (n *network) addCrosswalk(w int) {
	c := &n.m.Crosswalks[w]
	for _, sp := range c.Spans {
		info := &n.lanes[sp.Lane]
		mid := info.Center.At((sp.Start + sp.End) / 2).Pos()
		axis := c.B.Sub(c.A)
		info.walks = append(info.walks, walkSpan{w, sp.Start, sp.End, mid.Sub(c.A).Dot(axis) / axis.Norm()})
	}
}

func (n *network) areNeighbors(from, to road.LaneID) bool {
	l := &n.lanes[from]
	return to != road.None && (l.Left == to || l.Right == to)
}

// laneMapTo returns the mapping of arc lengths from lane id to its neighbor to.
func (n *network) laneMapTo(id, to road.LaneID) laneMap {
	l := &n.lanes[id]
	if l.Left == to {
		return l.left
	}
	return l.right
}

// offsetOf returns the difference between d on the neighbor to and d on lane id.
func (n *network) offsetOf(id, to road.LaneID) float64 {
	between := (n.lanes[id].Width + n.lanes[to].Width) / 2
	if n.lanes[id].Left == to {
		return -between
	}
	return between
}

func (n *network) follows(from, to road.LaneID) bool {
	return slices.Contains(n.lanes[from].Next, to)
}

// onLane reports whether p is on a lane.
func (n *network) onLane(p geom.Vec) bool {
	var found [16]road.LaneID
	return len(n.m.LanesAt(found[:0], p)) > 0
}

// lanesNear appends the lanes that may hold p within margin of their edges,
// with the Frenet coordinates of p on them.
func (n *network) lanesNear(dst []place, p geom.Vec, margin float64) []place {
	for i := range n.lanes {
		b := &n.lanes[i]
		if p.X < b.min.X-margin || p.X > b.max.X+margin || p.Y < b.min.Y-margin || p.Y > b.max.Y+margin {
			continue
		}
		s, d := b.Center.Project(p)
		if s >= -margin && s <= b.length+margin && math.Abs(d) <= b.Width/2+margin {
			dst = append(dst, place{b.ID, s, d})
		}
	}
	return dst
}

// place is a point in the Frenet frame of a lane.
type place struct {
	lane road.LaneID
	s, d float64
}
