package video

import (
	"image/color"
	"math"

	"roadloop/internal/palette"
	"roadloop/scenarios/timeline"
	"roadloop/scenarios/topview"
	"roadloop/sim/geom"
)

// extent is the length of the longer side of the top view, m.
const extent = 85

// pieceLength is the length of the pieces of a map that are skipped outside of the view, m.
const pieceLength = 24.0

// above is the road from above, made with the first frame.
type above struct {
	view   *topview.Map
	pieces []topview.Shape
	list   topview.List
}

// topView maps the road to the image. The ego is in the lower third and faces up.
type topView struct {
	*canvas
	ego      geom.Pose
	perMeter float64 // px
	across   float64
	down     float64
	ring     []geom.Vec // scratch
}

// newTopView returns the view of a canvas.
func newTopView(c *canvas, ego geom.Pose) *topView {
	w, h := c.size()
	return &topView{canvas: c, ego: ego, perMeter: math.Max(h, w*.6) / extent, across: w / 2, down: h * .72}
}

func (v *topView) at(p geom.Vec) geom.Vec {
	q := v.ego.ToLocal(p)
	return geom.Vec{X: v.across - q.Y*v.perMeter, Y: v.down - q.X*v.perMeter}
}

// ringCorners is the number of corners of a drawn oval.
const ringCorners = 20

// draw draws the visible shapes.
func (v *topView) draw(shapes []topview.Shape) {
	w, h := v.size()
	scale := v.perMeter / v.scale // points per meter
	for i := range shapes {
		s := &shapes[i]
		at, r := v.at(s.Center), s.Radius*v.perMeter+s.Stroke(scale)*v.scale
		if scale < s.Detail || at.X < -r || at.Y < -r || at.X > w+r || at.Y > h+r {
			continue
		}
		pts := s.Points
		if s.Kind == topview.Oval {
			pts = s.Ring(nil, ringCorners)
		}
		v.ring = v.ring[:0]
		for _, p := range pts {
			v.ring = append(v.ring, v.at(p))
		}
		switch {
		case s.Kind != topview.Line:
			v.fill(s.Color, v.ring...)
		case s.Dash[0] > 0:
			v.draw(s.Dashes(nil))
		default:
			v.line(s.Stroke(scale), s.Color, v.ring...)
		}
	}
}

// drawTop draws the road from above with road users, tracks and the plan.
func (a *Renderer) drawTop(c *canvas, f *timeline.Step) {
	ego := f.World.Ego()
	v := newTopView(c, ego.State.Pose)
	if a.above == nil {
		view := topview.NewMap(f.World.Map())
		a.above = &above{view: view, pieces: view.Pieces(pieceLength)}
	}
	w, h := c.size()
	c.rect(0, 0, w, h, topview.Background)
	v.draw(a.above.pieces)
	l := &a.above.list
	l.Reset(v.perMeter/c.scale, ego.State.Pose.Yaw)
	l.Signals(a.above.view, f.World.Signals())
	if a.shows("plan") && f.Plan != nil {
		l.Plan(f.Plan)
	}
	actors := f.World.Actors()
	for i := range actors {
		l.User(&actors[i], f.Time)
	}
	l.User(ego, f.Time)
	if a.shows("tracks") && f.Scene != nil {
		for i := range f.Scene.Tracks {
			l.Track(&f.Scene.Tracks[i])
		}
	}
	v.draw(l.Shapes)
	a.drawLegend(c)
}

// drawLegend draws the legend of the colors.
func (a *Renderer) drawLegend(c *canvas) {
	type entry struct {
		with color.RGBA
		text string
	}
	entries := []entry{{palette.Ego.Dark, "ego"}, {palette.Vehicle.Dark, "vehicle"}, {palette.Pedestrian.Dark, "pedestrian"}, {palette.Cyclist.Dark, "cyclist"}}
	if a.shows("tracks") {
		entries = append(entries, entry{palette.Belief.Dark, "track"})
	}
	if a.shows("plan") {
		entries = append(entries, entry{palette.Plan.Dark, "plan"})
	}
	const size, row = 13, 20
	widest := 0.0
	for _, e := range entries {
		widest = math.Max(widest, c.width(size, e.text))
	}
	x, y := 14*c.scale, 24*c.scale
	c.rect(x-6*c.scale, y-17*c.scale, x+widest+24*c.scale, y+(row*float64(len(entries)-1)+8)*c.scale, shade)
	for _, e := range entries {
		c.rect(x, y-10*c.scale, x+10*c.scale, y, e.with)
		c.text(x+16*c.scale, y, size, ink, e.text)
		y += row * c.scale
	}
}
