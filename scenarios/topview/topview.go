// Package topview describes a drive as it looks from above. It returns shapes in the map frame, in
// drawing order, with the colors of package palette. The window, videos and pages only
// rasterize them, so that they look alike.
package topview

import (
	"image/color"
	"math"

	"roadloop/sim/geom"
)

// Kind is the kind of a shape.
type Kind uint8

const (
	// Area is the area between two edges with equal numbers of points: the first half of
	// Points is the left edge, and the second half the right one, backward. An area may be bent.
	Area Kind = iota
	// Polygon is a convex area within Points.
	Polygon
	// Line is a line through Points.
	Line
	// Oval is an ellipse around the only point.
	Oval
)

// Shape is a shape in the map frame. Lengths are in meters. A least size applies to outputs on
// which the shape would be smaller; it is in points, which are pixels at a scale of 1.
type Shape struct {
	Kind   Kind
	Points []geom.Vec
	Color  color.NRGBA
	Tone   string // name of the color in package palette, in shapes of a map; "" for a mixed color

	Width, Least float64    // of a line
	Dash         [2]float64 // lengths of the dashes and the gaps of a line, zero for a solid one
	A, B, Yaw    float64    // half axes of an oval, and the direction of A

	// Detail is the least scale of an output that shows the shape, points per meter.
	Detail float64

	// Center and Radius are a bounding circle.
	Center geom.Vec
	Radius float64
}

// bound sets the bounding circle.
func (s *Shape) bound() {
	lo, hi := s.Points[0], s.Points[0]
	for _, p := range s.Points[1:] {
		lo = geom.Vec{X: math.Min(lo.X, p.X), Y: math.Min(lo.Y, p.Y)}
		hi = geom.Vec{X: math.Max(hi.X, p.X), Y: math.Max(hi.Y, p.Y)}
	}
	s.Center, s.Radius = lo.Lerp(hi, .5), lo.Dist(hi)/2+math.Max(s.A, s.B)
}

// Edges returns the two edges of an area, both forward. It appends the right one to a buffer.
func (s *Shape) Edges(buffer []geom.Vec) (left, right []geom.Vec) {
	n := len(s.Points) / 2
	for i := len(s.Points) - 1; i >= n; i-- {
		buffer = append(buffer, s.Points[i])
	}
	return s.Points[:n], buffer
}

// Ring returns the corners of an oval.
func (s *Shape) Ring(buffer []geom.Vec, corners int) []geom.Vec {
	along, across := geom.Unit(s.Yaw).Scale(s.A), geom.Unit(s.Yaw).Left().Scale(s.B)
	for i := range corners {
		u := geom.Unit(2 * math.Pi * float64(i) / float64(corners))
		buffer = append(buffer, s.Points[0].Add(along.Scale(u.X)).Add(across.Scale(u.Y)))
	}
	return buffer
}

// Stroke returns the width of a line on an output with a scale in points per meter.
func (s *Shape) Stroke(scale float64) float64 { return math.Max(s.Least, s.Width*scale) }

// List collects shapes. Its buffers are reused after Reset.
type List struct {
	Shapes []Shape
	// Scale is the scale of the output, points per meter, for glyphs with a visible least size.
	Scale float64
	// Up is the heading that points up on the output, rad.
	Up     float64
	points []geom.Vec
}

// Reset empties the list for an output with a scale in points per meter, on which a heading
// points up.
func (l *List) Reset(scale, up float64) {
	l.Shapes, l.points, l.Scale, l.Up = l.Shapes[:0], l.points[:0], scale, up
}

// add adds a shape.
func (l *List) add(s Shape) {
	s.bound()
	l.Shapes = append(l.Shapes, s)
}

// copied returns a copy of points in the buffer of the list.
func (l *List) copied(pts ...geom.Vec) []geom.Vec {
	n := len(l.points)
	l.points = append(l.points, pts...)
	return l.points[n:len(l.points):len(l.points)]
}

// line adds a line with a width in points.
func (l *List) line(width float64, c color.NRGBA, pts ...geom.Vec) {
	if len(pts) > 1 {
		l.add(Shape{Kind: Line, Points: l.copied(pts...), Least: width, Color: c})
	}
}

// dot adds a disc with a radius in points.
func (l *List) dot(at geom.Vec, radius float64, c color.NRGBA) {
	r := radius / l.Scale
	l.add(Shape{Kind: Oval, Points: l.copied(at), A: r, B: r, Color: c})
}

// faded returns a color with its opacity multiplied by a.
func faded(c color.NRGBA, a float64) color.NRGBA {
	c.A = uint8(float64(c.A)*a + .5)
	return c
}

// mixed returns a color between a (t = 0) and b (t = 1).
func mixed(a, b color.NRGBA, t float64) color.NRGBA {
	f := func(x, y uint8) uint8 { return uint8(float64(x) + (float64(y)-float64(x))*t + .5) }
	return color.NRGBA{R: f(a.R, b.R), G: f(a.G, b.G), B: f(a.B, b.B), A: f(a.A, b.A)}
}
