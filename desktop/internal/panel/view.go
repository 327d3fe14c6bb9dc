package panel

import (
	"math"

	"roadloop/desktop/internal/ui"
	"roadloop/sim/geom"
)

// View is the visible part of the map: it maps the map plane to a rectangle of the screen and
// back. Map points are in meters, x and y as in the map. Screen points are in points from
// the upper left corner of the rectangle, x to the right and y down.
type View struct {
	Center        geom.Vec // map point at the center of the rectangle
	Up            float64  // heading that points up on the screen, rad
	Scale         float64  // points per meter
	Width, Height float64  // of the rectangle, points
}

// ToScreen returns the screen position of a map point.
func (v *View) ToScreen(p geom.Vec) ui.Point {
	m := v.Mapper()
	return m.Point(p)
}

// ToMap returns the map point at a screen position, the inverse of ToScreen.
func (v *View) ToMap(q ui.Point) geom.Vec {
	s, c := math.Sincos(v.Up)
	right, up := (q.X-v.Width/2)/v.Scale, (v.Height/2-q.Y)/v.Scale
	return v.Center.Add(geom.Vec{X: s*right + c*up, Y: s*up - c*right})
}

// Turn returns the screen angle of a map heading, clockwise from the screen's x axis,
// rad.
func (v *View) Turn(heading float64) float64 {
	return geom.WrapAngle(v.Up - heading - math.Pi/2)
}

// Zoom scales the view by a factor. The map point at a screen position stays there.
func (v *View) Zoom(q ui.Point, factor float64) {
	before := v.ToMap(q)
	v.Scale *= factor
	v.Center = v.Center.Add(before.Sub(v.ToMap(q)))
}

// Radius returns the radius of the visible part of the map, m.
func (v *View) Radius() float64 { return math.Hypot(v.Width, v.Height) / 2 / v.Scale }

// Shows reports whether a disc on the map is visible, with a small margin.
func (v *View) Shows(p geom.Vec, radius float64) bool {
	reach := v.Radius() + radius
	d := p.Sub(v.Center)
	return d.Dot(d) < reach*reach
}

// Mapper maps many points with one view.
type Mapper struct{ ax, ay, bx, by, x0, y0 float64 }

// Mapper returns the current mapping of the view.
func (v *View) Mapper() Mapper {
	s, c := math.Sincos(v.Up)
	m := Mapper{ax: v.Scale * s, ay: -v.Scale * c, bx: -v.Scale * c, by: -v.Scale * s}
	m.x0 = v.Width/2 - m.ax*v.Center.X - m.ay*v.Center.Y
	m.y0 = v.Height/2 - m.bx*v.Center.X - m.by*v.Center.Y
	return m
}

// points appends the screen positions of map points.
func (m *Mapper) points(to []ui.Point, pts []geom.Vec) []ui.Point {
	for _, p := range pts {
		to = append(to, m.Point(p))
	}
	return to
}

// Point returns the screen position of a map point.
func (m *Mapper) Point(p geom.Vec) ui.Point {
	return ui.Point{X: m.ax*p.X + m.ay*p.Y + m.x0, Y: m.bx*p.X + m.by*p.Y + m.y0}
}
