package panel

import (
	"roadloop/desktop/internal/ui"
	"roadloop/scenarios/topview"
	"roadloop/sim/geom"
	"roadloop/sim/road"
)

// pieceLength is the length of the pieces of a map that are skipped outside of a view, m.
const pieceLength = 30.0

// Chart draws a map and what is on it from above. The zero value has no map.
type Chart struct {
	view   *topview.Map
	pieces []topview.Shape
	list   topview.List
	a, b   []ui.Point // scratch
	edge   []geom.Vec
}

// NewChart returns the chart of a map.
func NewChart(m *road.Map) *Chart {
	v := topview.NewMap(m)
	return &Chart{view: v, pieces: v.Pieces(pieceLength)}
}

// Draw draws the map over the whole canvas.
func (c *Chart) Draw(dst *ui.Canvas, v *View) {
	dst.Fill(topview.Background)
	c.draw(dst, v, c.pieces)
}

// Show draws the shapes that add adds to a list.
func (c *Chart) Show(dst *ui.Canvas, v *View, add func(l *topview.List)) {
	c.list.Reset(v.Scale, v.Up)
	add(&c.list)
	c.draw(dst, v, c.list.Shapes)
}

// Signals draws the signals of the map.
func (c *Chart) Signals(dst *ui.Canvas, v *View, states []road.SignalState) {
	c.Show(dst, v, func(l *topview.List) { l.Signals(c.view, states) })
}

// draw draws the visible shapes.
func (c *Chart) draw(dst *ui.Canvas, v *View, shapes []topview.Shape) {
	m := v.Mapper()
	for i := range shapes {
		s := &shapes[i]
		if v.Scale < s.Detail || !v.Shows(s.Center, s.Radius+s.Stroke(v.Scale)/v.Scale) {
			continue
		}
		switch s.Kind {
		case topview.Area:
			left, right := s.Edges(c.edge[:0])
			c.edge = right
			c.a, c.b = m.points(c.a[:0], left), m.points(c.b[:0], right)
			dst.Strip(c.a, c.b, s.Color)
		case topview.Polygon:
			c.a = m.points(c.a[:0], s.Points)
			dst.Polygon(c.a, s.Color)
		case topview.Line:
			c.a = m.points(c.a[:0], s.Points)
			c.line(dst, v, s)
		case topview.Oval:
			dst.Ellipse(m.Point(s.Points[0]), s.A*v.Scale, s.B*v.Scale, v.Turn(s.Yaw), s.Color)
		}
	}
}

// line draws a line through the points of the scratch.
func (c *Chart) line(dst *ui.Canvas, v *View, s *topview.Shape) {
	width, last := s.Stroke(v.Scale), len(c.a)-1
	switch {
	case s.Dash[0] > 0:
		dst.Dashes(c.a, width, s.Dash[0]*v.Scale, s.Dash[1]*v.Scale, s.Color)
	case last > 2 && s.Points[0] == s.Points[last]:
		dst.Outline(c.a[:last], width, s.Color)
	default:
		dst.Polyline(c.a, width, s.Color)
	}
}
