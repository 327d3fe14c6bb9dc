package road

import (
	"math"

	"roadloop/sim/geom"
)

const (
	cellSize = 10.0 // m
	// reach is the distance within which a cell lists lanes and surfaces, m.
	// The lookup of a point farther from all lanes searches all lanes.
	reach = 8.0
)

// index is a uniform grid over the map. Every cell lists the lane sections and
// surface quads within reach.
type index struct {
	origin geom.Vec
	nx, ny int
	lanes  [][]stretch
	quads  [][]quad
	boxes  []box // around the center line of each lane
}

// box is an axis-aligned rectangle.
type box struct{ lo, hi geom.Vec }

// boxAround returns the smallest box around pts.
func boxAround(pts []geom.Vec) box {
	b := box{pts[0], pts[0]}
	for _, p := range pts[1:] {
		b.lo = geom.Vec{X: math.Min(b.lo.X, p.X), Y: math.Min(b.lo.Y, p.Y)}
		b.hi = geom.Vec{X: math.Max(b.hi.X, p.X), Y: math.Max(b.hi.Y, p.Y)}
	}
	return b
}

// distance returns the distance of p from the box, 0 inside.
func (b *box) distance(p geom.Vec) float64 {
	dx := math.Max(0, math.Max(b.lo.X-p.X, p.X-b.hi.X))
	dy := math.Max(0, math.Max(b.lo.Y-p.Y, p.Y-b.hi.Y))
	return math.Sqrt(dx*dx + dy*dy)
}

// stretch is a section of a lane, from s0 to s1.
type stretch struct {
	lane   LaneID
	s0, s1 float64
}

// quad is one piece of a surface strip.
type quad struct {
	kind       SurfaceKind
	a, b, c, d geom.Vec
}

// buildIndex makes the lookup grid of the map's lanes and surfaces.
func (m *Map) buildIndex() {
	ix := &index{}
	lo, hi := m.Bounds()
	ix.origin = geom.Vec{X: lo.X - reach, Y: lo.Y - reach}
	ix.nx = int((hi.X-lo.X+2*reach)/cellSize) + 1
	ix.ny = int((hi.Y-lo.Y+2*reach)/cellSize) + 1
	ix.lanes = make([][]stretch, ix.nx*ix.ny)
	ix.quads = make([][]quad, ix.nx*ix.ny)
	for i := range m.Lanes {
		ix.addLane(&m.Lanes[i])
		ix.boxes = append(ix.boxes, boxAround(m.Lanes[i].Center.Points()))
	}
	for i := range m.Surfaces {
		ix.addSurface(&m.Surfaces[i])
	}
	m.index = ix
}

func (ix *index) addLane(l *Lane) {
	pts := l.Center.Points()
	s := 0.0
	for i := range len(pts) - 1 {
		next := s + pts[i].Dist(pts[i+1])
		ix.each(reach, func(cell int) {
			list := ix.lanes[cell]
			if n := len(list); n > 0 && list[n-1].lane == l.ID && list[n-1].s1 >= s-cellSize {
				list[n-1].s1 = next
				return
			}
			ix.lanes[cell] = append(list, stretch{l.ID, s, next})
		}, pts[i], pts[i+1])
		s = next
	}
}

func (ix *index) addSurface(f *Surface) {
	for i := range len(f.Left) - 1 {
		q := quad{f.Kind, f.Left[i], f.Left[i+1], f.Right[i+1], f.Right[i]}
		ix.each(0.01, func(cell int) { ix.quads[cell] = append(ix.quads[cell], q) }, q.a, q.b, q.c, q.d)
	}
}

// each calls f for every cell within margin of the bounding box of pts.
func (ix *index) each(margin float64, f func(cell int), pts ...geom.Vec) {
	b := boxAround(pts)
	x0, y0 := ix.cellXY(geom.Vec{X: b.lo.X - margin, Y: b.lo.Y - margin})
	x1, y1 := ix.cellXY(geom.Vec{X: b.hi.X + margin, Y: b.hi.Y + margin})
	for y := max(0, y0); y <= min(ix.ny-1, y1); y++ {
		for x := max(0, x0); x <= min(ix.nx-1, x1); x++ {
			f(y*ix.nx + x)
		}
	}
}

func (ix *index) cellXY(p geom.Vec) (x, y int) {
	return int(math.Floor((p.X - ix.origin.X) / cellSize)), int(math.Floor((p.Y - ix.origin.Y) / cellSize))
}

// cell returns the index of the cell that holds p, or -1 outside the grid.
func (ix *index) cell(p geom.Vec) int {
	x, y := ix.cellXY(p)
	if x < 0 || y < 0 || x >= ix.nx || y >= ix.ny {
		return -1
	}
	return y*ix.nx + x
}

// place is a lane with the Frenet coordinates of a point on it.
type place struct {
	lane LaneID
	s, d float64
}

// off returns the distance of a place from the center line of its lane: |d|
// between the ends of the lane, else the distance to the nearer end.
func (m *Map) off(p place) float64 {
	past := math.Max(-p.s, p.s-m.Lanes[p.lane].Center.Length())
	return math.Hypot(p.d, math.Max(0, past))
}

// Nearest returns the lane with the center line nearest to p and the Frenet
// coordinates of p on it. ok is false only for a map without lanes.
func (m *Map) Nearest(p geom.Vec) (lane LaneID, s, d float64, ok bool) {
	best, ok := m.nearest(p, func(place) float64 { return 0 })
	return best.lane, best.s, best.d, ok
}

// NearestAligned is like Nearest, but prefers lanes along the heading of the
// pose: each radian of heading difference counts as 3 m of distance.
func (m *Map) NearestAligned(p geom.Pose) (lane LaneID, s, d float64, ok bool) {
	best, ok := m.nearest(p.Pos(), func(c place) float64 {
		return 3 * math.Abs(geom.WrapAngle(m.Lanes[c.lane].Center.At(c.s).Yaw-p.Yaw))
	})
	return best.lane, best.s, best.d, ok
}

// nearest returns the place with the smallest distance plus penalty.
func (m *Map) nearest(p geom.Vec, penalty func(place) float64) (place, bool) {
	best, cost := place{lane: None}, math.Inf(1)
	try := func(id LaneID, s0, s1 float64) {
		c := place{lane: id}
		c.s, c.d = m.Lanes[id].Center.ProjectNear(p, s0, s1)
		if k := m.off(c) + penalty(c); k < cost {
			best, cost = c, k
		}
	}
	if cell := m.index.cell(p); cell >= 0 {
		for _, st := range m.index.lanes[cell] {
			try(st.lane, st.s0, st.s1)
		}
	}
	if cost > reach {
		for i := range m.Lanes { // a lane is no nearer than its box
			if m.index.boxes[i].distance(p) <= cost {
				try(LaneID(i), 0, m.Lanes[i].Center.Length())
			}
		}
	}
	return best, best.lane != None
}

// LanesAt appends to dst the lanes that p lies on, within their width and
// between their ends, in order of ID.
func (m *Map) LanesAt(dst []LaneID, p geom.Vec) []LaneID {
	cell := m.index.cell(p)
	if cell < 0 {
		return dst
	}
	for _, st := range m.index.lanes[cell] {
		l := &m.Lanes[st.lane]
		s, d := l.Center.ProjectNear(p, st.s0, st.s1)
		on := math.Abs(d) <= l.Width/2 && s >= 0 && s <= l.Center.Length()
		if on && (len(dst) == 0 || dst[len(dst)-1] != st.lane) {
			dst = append(dst, st.lane)
		}
	}
	return dst
}

// Drivable reports whether p lies on asphalt.
func (m *Map) Drivable(p geom.Vec) bool { return m.On(p, Asphalt) }

// On reports whether p lies on a surface of the given kind. Other surfaces may overlap it
// there.
func (m *Map) On(p geom.Vec, kind SurfaceKind) bool {
	cell := m.index.cell(p)
	if cell < 0 {
		return false
	}
	for i := range m.index.quads[cell] {
		q := &m.index.quads[cell][i]
		if q.kind == kind && geom.InConvex(p, q.a, q.b, q.c, q.d) {
			return true
		}
	}
	return false
}

// Bounds returns the corners of the smallest axis-aligned box around all lanes
// and surfaces.
func (m *Map) Bounds() (lo, hi geom.Vec) {
	lo = geom.Vec{X: math.Inf(1), Y: math.Inf(1)}
	hi = geom.Vec{X: math.Inf(-1), Y: math.Inf(-1)}
	grow := func(pts []geom.Vec) {
		for _, p := range pts {
			lo = geom.Vec{X: math.Min(lo.X, p.X), Y: math.Min(lo.Y, p.Y)}
			hi = geom.Vec{X: math.Max(hi.X, p.X), Y: math.Max(hi.Y, p.Y)}
		}
	}
	for i := range m.Lanes {
		grow(m.Lanes[i].Center.Points())
	}
	for i := range m.Surfaces {
		grow(m.Surfaces[i].Left)
		grow(m.Surfaces[i].Right)
	}
	return lo, hi
}
