package drive

import (
	"math"

	"roadloop/sim/actor"
	"roadloop/sim/geom"
	"roadloop/sim/road"
)

const (
	// rayRange is the range of a ray, m.
	rayRange = 60.0
	// edgeCell is the size of a cell of the index of edges, m.
	edgeCell = 8.0
	// edgePiece is the length of pieces into which edges are cut where the asphalt of another
	// surface may continue, m.
	edgePiece = 1.0
)

// segment is a piece of the edge of the road.
type segment struct{ a, b geom.Vec }

// edges is an index of the edges of the drivable area.
type edges struct {
	origin geom.Vec
	nx, ny int
	cells  [][]segment
}

// newEdges finds the edges of a map.
func newEdges(m *road.Map) *edges {
	lo, hi := m.Bounds()
	x := &edges{origin: lo.Sub(geom.Vec{X: edgeCell, Y: edgeCell})}
	x.nx = int((hi.X-lo.X)/edgeCell) + 3
	x.ny = int((hi.Y-lo.Y)/edgeCell) + 3
	x.cells = make([][]segment, x.nx*x.ny)
	for i := range m.Surfaces {
		s := &m.Surfaces[i]
		n := len(s.Left) - 1
		if s.Kind != road.Asphalt || n < 1 {
			continue
		}
		for k := range n {
			x.cut(m, s.Left[k], s.Left[k+1], s.Right[k])
			x.cut(m, s.Right[k], s.Right[k+1], s.Left[k])
		}
		x.cut(m, s.Left[0], s.Right[0], s.Left[1])
		x.cut(m, s.Left[n], s.Right[n], s.Left[n-1])
	}
	return x
}

// cut adds the parts of a side of a surface beyond which there is no asphalt. inside is a
// point on the other side of the line.
func (x *edges) cut(m *road.Map, a, b, inside geom.Vec) {
	d := b.Sub(a)
	length := d.Norm()
	if length < 1e-6 {
		return
	}
	out := d.Left().Scale(.1 / length)
	if d.Cross(inside.Sub(a)) > 0 {
		out = out.Scale(-1)
	}
	pieces := int(math.Ceil(length / edgePiece))
	from := -1 // first piece of the present run
	for i := range pieces + 1 {
		edge := i < pieces && !m.Drivable(a.Lerp(b, (float64(i)+.5)/float64(pieces)).Add(out))
		switch {
		case edge && from < 0:
			from = i
		case !edge && from >= 0:
			x.add(segment{a.Lerp(b, float64(from)/float64(pieces)), a.Lerp(b, float64(i)/float64(pieces))})
			from = -1
		}
	}
}

// add adds a segment to all cells that its bounding box touches.
func (x *edges) add(s segment) {
	x0, y0 := x.cell(geom.Vec{X: min(s.a.X, s.b.X), Y: min(s.a.Y, s.b.Y)})
	x1, y1 := x.cell(geom.Vec{X: max(s.a.X, s.b.X), Y: max(s.a.Y, s.b.Y)})
	for cy := max(0, y0); cy <= min(x.ny-1, y1); cy++ {
		for cx := max(0, x0); cx <= min(x.nx-1, x1); cx++ {
			x.cells[cy*x.nx+cx] = append(x.cells[cy*x.nx+cx], s)
		}
	}
}

func (x *edges) cell(p geom.Vec) (cx, cy int) {
	return int(math.Floor((p.X - x.origin.X) / edgeCell)), int(math.Floor((p.Y - x.origin.Y) / edgeCell))
}

// cast returns the distance along a ray in the unit direction u to the first edge, at most
// most. It visits the cells along the ray (Amanatides and Woo 1987).
func (x *edges) cast(p, u geom.Vec, most float64) float64 {
	cx, cy := x.cell(p)
	sx, tx, dx := stride(p.X-x.origin.X, u.X, cx)
	sy, ty, dy := stride(p.Y-x.origin.Y, u.Y, cy)
	for entered := 0.0; entered < most; {
		leave := min(tx, ty)
		if cx >= 0 && cy >= 0 && cx < x.nx && cy < x.ny {
			best := most
			for i := range x.cells[cy*x.nx+cx] {
				best = min(best, x.cells[cy*x.nx+cx][i].hit(p, u))
			}
			if best <= leave {
				return best
			}
		}
		entered = leave
		if tx < ty {
			cx, tx = cx+sx, tx+dx
		} else {
			cy, ty = cy+sy, ty+dy
		}
	}
	return most
}

// stride returns for one axis the step of the cells, the distance to the first border and
// the distance between two borders.
func stride(at, u float64, cell int) (step int, first, each float64) {
	switch {
	case u > 0:
		return 1, (float64(cell+1)*edgeCell - at) / u, edgeCell / u
	case u < 0:
		return -1, (float64(cell)*edgeCell - at) / u, -edgeCell / u
	}
	return 0, math.Inf(1), math.Inf(1)
}

// hit returns the distance along a ray to the segment, +Inf if it misses.
func (s *segment) hit(p, u geom.Vec) float64 {
	d, w := s.b.Sub(s.a), s.a.Sub(p)
	den := u.Cross(d)
	if den == 0 {
		return math.Inf(1)
	}
	t, f := w.Cross(d)/den, w.Cross(u)/den
	if t < 0 || f < 0 || f > 1 {
		return math.Inf(1)
	}
	return t
}

// observeRays writes Rays, from the center of the ego's box.
func (e *Env) observeRays(dst []float32) {
	ego := e.world.Ego()
	x := e.site.roadEdges()
	p := boxCenter(ego)
	const turn = 2 * math.Pi / NumRays
	for i := range NumRays {
		dst[i] = clip(x.cast(p, geom.Unit(ego.State.Pose.Yaw+turn*float64(i)), rayRange) / rayRange)
	}
	for i := range e.near.list[:e.near.n] {
		e.near.list[i].shade(dst, p, ego)
	}
}

// shade shortens the rays that hit a road user.
func (u *user) shade(dst []float32, p geom.Vec, ego *actor.Actor) {
	radius := math.Hypot(u.actor.Shape.Length, u.actor.Shape.Width) / 2
	distance := math.Sqrt(u.distance)
	if distance-radius > rayRange {
		return
	}
	span := math.Pi
	if distance > radius {
		span = math.Asin(radius / distance)
	}
	const turn = 2 * math.Pi / NumRays
	center, box := math.Atan2(u.y, u.x), u.actor.Box()
	for k := int(math.Ceil((center - span) / turn)); k <= int(math.Floor((center+span)/turn)); k++ {
		if t, ok := geom.RayOBB(p, ego.State.Pose.Yaw+turn*float64(k), box); ok {
			i := (k%NumRays + NumRays) % NumRays
			dst[i] = min(dst[i], clip(t/rayRange))
		}
	}
}
