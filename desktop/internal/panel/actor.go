package panel

import (
	"math"

	"roadloop/desktop/internal/ui"
	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
)

// ActorColor returns the color of a road user's class. Kinds also differ in shape.
func ActorColor(t *ui.Theme, a *actor.Actor) ui.Color {
	switch {
	case a.ID == actor.Ego:
		return t.Ego
	case a.Kind.OnFoot():
		return t.Walker
	case a.Kind.Vulnerable():
		return t.Cyclist
	case a.Kind.Obstacle():
		return t.Warning
	}
	return t.Vehicle
}

var (
	glass = ui.Color{R: 18, G: 23, B: 29, A: 255}
	halo  = ui.Color{R: 8, G: 10, B: 12, A: 255}
)

// blinkPeriod is the period of indicators, ticks.
const blinkPeriod = clock.PerSecond * 2 / 3

// DrawActor draws a road user at a time.
func DrawActor(c *ui.Canvas, v *View, a *actor.Actor, now clock.Tick) {
	b := newBody(c, v, a.Box())
	paint := ActorColor(c.Theme, a)
	blink := now%blinkPeriod < blinkPeriod/2
	switch a.Kind {
	case actor.Pedestrian, actor.Child:
		b.pedestrian(a, paint, v.Scale)
	case actor.Cyclist, actor.Motorcycle:
		b.rider(a.Kind, paint, v.Scale)
	case actor.Cone:
		b.cone(paint)
	case actor.Box:
		b.crate(paint)
	case actor.Animal:
		b.animal(paint, v.Scale)
	default:
		shadow := b.outline(bodyShape(a.Kind))
		c.Outline(shadow, 2.5, ui.Alpha(halo, .55))
		b.vehicle(a.Kind, paint, glass)
		b.lamps(a.State.Lights, v.Scale, blink)
	}
}

// pedestrian draws a pedestrian: shoulders, head, and swinging legs.
func (b *body) pedestrian(a *actor.Actor, paint ui.Color, scale float64) {
	r := math.Max(.3, 3.2/scale) // m, half the shoulder width
	b.length, b.width = 2*r, 2*r
	swing := .55 * math.Sin(a.State.Gait) * math.Min(1, math.Abs(a.State.Speed))
	for _, s := range [...]float64{1, -1} {
		b.limb(bodyPoint{0, .2 * s}, bodyPoint{swing * s, .22 * s}, .2*b.width*scale, ui.Mix(paint, halo, .45))
	}
	mid := b.point(0, 0)
	turn := angle(b.point(0, .5), mid)
	b.c.Ellipse(mid, r*scale+1, .62*r*scale+1, turn, halo)
	b.c.Ellipse(mid, r*scale, .62*r*scale, turn, paint)
	b.c.Circle(b.point(.08, 0), .36*r*scale+.8, halo)
	b.c.Circle(b.point(.08, 0), .36*r*scale, ui.Mix(paint, ui.Color{R: 255, G: 255, B: 255, A: 255}, .55))
}

func (b *body) limb(p, q bodyPoint, width float64, col ui.Color) {
	line := [2]ui.Point{b.point(p.x, p.y), b.point(q.x, q.y)}
	b.c.Polyline(line[:], math.Max(1, width), col)
}

// rider draws a two-wheeler with its rider.
func (b *body) rider(k actor.Kind, paint ui.Color, scale float64) {
	b.width = math.Max(b.width, 5/scale)
	frame := .16 * b.width * scale
	if k == actor.Motorcycle {
		frame *= 1.8
	}
	b.limb(bodyPoint{-.5, 0}, bodyPoint{.5, 0}, frame+2, halo)
	b.limb(bodyPoint{-.5, 0}, bodyPoint{.5, 0}, frame, ui.Mix(paint, halo, .35))
	b.limb(bodyPoint{.26, .48}, bodyPoint{.26, -.48}, math.Max(1, .1*b.width*scale), paint) // handlebars
	mid := b.point(-.06, 0)
	turn := angle(b.point(-.06, .5), mid)
	wide, deep := .5*b.width*scale, .28*math.Max(b.width, .3*b.length)*scale
	b.c.Ellipse(mid, wide+1, deep+1, turn, halo)
	b.c.Ellipse(mid, wide, deep, turn, paint)
	b.c.Circle(b.point(0, 0), .22*b.width*scale+.6, ui.Mix(paint, ui.Color{R: 255, G: 255, B: 255, A: 255}, .6))
}

// cone draws a traffic cone: rings.
func (b *body) cone(paint ui.Color) {
	mid, r := b.point(0, 0), math.Max(2.5, b.point(.5, 0).Dist(b.point(0, 0)))
	b.c.Circle(mid, r+1, halo)
	b.c.Circle(mid, r, paint)
	b.c.Ring(mid, .55*r, math.Max(1, .22*r), halo)
}

// crate draws an obstacle: a box with a cross.
func (b *body) crate(paint ui.Color) {
	b.c.Outline(b.outline([]bodyPoint{{.5, .5}, {-.5, .5}, {-.5, -.5}, {.5, -.5}}), 2.5, halo)
	b.patch(-.5, .5, -.5, .5, paint)
	b.limb(bodyPoint{-.5, -.5}, bodyPoint{.5, .5}, 1.2, halo)
	b.limb(bodyPoint{-.5, .5}, bodyPoint{.5, -.5}, 1.2, halo)
}

// animal draws a body and a head on four legs.
func (b *body) animal(paint ui.Color, scale float64) {
	b.width = math.Max(b.width, 4/scale)
	thick := b.width * scale
	b.limb(bodyPoint{-.42, 0}, bodyPoint{.22, 0}, thick+2, halo)
	b.limb(bodyPoint{.2, 0}, bodyPoint{.5, 0}, .5*thick+2, halo)
	b.limb(bodyPoint{-.42, 0}, bodyPoint{.22, 0}, thick, paint)
	b.limb(bodyPoint{.2, 0}, bodyPoint{.5, 0}, .5*thick, ui.Mix(paint, ui.Color{R: 255, G: 255, B: 255, A: 255}, .4))
}

// angle returns the direction from q to p on the screen, clockwise from x.
func angle(p, q ui.Point) float64 { return math.Atan2(p.Y-q.Y, p.X-q.X) }

// FindActor returns the nearest road user under a point of the screen; ok is false if there
// is none. Small ones have a tolerance of a few points.
func FindActor(v *View, q ui.Point, all []actor.Actor) (actor.ID, bool) {
	p := v.ToMap(q)
	best, who, found := math.Inf(1), actor.Ego, false
	for i := range all {
		box := all[i].Box()
		near := geom.OBB.Inflate(box, 4/v.Scale, 4/v.Scale)
		if d := box.Center.Dist(p); near.Contains(p) && d < best {
			best, who, found = d, all[i].ID, true
		}
	}
	return who, found
}

const tagHeight = 16

func tagWidth(c *ui.Canvas, text string) float64 { return c.Measure(text, c.Theme.Small) + 8 }

// TagInside returns the nearest point around which a tag fits the canvas.
func TagInside(c *ui.Canvas, at ui.Point, text string) ui.Point {
	b, w := c.Bounds(), tagWidth(c, text)
	at.X = math.Max(w/2, math.Min(b.W-w/2, at.X))
	at.Y = math.Max(tagHeight/2, math.Min(b.H-tagHeight/2, at.Y))
	return at
}

// Tag draws a line of text around a point, on a dark background.
func Tag(c *ui.Canvas, at ui.Point, text string, col ui.Color) {
	style := c.Theme.Small.In(col)
	w := tagWidth(c, text)
	r := ui.Rect{X: at.X - w/2, Y: at.Y - tagHeight/2, W: w, H: tagHeight}
	c.RoundRect(r, 3, ui.Alpha(halo, .72))
	c.Label(r, text, style, ui.Middle)
}
