package scenebuilder

import (
	"math"

	"roadloop/sim/geom"
	"roadloop/sim/road"
	"roadloop/sim/scene"
)

// Colors of the ground.
var (
	asphalt  = scene.RGB{.27, .27, .28}
	pavement = scene.RGB{.52, .51, .49}
	kerb     = scene.RGB{.66, .65, .62}
	gravel   = scene.RGB{.45, .42, .37}
	lawn     = scene.RGB{.24, .36, .15}
	white    = scene.RGB{.86, .86, .84}
	yellow   = scene.RGB{.84, .66, .15}
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
		mat, l := surfaceMaterial(f.Kind)
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

func surfaceMaterial(k road.SurfaceKind) (scene.Material, layer) {
	switch k {
	case road.Sidewalk:
		return scene.Material{Color: pavement, Texture: scene.Pavement, Class: scene.Sidewalk}, layerPavement
	case road.Gravel:
		return scene.Material{Color: gravel, Texture: scene.Asphalt, Class: scene.Terrain}, layerPavement
	case road.Grass:
		return scene.Material{Color: lawn, Texture: scene.Grass, Class: scene.Terrain}, layerPavement
	}
	return scene.Material{Color: asphalt, Texture: scene.Asphalt, Class: scene.Road}, layerAsphalt
}

// curb adds a stone curb along an edge, on its left side (1) or right side (-1).
func (g *grid) curb(edge []geom.Vec, side float64) {
	const height, width = 0.12, 0.18
	m := scene.Material{Color: kerb, Texture: scene.Pavement, Class: scene.Sidewalk}
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
		v := func(a geom.Vec, z float32) scene.Vec3 { return at(float32(a.X), float32(a.Y), z) }
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
		g.line(&l.Center, l.Width/2, l.LeftMark, l.Opposite != road.None || l.Left != road.None)
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
	m := scene.Material{Color: white, Texture: scene.Paint, Class: scene.Marking, Mark: scene.LaneLine, Wear: float32(mark.Wear)}
	if mark.Yellow {
		m.Color = yellow
	}
	if !shared { // an edge line is inside the lane
		d -= math.Copysign(lineWidth, d)
	}
	switch mark.Kind {
	case road.MarkSolid:
		g.stripe(center, d, 0, center.Length(), m)
	case road.MarkDashed:
		for s := 1.0; s < center.Length(); s += dashPeriod {
			g.stripe(center, d, s, math.Min(s+dash, center.Length()), m)
		}
	case road.MarkDouble:
		off := (lineWidth + doubleGap) / 2
		g.stripe(center, d-math.Copysign(off, d), 0, center.Length(), m)
	}
}

// stripe paints the part of a line from s0 to s1, in short pieces that follow curves.
func (g *grid) stripe(center *geom.Polyline, d, s0, s1 float64, m scene.Material) {
	const piece = 4.0
	n := max(1, int(math.Ceil((s1-s0)/piece)))
	for i := range n {
		a := s0 + (s1-s0)*float64(i)/float64(n)
		b := s0 + (s1-s0)*float64(i+1)/float64(n)
		g.paint(layerPaint, m,
			center.Offset(a, d-lineWidth/2).Pos(), center.Offset(b, d-lineWidth/2).Pos(),
			center.Offset(b, d+lineWidth/2).Pos(), center.Offset(a, d+lineWidth/2).Pos())
	}
}

// stopLine paints the stop line of a lane.
func (g *grid) stopLine(l *road.Lane) {
	m := scene.Material{Color: white, Texture: scene.Paint, Class: scene.Marking, Mark: scene.StopLine}
	a, b := l.StopS-stopWidth, l.StopS
	h := l.Width/2 - 0.1
	g.paint(layerPaint, m,
		l.Center.Offset(a, -h).Pos(), l.Center.Offset(b, -h).Pos(),
		l.Center.Offset(b, h).Pos(), l.Center.Offset(a, h).Pos())
}

// zebra paints the stripes of a crosswalk.
func (g *grid) zebra(c *road.Crosswalk) {
	m := scene.Material{Color: white, Texture: scene.Paint, Class: scene.Marking, Mark: scene.Zebra}
	across := c.B.Sub(c.A)
	length := across.Norm()
	u := across.Scale(1 / length)
	n := u.Left().Scale(c.Width / 2)
	for s := 0.3; s+stripe < length; s += 2 * stripe {
		p, q := c.A.Add(u.Scale(s)), c.A.Add(u.Scale(s+stripe))
		g.paint(layerPaint, m, p.Sub(n), q.Sub(n), q.Add(n), p.Add(n))
	}
}
