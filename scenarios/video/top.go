package video

import (
	"image/color"
	"math"

	"roadloop/internal/palette"
	"roadloop/scenarios/timeline"
	"roadloop/sim/geom"
	"roadloop/sim/road"
)

// extent is the length of the longer side of the top view, m.
const extent = 85

// topView maps the road to the image. The ego is in the lower third and faces up.
type topView struct {
	*canvas
	ego      geom.Pose
	perMeter float64 // px
	across   float64
	down     float64
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

func (v *topView) corners(b geom.OBB) []geom.Vec {
	var out []geom.Vec
	for _, p := range b.Corners() {
		out = append(out, v.at(p))
	}
	return out
}

// drawTop draws the road from above with road users, tracks and the plan.
func (a *Renderer) drawTop(c *canvas, f *timeline.Step) {
	ego := f.World.Ego()
	v := newTopView(c, ego.State.Pose)
	if a.ground == nil {
		a.ground = newGround(f.World.Map(), 1.2/v.perMeter)
	}
	w, h := c.size()
	c.rect(0, 0, w, h, palette.Grass.Dark)
	a.ground.draw(v)
	v.drawSignals(f.World.Map(), f.World.Signals())
	if a.shows("plan") && f.Plan != nil {
		var way []geom.Vec
		for _, p := range f.Plan.Waypoints {
			way = append(way, v.at(p.Pose.Pos()))
		}
		c.line(4, palette.Plan.Dark, way...)
	}
	actors := f.World.Actors()
	for i := range actors {
		v.drawUser(&actors[i])
	}
	v.drawUser(ego)
	if a.shows("tracks") && f.Scene != nil {
		for i := range f.Scene.Tracks {
			t := &f.Scene.Tracks[i]
			c.outline(2, palette.Belief.Dark, v.corners(t.Box().Inflate(.15, .15))...)
			c.line(2, palette.Belief.Dark, v.at(t.Pose.Pos()), v.at(t.Pose.Pos().Add(t.Vel)))
		}
	}
	a.drawLegend(c)
}

// drawSignals draws a bar at the stop line of every lane with a signal, and its signal
// head.
func (v *topView) drawSignals(m *road.Map, signals []road.SignalState) {
	lights := map[road.SignalState]color.RGBA{road.Red: palette.SignalRed.Dark, road.Amber: palette.SignalAmber.Dark, road.Green: palette.SignalGreen.Dark}
	for i, state := range signals {
		with, lit := lights[state]
		if !lit || i >= len(m.Signals) {
			continue
		}
		s := &m.Signals[i]
		for _, id := range s.Lanes {
			l := &m.Lanes[id]
			end := func(d float64) geom.Vec { return v.at(l.Center.Offset(l.StopS, d).Pos()) }
			v.line(5, with, end(l.Width/2-.2), end(.2-l.Width/2))
		}
		v.drawHead(v.at(s.Pos), state, with)
	}
}

// drawHead draws a signal head: red above, green below.
func (v *topView) drawHead(at geom.Vec, state road.SignalState, with color.RGBA) {
	r := 3.2 * v.canvas.scale
	v.fill(palette.Outline.Dark, at.Add(geom.Vec{X: -1.6 * r, Y: -4.2 * r}), at.Add(geom.Vec{X: 1.6 * r, Y: -4.2 * r}),
		at.Add(geom.Vec{X: 1.6 * r, Y: 4.2 * r}), at.Add(geom.Vec{X: -1.6 * r, Y: 4.2 * r}))
	for k, lamp := range [...]road.SignalState{road.Red, road.Amber, road.Green} {
		c := palette.Asphalt.Dark
		if lamp == state {
			c = with
		}
		v.disc(at.Add(geom.Vec{Y: float64(k-1) * 2.6 * r}), r, c)
	}
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
