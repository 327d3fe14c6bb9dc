package scene

import (
	"math"

	"roadloop/sim/geom"
	"roadloop/sim/road"
)

// Colors of the ground.
var (
	asphalt  = RGB{.27, .27, .28}
	pavement = RGB{.52, .51, .49}
	kerb     = RGB{.66, .65, .62}
	gravel   = RGB{.45, .42, .37}
	lawn     = RGB{.24, .36, .15}
	white    = RGB{.86, .86, .84}
	yellow   = RGB{.84, .66, .15}
)

// Sizes of paint, m.
const (
	lineWidth  = 0.14
	dash       = 3.0
	dashPeriod = 9.0
	doubleGap  = 0.12
	stopWidth  = 0.45
	stripe     = 0.5
)

// surfaces adds the ground surfaces of the map.
func (g *grid) surfaces(m *road.Map) {
	for i := range m.Surfaces {
		f := &m.Surfaces[i]
		mat, l := g.surfaceMaterial(f.Kind)
		for k := range len(f.Left) - 1 {
			g.paint(l, mat, f.Right[k], f.Right[k+1], f.Left[k+1], f.Left[k])
		}
		if f.CurbLeft {
			g.curb(f.Left, 1)
		}
		if f.CurbRight {
			g.curb(f.Right, -1)
		}
	}
}

func (g *grid) surfaceMaterial(k road.SurfaceKind) (Material, layer) {
	switch k {
	case road.Sidewalk:
		return Material{Color: pavement, Texture: Pavement, Class: Sidewalk}, layerPavement
	case road.Gravel:
		return Material{Color: gravel, Texture: Asphalt, Class: Terrain}, layerPavement
	case road.Grass:
		return Material{Color: lawn, Texture: Grass, Class: Terrain}, layerPavement
	}
	return Material{Color: g.roads.surface, Texture: Asphalt, Class: Road}, layerAsphalt
}

// curb adds a stone curb along an edge, on its left side (1) or right side (-1).
func (g *grid) curb(edge []geom.Vec, side float64) {
	const height, width = 0.12, 0.18
	m := Material{Color: kerb, Texture: Pavement, Class: Sidewalk}
	for i := range len(edge) - 1 {
		p, q := edge[i], edge[i+1]
		if p.Dist(q) < 1e-6 {
			continue
		}
		n := q.Sub(p).Scale(1 / p.Dist(q)).Left().Scale(side * width)
		b := &g.at(p).solid
		if b.full(8) {
			return // a missing curb is no reason to reject a map
		}
		top := [4]geom.Vec{p, q, q.Add(n), p.Add(n)}
		if side < 0 {
			top = [4]geom.Vec{q, p, p.Add(n), q.Add(n)}
		}
		v := func(a geom.Vec, z float32) Vec3 { return at(float32(a.X), float32(a.Y), z) }
		b.face(m, v(top[0], height), v(top[1], height), v(top[2], height), v(top[3], height))
		b.face(m, v(top[1], 0), v(top[0], 0), v(top[0], height), v(top[1], height))
		b.face(m, v(top[0], 0), v(top[1], 0), v(top[1], height), v(top[0], height))
	}
}

// markings paints lines, stop lines and crosswalks.
func (g *grid) markings(m *road.Map) {
	for i := range m.Lanes {
		l := &m.Lanes[i]
		if l.Junction >= 0 {
			continue
		}
		left := l.LeftMark
		if g.roads.yellowLeft && l.Left == road.None && l.Opposite == road.None {
			left.Yellow = true
		}
		g.line(&l.Center, l.Width/2, left, l.Opposite != road.None || l.Left != road.None)
		g.line(&l.Center, -l.Width/2, l.RightMark, l.Right != road.None)
		if l.Control != road.Free {
			g.stopLine(l)
		}
	}
	for i := range m.Crosswalks {
		g.zebra(&m.Crosswalks[i])
	}
}

// line paints a marking along a lane, d to the left of its center. Lines shared
// with a neighbor are painted twice at the same place, without effect.
func (g *grid) line(center *geom.Polyline, d float64, mark road.Marking, shared bool) {
	if mark.Kind == road.MarkNone {
		return
	}
	style := &g.roads
	wear := mark.Wear
	if style.wear > 0 {
		wear = math.Min(.9, wear+style.wear)
	}
	m := Material{Color: style.paint, Texture: Paint, Class: Marking, Mark: LaneLine, Wear: float32(wear)}
	if mark.Yellow {
		m.Color = yellow
	}
	if !shared { // an edge line is inside the lane
		d -= math.Copysign(style.line, d)
	}
	switch mark.Kind {
	case road.MarkSolid:
		g.stripe(center, d, 0, center.Length(), m)
	case road.MarkDashed:
		for s := 1.0; s < center.Length(); s += style.dash + style.gap {
			if style.dots {
				g.dots(center, d, s, m)
				continue
			}
			g.stripe(center, d, s, math.Min(s+style.dash, center.Length()), m)
		}
	case road.MarkDouble:
		off := (style.line + doubleGap) / 2
		g.stripe(center, d-math.Copysign(off, d), 0, center.Length(), m)
	}
}

// stripe paints the part of a line from s0 to s1, in short pieces that follow curves.
func (g *grid) stripe(center *geom.Polyline, d, s0, s1 float64, m Material) {
	const piece = 4.0
	n, half := max(1, int(math.Ceil((s1-s0)/piece))), g.roads.line/2
	for i := range n {
		a := s0 + (s1-s0)*float64(i)/float64(n)
		b := s0 + (s1-s0)*float64(i+1)/float64(n)
		g.paint(layerPaint, m,
			center.Offset(a, d-half).Pos(), center.Offset(b, d-half).Pos(),
			center.Offset(b, d+half).Pos(), center.Offset(a, d+half).Pos())
	}
}

// dots paints four raised dots, as Caltrans uses them, in place of a dash.
func (g *grid) dots(center *geom.Polyline, d, s float64, m Material) {
	const radius, spacing = .06, 1.2
	for k := range 4 {
		p := center.Offset(math.Min(s+spacing*float64(k), center.Length()), d)
		var pts [6]geom.Vec
		for i := range pts {
			pts[i] = p.ToWorld(geom.Unit(float64(i) * math.Pi / 3).Scale(radius))
		}
		g.paint(layerPaint, m, pts[:]...)
	}
}

// stopLine paints the stop line of a lane.
func (g *grid) stopLine(l *road.Lane) {
	m := Material{Color: white, Texture: Paint, Class: Marking, Mark: StopLine}
	a, b := l.StopS-stopWidth, l.StopS
	h := l.Width/2 - 0.1
	g.paint(layerPaint, m,
		l.Center.Offset(a, -h).Pos(), l.Center.Offset(b, -h).Pos(),
		l.Center.Offset(b, h).Pos(), l.Center.Offset(a, h).Pos())
}

// zebra paints the stripes of a crosswalk.
func (g *grid) zebra(c *road.Crosswalk) {
	m := Material{Color: white, Texture: Paint, Class: Marking, Mark: Zebra}
	across := c.B.Sub(c.A)
	length := across.Norm()
	u := across.Scale(1 / length)
	n := u.Left().Scale(c.Width / 2)
	for s := 0.3; s+stripe < length; s += 2 * stripe {
		p, q := c.A.Add(u.Scale(s)), c.A.Add(u.Scale(s+stripe))
		g.paint(layerPaint, m, p.Sub(n), q.Sub(n), q.Add(n), p.Add(n))
	}
}
