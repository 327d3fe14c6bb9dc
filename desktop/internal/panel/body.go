package panel

import (
	"math"

	"roadloop/desktop/internal/ui"
	"roadloop/sim/actor"
	"roadloop/sim/geom"
)

// bodyPoint is a position on a body, as fractions of its length and width: x from -0.5 at the
// rear to 0.5 at the front, y from -0.5 at the right to 0.5 at the left.
type bodyPoint struct{ x, y float64 }

// Outlines of bodies.
var (
	carBody = []bodyPoint{{.5, .22}, {.485, .34}, {.43, .44}, {.30, .49}, {-.36, .5}, {-.46, .44}, {-.5, .32},
		{-.5, -.32}, {-.46, -.44}, {-.36, -.5}, {.30, -.49}, {.43, -.44}, {.485, -.34}, {.5, -.22}}
	boxBody    = []bodyPoint{{.5, .38}, {.485, .47}, {.47, .5}, {-.485, .5}, {-.5, .46}, {-.5, -.46}, {-.485, -.5}, {.47, -.5}, {.485, -.47}, {.5, -.38}}
	windshield = []bodyPoint{{.20, .36}, {.24, .20}, {.24, -.20}, {.20, -.36}, {.06, -.30}, {.06, .30}}
	rearWindow = []bodyPoint{{-.26, .30}, {-.26, -.30}, {-.38, -.34}, {-.38, .34}}
	leftGlass  = []bodyPoint{{.15, .41}, {.03, .345}, {-.24, .345}, {-.33, .41}}
	rightGlass = []bodyPoint{{.15, -.41}, {.03, -.345}, {-.24, -.345}, {-.33, -.41}}
	busGlass   = []bodyPoint{{.49, .42}, {.49, -.42}, {.43, -.42}, {.43, .42}}
	vanGlass   = []bodyPoint{{.40, .38}, {.42, .2}, {.42, -.2}, {.40, -.38}, {.28, -.40}, {.28, .40}}
	cab        = []bodyPoint{{.5, .40}, {.48, .46}, {.30, .46}, {.30, -.46}, {.48, -.46}, {.5, -.40}}
	cargo      = []bodyPoint{{.26, .5}, {-.5, .5}, {-.5, -.5}, {.26, -.5}}
	cabGlass   = []bodyPoint{{.475, .40}, {.475, -.40}, {.41, -.38}, {.41, .38}}
)

// body draws parts of a body onto the screen.
type body struct {
	c             *ui.Canvas
	frame         geom.Pose // center of the body, on the map
	m             Mapper
	length, width float64 // m
	pts           []ui.Point
}

// newBody returns a body with a visible minimum size.
func newBody(c *ui.Canvas, v *View, b geom.OBB) *body {
	return &body{c: c, m: v.Mapper(), frame: geom.Pose{X: b.Center.X, Y: b.Center.Y, Yaw: b.Yaw},
		length: math.Max(b.Length, 7/v.Scale), width: math.Max(b.Width, 4/v.Scale), pts: make([]ui.Point, 0, 24)}
}

func (b *body) point(x, y float64) ui.Point {
	return b.m.Point(b.frame.ToWorld(geom.Vec{X: x * b.length, Y: y * b.width}))
}

func (b *body) outline(shape []bodyPoint) []ui.Point {
	b.pts = b.pts[:0]
	for _, p := range shape {
		b.pts = append(b.pts, b.point(p.x, p.y))
	}
	return b.pts
}

func (b *body) fill(shape []bodyPoint, col ui.Color) { b.c.Polygon(b.outline(shape), col) }

// patch fills a rectangle of the body.
func (b *body) patch(x0, x1, y0, y1 float64, col ui.Color) {
	b.fill([]bodyPoint{{x1, y1}, {x0, y1}, {x0, y0}, {x1, y0}}, col)
}

// bodyShape returns the outline of a kind.
func bodyShape(k actor.Kind) []bodyPoint {
	switch k {
	case actor.Truck, actor.Bus, actor.Van:
		return boxBody
	}
	return carBody
}

// vehicle draws a vehicle with its windows.
func (b *body) vehicle(k actor.Kind, paint, glass ui.Color) {
	light := ui.Mix(paint, ui.Color{R: 255, G: 255, B: 255, A: 255}, .22)
	switch k {
	case actor.Truck:
		b.fill(cab, paint)
		b.fill(cabGlass, glass)
		b.fill(cargo, light)
		return
	case actor.Bus:
		b.fill(boxBody, paint)
		b.fill(busGlass, glass)
		b.patch(-.42, -.30, -.28, .28, light)
		b.patch(.05, .22, -.28, .28, light)
		return
	case actor.Van:
		b.fill(boxBody, paint)
		b.fill(vanGlass, glass)
		b.patch(-.44, .22, -.40, .40, light)
		return
	}
	b.fill(carBody, paint)
	b.patch(-.25, .06, -.31, .31, light)
	for _, part := range [...][]bodyPoint{windshield, rearWindow, leftGlass, rightGlass} {
		b.fill(part, glass)
	}
}

// Colors of lamps.
var (
	braking  = ui.Color{R: 255, G: 45, B: 32, A: 255}
	blinking = ui.Color{R: 255, G: 184, B: 28, A: 255}
	beam     = ui.Color{R: 255, G: 246, B: 214, A: 255}
)

// lamps draws the lit lamps. Indicators are lit if blink is true.
func (b *body) lamps(l actor.Lights, scale float64, blink bool) {
	size := math.Max(1.6, .22*scale)
	glow := func(x, y float64, col ui.Color) {
		at := b.point(x, y)
		b.c.Circle(at, 2.3*size, ui.Alpha(col, .25))
		b.c.Circle(at, size, col)
	}
	if l&actor.Headlights != 0 {
		b.beams()
	}
	if l&actor.BrakeLights != 0 {
		b.patch(-.515, -.455, .16, .46, braking)
		b.patch(-.515, -.455, -.46, -.16, braking)
		glow(-.50, .32, braking)
		glow(-.50, -.32, braking)
	}
	for _, s := range [...]struct {
		light actor.Lights
		side  float64
	}{{actor.LeftIndicator, 1}, {actor.RightIndicator, -1}} {
		if l&s.light != 0 && blink {
			glow(.43, .46*s.side, blinking)
			glow(-.46, .46*s.side, blinking)
		}
	}
}

// beams draws the beams of the headlamps.
func (b *body) beams() {
	for _, y := range [...]float64{.32, -.32} {
		for k, reach := range [...]float64{.8, .55, .3} {
			from, wide := b.point(.5, y), .12+.1*float64(3-k)
			left, right := b.point(.5+reach, y+wide*2), b.point(.5+reach, y-wide*2)
			b.pts = append(b.pts[:0], from, left, right)
			b.c.Polygon(b.pts, ui.Alpha(beam, .05))
		}
		b.c.Circle(b.point(.48, y), 1.6, beam)
	}
}
