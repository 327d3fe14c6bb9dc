package panel

import (
	"math"

	"roadloop/desktop/internal/ui"
	"roadloop/sim/geom"
)

// Scale limits, points per meter.
const (
	leastScale = 0.15
	mostScale  = 120
)

// Time constants of smooth motion, s.
const (
	zoomFade = 0.07
	turnFade = 0.25
)

// jump is the largest smoothed movement in a frame, m. Larger ones come from a seek, or
// from following another road user.
const jump = 25.0

// Pan moves a view. It follows a pose, zooms about a point, and can be panned.
type Pan struct {
	// NorthUp keeps the map's x axis to the right; otherwise the followed heading
	// points up.
	NorthUp bool

	home   View
	view   View
	ahead  float64  // offset of the followed point below the center, as a fraction of the height
	offset geom.Vec // pan: right and up, m
	wanted float64  // target scale
	anchor ui.Point // of the zoom
	homing bool
	last   geom.Pose
	begun  bool
}

// NewPan returns a pan with a scale. The followed point lies below the center by a
// fraction of the height.
func NewPan(scale, ahead float64) *Pan {
	return &Pan{view: View{Scale: scale}, wanted: scale, ahead: ahead, home: View{Scale: scale}}
}

// Zoom scales smoothly by a factor. The map point at a screen position stays there.
func (g *Pan) Zoom(at ui.Point, factor float64) {
	g.wanted = math.Max(leastScale, math.Min(mostScale, g.wanted*factor))
	g.anchor, g.homing = at, false
}

// Drag pans by a distance on the screen.
func (g *Pan) Drag(by ui.Point) {
	g.offset = g.offset.Add(geom.Vec{X: -by.X, Y: by.Y}.Scale(1 / g.view.Scale))
	g.homing = false
}

// Reset returns smoothly to the followed pose at the initial scale.
func (g *Pan) Reset() { g.wanted, g.homing = g.home.Scale, true }

// Moved reports whether the view was panned or zoomed.
func (g *Pan) Moved() bool {
	return !g.homing && (g.offset != geom.Vec{} || g.wanted != g.home.Scale)
}

// Scale returns the target scale, points per meter.
func (g *Pan) Scale() float64 { return g.wanted }

// Update returns the view dt seconds after the last one, following p.
func (g *Pan) Update(p geom.Pose, width, height, dt float64) *View {
	v := &g.view
	v.Width, v.Height = width, height
	up := p.Yaw
	if g.NorthUp {
		up = math.Pi / 2
	}
	if !g.begun || g.last.Pos().Dist(p.Pos()) > jump {
		v.Up = up
	} else {
		v.Up = geom.WrapAngle(v.Up + geom.WrapAngle(up-v.Up)*fade(dt, turnFade))
	}
	g.begun, g.last = true, p
	if g.homing {
		g.offset = g.offset.Scale(1 - fade(dt, zoomFade))
		v.Scale *= math.Pow(g.wanted/v.Scale, fade(dt, zoomFade))
	}
	g.place(p.Pos())
	if g.homing {
		return v
	}
	if factor := g.wanted / v.Scale; factor != 1 {
		g.zoom(p.Pos(), math.Pow(factor, fade(dt, zoomFade)))
	}
	return v
}

// zoom scales about the anchor by panning the view.
func (g *Pan) zoom(p geom.Vec, factor float64) {
	v := &g.view
	if math.Abs(g.wanted/(v.Scale*factor)-1) < 1e-3 {
		factor = g.wanted / v.Scale
	}
	before := v.ToMap(g.anchor)
	v.Scale *= factor
	g.place(p)
	q := v.ToScreen(before)
	g.offset = g.offset.Add(geom.Vec{X: q.X - g.anchor.X, Y: g.anchor.Y - q.Y}.Scale(1 / v.Scale))
	g.place(p)
}

// place centers the view on the followed point, plus the pan.
func (g *Pan) place(p geom.Vec) {
	v := &g.view
	s, c := math.Sincos(v.Up)
	o := g.offset
	o.Y += g.ahead * v.Height / v.Scale
	v.Center = p.Add(geom.Vec{X: s*o.X + c*o.Y, Y: s*o.Y - c*o.X})
}

// fade returns the fraction covered in dt by an exponential approach.
func fade(dt, constant float64) float64 { return 1 - math.Exp(-dt/constant) }
