package panel

import (
	"roadloop/desktop/internal/ui"
	"roadloop/sim/road"
)

// Map colors, dark so that moving objects stand out.
var (
	Ground    = ui.Color{R: 21, G: 26, B: 25, A: 255}
	surfaces  = [numGrounds]ui.Color{{R: 24, G: 31, B: 28, A: 255}, {R: 45, G: 43, B: 39, A: 255}, {R: 50, G: 53, B: 57, A: 255}, {R: 37, G: 41, B: 47, A: 255}}
	curb      = ui.Color{R: 92, G: 99, B: 108, A: 255}
	paints    = [numPaints]ui.Color{{R: 196, G: 202, B: 209, A: 255}, {R: 214, G: 172, B: 60, A: 255}}
	building  = ui.Color{R: 43, G: 47, B: 54, A: 255}
	wall      = ui.Color{R: 66, G: 72, B: 81, A: 255}
	foliage   = ui.Color{R: 38, G: 62, B: 45, A: 255}
	furniture = ui.Color{R: 84, G: 89, B: 96, A: 255}
)

// Least scales for details, points per meter.
const (
	dashScale = 1.6
	propScale = 1.2
)

// Draw draws the visible part of the map over the whole canvas.
func (c *Chart) Draw(dst *ui.Canvas, v *View) {
	dst.Fill(Ground)
	p := &pen{c: dst, v: v, m: v.Mapper()}
	for k := range c.strips {
		for i := range c.strips[k] {
			if s := &c.strips[k][i]; v.Shows(s.mid, s.radius) {
				p.a, p.b = p.points(p.a[:0], s.left), p.points(p.b[:0], s.right)
				dst.Strip(p.a, p.b, surfaces[k])
			}
		}
	}
	p.lines(c.edges, max(1, .12*v.Scale), curb)
	c.drawPaint(p)
	if v.Scale >= propScale {
		c.drawProps(p)
	}
}

// drawPaint draws road markings.
func (c *Chart) drawPaint(p *pen) {
	fresh := paints[white]
	for i := range c.zebras {
		if z := &c.zebras[i]; p.v.Shows(z.mid, z.radius) {
			p.a = p.points(p.a[:0], z.corners[:])
			p.c.Polygon(p.a, ui.Alpha(fresh, .8))
		}
	}
	width := max(1, .15*p.v.Scale)
	for k, col := range paints {
		p.lines(c.paint[k], width, ui.Alpha(col, .9))
		if p.v.Scale >= dashScale {
			p.lines(c.dashes[k], width, ui.Alpha(col, .85))
		}
	}
	p.lines(c.stops, max(1.5, stopWidth*p.v.Scale), ui.Alpha(fresh, .85))
}

// lines draws the visible lines.
func (p *pen) lines(list []chartLine, width float64, col ui.Color) {
	for i := range list {
		if l := &list[i]; p.v.Shows(l.mid, l.radius) {
			p.a = p.points(p.a[:0], l.pts)
			p.c.Polyline(p.a, width, col)
		}
	}
}

// drawProps draws roadside objects.
func (c *Chart) drawProps(p *pen) {
	for i := range c.props {
		b := &c.props[i]
		if !p.v.Shows(b.mid, b.radius) {
			continue
		}
		switch b.kind {
		case road.Tree, road.Bush:
			p.tree(b)
		case road.LampPost, road.SignPost:
			p.c.Circle(p.at(b.mid), max(1, .18*p.v.Scale), furniture)
		case road.Building:
			p.a = p.points(p.a[:0], b.corners[:])
			p.c.Polygon(p.a, building)
			p.c.Outline(p.a, 1, wall)
		default:
			p.a = p.points(p.a[:0], b.corners[:])
			p.c.Polygon(p.a, furniture)
		}
	}
}

// tree draws a crown with a lit side.
func (p *pen) tree(b *prop) {
	at, r := p.at(b.mid), b.radius*.7*p.v.Scale
	p.c.Circle(at, r, foliage)
	p.c.Circle(ui.Point{X: at.X - .22*r, Y: at.Y - .22*r}, .55*r, ui.Mix(foliage, ui.Color{R: 120, G: 160, B: 120, A: 255}, .16))
}
