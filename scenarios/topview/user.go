package topview

import (
	"image/color"
	"math"

	"roadloop/internal/palette"
	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
)

// bodyPoint is a position on a body, as fractions of its length and width: X from -0.5 at the
// rear to 0.5 at the front, Y from -0.5 at the right to 0.5 at the left.
type bodyPoint = geom.Vec

// Outlines of bodies.
var (
	carBody = []bodyPoint{{X: .5, Y: .22}, {X: .485, Y: .34}, {X: .43, Y: .44}, {X: .30, Y: .49}, {X: -.36, Y: .5}, {X: -.46, Y: .44}, {X: -.5, Y: .32},
		{X: -.5, Y: -.32}, {X: -.46, Y: -.44}, {X: -.36, Y: -.5}, {X: .30, Y: -.49}, {X: .43, Y: -.44}, {X: .485, Y: -.34}, {X: .5, Y: -.22}}
	boxBody = []bodyPoint{{X: .5, Y: .38}, {X: .485, Y: .47}, {X: .47, Y: .5}, {X: -.485, Y: .5}, {X: -.5, Y: .46},
		{X: -.5, Y: -.46}, {X: -.485, Y: -.5}, {X: .47, Y: -.5}, {X: .485, Y: -.47}, {X: .5, Y: -.38}}
	slimBody   = []bodyPoint{{X: .5, Y: .12}, {X: .4, Y: .3}, {X: -.4, Y: .3}, {X: -.5, Y: .12}, {X: -.5, Y: -.12}, {X: -.4, Y: -.3}, {X: .4, Y: -.3}, {X: .5, Y: -.12}}
	windshield = []bodyPoint{{X: .20, Y: .36}, {X: .24, Y: .20}, {X: .24, Y: -.20}, {X: .20, Y: -.36}, {X: .06, Y: -.30}, {X: .06, Y: .30}}
	rearWindow = []bodyPoint{{X: -.26, Y: .30}, {X: -.26, Y: -.30}, {X: -.38, Y: -.34}, {X: -.38, Y: .34}}
	leftGlass  = []bodyPoint{{X: .15, Y: .41}, {X: .03, Y: .345}, {X: -.24, Y: .345}, {X: -.33, Y: .41}}
	rightGlass = []bodyPoint{{X: .15, Y: -.41}, {X: .03, Y: -.345}, {X: -.24, Y: -.345}, {X: -.33, Y: -.41}}
	vanGlass   = []bodyPoint{{X: .40, Y: .38}, {X: .42, Y: .2}, {X: .42, Y: -.2}, {X: .40, Y: -.38}, {X: .28, Y: -.40}, {X: .28, Y: .40}}
	cab        = []bodyPoint{{X: .5, Y: .40}, {X: .48, Y: .46}, {X: .30, Y: .46}, {X: .30, Y: -.46}, {X: .48, Y: -.46}, {X: .5, Y: -.40}}
	cabGlass   = []bodyPoint{{X: .475, Y: .40}, {X: .475, Y: -.40}, {X: .41, Y: -.38}, {X: .41, Y: .38}}
	heading    = []bodyPoint{{X: .06, Y: .24}, {X: .3, Y: 0}, {X: .06, Y: -.24}}
)

var (
	white    = color.NRGBA{R: 255, G: 255, B: 255, A: 255}
	dark     = tone(palette.Outline) // edges and glass
	braking  = color.NRGBA{R: 255, G: 45, B: 32, A: 255}
	blinking = color.NRGBA{R: 255, G: 184, B: 28, A: 255}
	beam     = color.NRGBA{R: 255, G: 246, B: 214, A: 255}
)

// Part is a part of a vehicle. Points are fractions of the length and width of the vehicle: X
// from -0.5 at the rear to 0.5 at the front, Y from -0.5 at the right to 0.5 at the left. Ink is
// "paint", "light" or "dark".
type Part struct {
	Ink    string
	Points []geom.Vec
}

// patch returns a rectangle of a body.
func patch(x0, x1, y0, y1 float64) []bodyPoint {
	return []bodyPoint{{X: x1, Y: y1}, {X: x0, Y: y1}, {X: x0, Y: y0}, {X: x1, Y: y0}}
}

var (
	carParts = []Part{{"paint", carBody}, {"light", patch(-.25, .06, -.31, .31)}, {"dark", windshield},
		{"dark", rearWindow}, {"dark", leftGlass}, {"dark", rightGlass}}
	truckParts = []Part{{"paint", cab}, {"dark", cabGlass}, {"light", patch(-.5, .26, -.5, .5)}}
	busParts   = []Part{{"paint", boxBody}, {"dark", patch(.43, .49, -.42, .42)}, {"light", patch(-.42, -.30, -.28, .28)}, {"light", patch(.05, .22, -.28, .28)}}
	vanParts   = []Part{{"paint", boxBody}, {"dark", vanGlass}, {"light", patch(-.44, .22, -.40, .40)}}
)

// Vehicle returns the parts of a vehicle, in drawing order. They must not be changed.
func Vehicle(k actor.Kind) []Part {
	switch k {
	case actor.Truck:
		return truckParts
	case actor.Bus:
		return busParts
	case actor.Van:
		return vanParts
	}
	return carParts
}

// UserColor returns the color of a road user's class. Kinds also differ in shape.
func UserColor(a *actor.Actor) color.NRGBA {
	switch {
	case a.ID == actor.Ego:
		return tone(palette.Ego)
	case a.Kind.OnFoot():
		return tone(palette.Pedestrian)
	case a.Kind.Vulnerable():
		return tone(palette.Cyclist)
	case a.Kind.Obstacle():
		return tone(palette.Cone)
	}
	return tone(palette.Vehicle)
}

// body adds parts of a body to a list.
type body struct {
	*List
	frame         geom.Pose // its center
	length, width float64   // m
}

// newBody returns a body with a visible least size in points.
func (l *List) newBody(b geom.OBB, length, width float64) *body {
	return &body{List: l, frame: geom.Pose{X: b.Center.X, Y: b.Center.Y, Yaw: b.Yaw},
		length: math.Max(b.Length, length/l.Scale), width: math.Max(b.Width, width/l.Scale)}
}

func (b *body) point(x, y float64) geom.Vec {
	return b.frame.ToWorld(geom.Vec{X: x * b.length, Y: y * b.width})
}

// outline returns the points of a part.
func (b *body) outline(part []bodyPoint) []geom.Vec {
	n := len(b.points)
	for _, p := range part {
		b.points = append(b.points, b.point(p.X, p.Y))
	}
	return b.points[n:len(b.points):len(b.points)]
}

func (b *body) fill(part []bodyPoint, c color.NRGBA) {
	b.add(Shape{Kind: Polygon, Points: b.outline(part), Color: c})
}

// oval adds an ellipse with half axes along and across the body, m, and a dark edge.
func (b *body) oval(x, y, along, across, edge float64, c color.NRGBA) {
	at := b.point(x, y)
	if e := edge / b.Scale; e > 0 {
		b.add(Shape{Kind: Oval, Points: b.copied(at), A: along + e, B: across + e, Yaw: b.frame.Yaw, Color: dark})
	}
	b.add(Shape{Kind: Oval, Points: b.copied(at), A: along, B: across, Yaw: b.frame.Yaw, Color: c})
}

// limb adds a line with a width in points.
func (b *body) limb(x0, y0, x1, y1, width float64, c color.NRGBA) {
	b.line(math.Max(1, width), c, b.point(x0, y0), b.point(x1, y1))
}

// closed adds the outline of a part as a line with a width in points.
func (b *body) closed(part []bodyPoint, s Shape) {
	pts := b.outline(part)
	s.Kind, s.Points = Line, b.copied(append(pts, pts[0])...)
	b.add(s)
}

// bodyOf returns the outline of a vehicle.
func bodyOf(k actor.Kind) []bodyPoint {
	switch k {
	case actor.Truck, actor.Bus, actor.Van:
		return boxBody
	}
	return carBody
}

// blinkPeriod is the period of indicators, ticks.
const blinkPeriod = clock.PerSecond * 2 / 3

// User adds a road user at a time.
func (l *List) User(a *actor.Actor, now clock.Tick) {
	b := l.newBody(a.Box(), 7, 4)
	paint := UserColor(a)
	switch a.Kind {
	case actor.Pedestrian, actor.Child:
		b.pedestrian(a, paint)
	case actor.Cyclist, actor.Motorcycle:
		b.rider(a.Kind, paint)
	case actor.Cone:
		r := math.Max(2.5/l.Scale, b.length/2)
		b.oval(0, 0, r, r, 1, paint)
		b.oval(0, 0, .66*r, .66*r, 0, dark)
		b.oval(0, 0, .44*r, .44*r, 0, paint)
	case actor.Box:
		b.closed(patch(-.5, .5, -.5, .5), Shape{Least: 2.5, Color: dark})
		b.fill(patch(-.5, .5, -.5, .5), paint)
		b.limb(-.5, -.5, .5, .5, 1.2, dark)
		b.limb(-.5, .5, .5, -.5, 1.2, dark)
	case actor.Animal:
		b.animal(paint)
	default:
		b.closed(bodyOf(a.Kind), Shape{Least: 2.5, Color: faded(dark, .55)})
		b.vehicle(a.Kind, paint)
		b.lamps(a.State.Lights, now%blinkPeriod < blinkPeriod/2)
	}
}

// pedestrian adds shoulders, a head, and swinging legs.
func (b *body) pedestrian(a *actor.Actor, paint color.NRGBA) {
	r := math.Max(.3, 3.2/b.Scale) // m, half the shoulder width
	b.length, b.width = 2*r, 2*r
	swing := .55 * math.Sin(a.State.Gait) * math.Min(1, math.Abs(a.State.Speed))
	for _, s := range [...]float64{1, -1} {
		b.limb(0, .2*s, swing*s, .22*s, .2*b.width*b.Scale, mixed(paint, dark, .45))
	}
	b.oval(0, 0, .62*r, r, 1, paint)
	b.oval(.08, 0, .36*r, .36*r, .8, mixed(paint, white, .55))
}

// rider adds a two-wheeler with its rider.
func (b *body) rider(k actor.Kind, paint color.NRGBA) {
	b.width = math.Max(b.width, 5/b.Scale)
	wide := b.width * b.Scale
	frame := .16 * wide
	if k == actor.Motorcycle {
		frame *= 1.8
	}
	b.limb(-.5, 0, .5, 0, frame+2, dark)
	b.limb(-.5, 0, .5, 0, frame, mixed(paint, dark, .35))
	b.limb(.26, .48, .26, -.48, .1*wide, paint) // handlebars
	b.oval(-.06, 0, .28*math.Max(b.width, .3*b.length), .5*b.width, 1, paint)
	head := .22*b.width + .6/b.Scale
	b.oval(0, 0, head, head, 0, mixed(paint, white, .6))
}

// animal adds a body and a head.
func (b *body) animal(paint color.NRGBA) {
	thick := b.width * b.Scale
	b.limb(-.42, 0, .22, 0, thick+2, dark)
	b.limb(.2, 0, .5, 0, .5*thick+2, dark)
	b.limb(-.42, 0, .22, 0, thick, paint)
	b.limb(.2, 0, .5, 0, .5*thick, mixed(paint, white, .4))
}

// vehicle adds a vehicle with its windows.
func (b *body) vehicle(k actor.Kind, paint color.NRGBA) {
	inks := map[string]color.NRGBA{"paint": paint, "light": mixed(paint, white, .22), "dark": dark}
	for _, p := range Vehicle(k) {
		b.fill(p.Points, inks[p.Ink])
	}
}

// lamps adds the lit lamps. Indicators are lit if blink is true.
func (b *body) lamps(l actor.Lights, blink bool) {
	size := math.Max(1.6/b.Scale, .22)
	glow := func(x, y float64, c color.NRGBA) {
		b.oval(x, y, 2.3*size, 2.3*size, 0, faded(c, .25))
		b.oval(x, y, size, size, 0, c)
	}
	if l&actor.Headlights != 0 {
		b.beams()
	}
	if l&actor.BrakeLights != 0 {
		b.fill(patch(-.515, -.455, .16, .46), braking)
		b.fill(patch(-.515, -.455, -.46, -.16), braking)
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

// beams adds the beams of the headlamps.
func (b *body) beams() {
	for _, y := range [...]float64{.32, -.32} {
		for k, reach := range [...]float64{.8, .55, .3} {
			wide := .12 + .1*float64(3-k)
			b.fill([]bodyPoint{{X: .5, Y: y}, {X: .5 + reach, Y: y + wide*2}, {X: .5 + reach, Y: y - wide*2}}, faded(beam, .05))
		}
		b.oval(.48, y, 1.6/b.Scale, 1.6/b.Scale, 0, beam)
	}
}

// Ghost adds a road user of another branch: a dashed outline with an arrowhead for the heading.
func (l *List) Ghost(a *actor.Actor, c color.NRGBA) {
	b := l.newBody(a.Box(), 7, 4)
	part := bodyOf(a.Kind)
	switch {
	case a.Kind.OnFoot(), a.Kind == actor.Cone:
		b.length = math.Max(math.Max(b.length, b.width), 8/l.Scale)
		b.width = b.length
		part = (&Shape{Points: []geom.Vec{{}}, A: .5, B: .5}).Ring(nil, 14)
	case a.Kind.Vulnerable():
		b.width = math.Max(b.width, 8/l.Scale)
		part = slimBody
	}
	b.closed(part, Shape{Least: 4, Color: faded(dark, .6)})
	b.closed(part, Shape{Least: 1.8, Dash: l.dash(5, 3), Color: c})
	b.line(1.8, c, b.outline(heading)...)
}

// dash returns the dashes of a line in points.
func (l *List) dash(on, off float64) [2]float64 { return [2]float64{on / l.Scale, off / l.Scale} }
