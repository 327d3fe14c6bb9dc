package scene

// Colors that do not depend on the instance.
var (
	rubber   = RGB{0.06, 0.06, 0.065}
	rim      = RGB{0.45, 0.46, 0.48}
	trim     = RGB{0.10, 0.10, 0.11}
	glazing  = RGB{0.13, 0.17, 0.20}
	plate    = RGB{0.92, 0.92, 0.88}
	tailRed  = RGB{0.62, 0.05, 0.05}
	headlamp = RGB{0.88, 0.90, 0.92}
	blinker  = RGB{0.95, 0.55, 0.10}
)

// profile is the side view of a car body: x in fractions of its length (rear
// bumper 0, front bumper 1), z in fractions of its height.
type profile struct {
	hood, screen, roofFront, roofRear, rear, trunk float32 // x
	belt, nose                                     float32 // z
	tumble                                         float32 // ratio of roof width to body width
}

// Bodies of passenger cars: sedan, hatchback, estate, off-roader and van.
var bodies = []profile{
	{hood: .97, screen: .70, roofFront: .56, roofRear: .27, rear: .15, trunk: .02, belt: .62, nose: .50, tumble: .76},
	{hood: .97, screen: .74, roofFront: .58, roofRear: .14, rear: .05, trunk: .02, belt: .60, nose: .48, tumble: .78},
	{hood: .97, screen: .72, roofFront: .57, roofRear: .08, rear: .03, trunk: .01, belt: .62, nose: .50, tumble: .80},
	{hood: .98, screen: .75, roofFront: .63, roofRear: .10, rear: .04, trunk: .01, belt: .60, nose: .52, tumble: .86},
}

var vanBody = profile{hood: .99, screen: .88, roofFront: .76, roofRear: .02, rear: .01, trunk: .005, belt: .55, nose: .40, tumble: .92}

// carBody returns a car of unit size: x and y from -0.5 to 0.5, z from 0 to 1.
// Instances scale it to the actor's shape.
func carBody(p profile, class Class) *Mesh {
	b := &builder{}
	paint := Material{Slot: First, Class: class}
	x := func(f float32) float32 { return f - 0.5 }
	const low, w = 0.17, 0.48
	belt, nose := p.belt, p.nose
	t := w * p.tumble
	// Lower body: front, hood, trunk lid, tail and the two sides.
	b.face(paint, at(x(1), -w, low), at(x(1), w, low), at(x(p.hood), w, nose), at(x(p.hood), -w, nose))
	b.face(paint, at(x(p.hood), -w, nose), at(x(p.hood), w, nose), at(x(p.screen), w, belt), at(x(p.screen), -w, belt))
	b.face(paint, at(x(p.rear), -w, belt), at(x(p.rear), w, belt), at(x(p.trunk), w, belt-.03), at(x(p.trunk), -w, belt-.03))
	b.face(paint, at(x(0), w, low), at(x(0), -w, low), at(x(p.trunk), -w, belt-.03), at(x(p.trunk), w, belt-.03))
	for _, s := range [...]float32{-1, 1} {
		sidePanel(b, paint, s, at(x(0), w, low), at(x(1), w, low), at(x(p.hood), w, nose),
			at(x(p.screen), w, belt), at(x(p.rear), w, belt), at(x(p.trunk), w, belt-.03))
	}
	glass := Material{Color: glazing, Texture: Glass, Class: class}
	// Windshield, roof, rear window.
	b.face(glass, at(x(p.screen), -w, belt), at(x(p.screen), w, belt), at(x(p.roofFront), t, .985), at(x(p.roofFront), -t, .985))
	b.face(paint, at(x(p.roofFront), -t, .985), at(x(p.roofFront), t, .985), at(x(p.roofRear), t, 1), at(x(p.roofRear), -t, 1))
	b.face(glass, at(x(p.rear), w, belt), at(x(p.rear), -w, belt), at(x(p.roofRear), -t, 1), at(x(p.roofRear), t, 1))
	for _, s := range [...]float32{-1, 1} {
		sidePanel(b, paint, s, at(x(p.rear), w, belt), at(x(p.screen), w, belt), at(x(p.roofFront), t, .985), at(x(p.roofRear), t, 1))
		sideWindows(b, glass, p, s)
	}
	bumpers(b, class, p)
	wheels(b, class, .22, .80)
	return b.build()
}

// sidePanel adds a polygon given for the left side, mirrored for side -1. The
// points run from rear to front along the bottom and back along the top.
func sidePanel(b *builder, m Material, side float32, pts ...Vec3) {
	out := make([]Vec3, len(pts))
	for i, p := range pts {
		k := i
		if side > 0 {
			k = len(pts) - 1 - i
		}
		out[k] = Vec3{X: p.X, Y: p.Y * side, Z: p.Z}
	}
	b.face(m, out...)
}

// sideWindows adds two windows with a pillar in between to a side of the cabin.
func sideWindows(b *builder, glass Material, p profile, side float32) {
	const w = 0.488
	t := 0.48*p.tumble + .008
	lo, hi := p.belt+.03, float32(.94)
	f := (hi - p.belt) / (1 - p.belt)
	front, rear := p.screen+(p.roofFront-p.screen)*f-.02, p.rear+(p.roofRear-p.rear)*f+.03
	mid := (p.screen + p.rear) / 2
	y0, y1 := float32(w), w+(t-w)*f
	x := func(v float32) float32 { return v - .5 }
	sidePanel(b, glass, side, at(x(mid+.012), y0, lo), at(x(p.screen-.035), y0, lo), at(x(front), y1, hi), at(x(mid+.012), y1, hi))
	sidePanel(b, glass, side, at(x(p.rear+.045), y0, lo), at(x(mid-.012), y0, lo), at(x(mid-.012), y1, hi), at(x(rear), y1, hi))
}

// bumpers adds lights, license plates, grille and bumpers to both ends.
func bumpers(b *builder, class Class, p profile) {
	belt := p.belt
	mat := func(c RGB, l Lamp) Material { return Material{Color: c, Class: class, Lamp: l} }
	front := func(m Material, y0, y1, z0, z1 float32) {
		const x = .507
		b.face(m, at(x, y0, z0), at(x, y1, z0), at(x-.006, y1, z1), at(x-.006, y0, z1))
	}
	back := func(m Material, y0, y1, z0, z1 float32) {
		const x = -.507
		b.face(m, at(x, y1, z0), at(x, y0, z0), at(x+.006, y0, z1), at(x+.006, y1, z1))
	}
	front(mat(trim, 0), -.45, .45, .17, .26)
	front(mat(trim, 0), -.20, .20, .30, .38)
	front(mat(plate, 0), -.14, .14, .24, .30)
	back(mat(trim, 0), -.45, .45, .17, .26)
	back(mat(plate, 0), -.15, .15, .33, .40)
	for _, s := range [...]float32{-1, 1} {
		y0, y1 := min(s*.27, s*.46), max(s*.27, s*.46)
		front(mat(headlamp, HeadLamp), y0, y1, .36, p.nose-.04)
		back(mat(tailRed, BrakeLamp|TailLamp), y0, y1, belt-.20, belt-.07)
		turn := LeftLamp
		if s < 0 {
			turn = RightLamp
		}
		i0, i1 := min(s*.40, s*.47), max(s*.40, s*.47)
		front(mat(blinker, turn), i0, i1, .30, .35)
		back(mat(blinker, turn), i0, i1, belt-.26, belt-.20)
	}
}

// wheels adds four wheels with their axles at the given fractions of the length.
func wheels(b *builder, class Class, rear, front float32) {
	tire := Material{Color: rubber, Class: class}
	hub := Material{Color: rim, Class: class}
	for _, ax := range [...]float32{rear - .5, front - .5} {
		for _, s := range [...]float32{-1, 1} {
			// Wheels stretch with the body: .073 of the length equals about .22 of the
			// height.
			wheel(b, tire, at(ax, s*.495, .22), .077, .22, s)
			wheel(b, hub, at(ax, s*.499, .22), .046, .13, s)
		}
		b.face(tire, at(ax+.06, -.49, .02), at(ax+.06, .49, .02), at(ax+.06, .49, .2), at(ax+.06, -.49, .2))
		b.face(tire, at(ax-.06, .49, .02), at(ax-.06, -.49, .02), at(ax-.06, -.49, .2), at(ax-.06, .49, .2))
	}
}

// wheel adds an ellipse facing sideways.
func wheel(b *builder, m Material, c Vec3, rx, rz, side float32) {
	const n = 10
	unit := builder{}
	unit.disc(m, Vec3{}, 1, side)
	pts := make([]Vec3, 0, n)
	for _, v := range unit.mesh.Verts {
		pts = append(pts, Vec3{X: c.X + rx*v.X, Y: c.Y, Z: c.Z + rz*v.Z})
	}
	b.face(m, pts...)
}

// truckBody returns a truck of unit size: a cab and a box.
func truckBody() *Mesh {
	b := &builder{}
	cab := Material{Slot: First, Class: Truck}
	cargo := Material{Slot: Second, Class: Truck}
	dark := Material{Color: trim, Class: Truck}
	glass := Material{Color: glazing, Texture: Glass, Class: Truck}
	b.box(cab, block{.28, .49, -.46, .46, .12, .78})
	b.box(cargo, block{-.49, .26, -.5, .5, .27, 1})
	b.sides(dark, block{-.49, .48, -.44, .44, .12, .27})
	b.face(glass, at(.493, -.42, .46), at(.493, .42, .46), at(.491, .42, .72), at(.491, -.42, .72))
	for _, s := range [...]float32{-1, 1} {
		sidePanel(b, glass, s, at(.34, .462, .48), at(.47, .462, .46), at(.47, .462, .70), at(.34, .462, .70))
		axles(b, Truck, s, -.36, -.24, .38)
	}
	heavyLights(b, Truck, .16, .24)
	return b.build()
}

// busBody returns a bus of unit size.
func busBody() *Mesh {
	b := &builder{}
	body := Material{Slot: First, Class: Truck}
	glass := Material{Color: glazing, Texture: Glass, Class: Truck}
	b.box(body, block{-.49, .49, -.49, .49, .1, 1})
	b.face(glass, at(.494, -.45, .38), at(.494, .45, .38), at(.494, .45, .86), at(.494, -.45, .86))
	b.face(glass, at(-.494, .4, .5), at(-.494, -.4, .5), at(-.494, -.4, .84), at(-.494, .4, .84))
	for _, s := range [...]float32{-1, 1} {
		for i := range 6 {
			x0 := -.47 + .16*float32(i)
			sidePanel(b, glass, s, at(x0, .493, .46), at(x0+.145, .493, .46), at(x0+.145, .493, .84), at(x0, .493, .84))
		}
		axles(b, Truck, s, -.25, .30)
	}
	heavyLights(b, Truck, .14, .24)
	return b.build()
}

// axles adds wheels to one side of a heavy vehicle.
func axles(b *builder, class Class, side float32, xs ...float32) {
	for _, x := range xs {
		wheel(b, Material{Color: rubber, Class: class}, at(x, side*.502, .14), .058, .14, side)
		wheel(b, Material{Color: rim, Class: class}, at(x, side*.505, .14), .03, .07, side)
	}
}

// heavyLights adds the lamps of trucks and buses between two heights.
func heavyLights(b *builder, class Class, z0, z1 float32) {
	mat := func(c RGB, l Lamp) Material { return Material{Color: c, Class: class, Lamp: l} }
	for _, s := range [...]float32{-1, 1} {
		turn := LeftLamp
		if s < 0 {
			turn = RightLamp
		}
		for _, l := range []struct {
			m      Material
			y0, y1 float32
		}{{mat(tailRed, BrakeLamp|TailLamp), .26, .40}, {mat(blinker, turn), .41, .47}} {
			y0, y1 := min(s*l.y0, s*l.y1), max(s*l.y0, s*l.y1)
			b.face(l.m, at(-.497, y1, z0), at(-.497, y0, z0), at(-.497, y0, z1), at(-.497, y1, z1))
		}
		y0, y1 := min(s*.28, s*.44), max(s*.28, s*.44)
		b.face(mat(headlamp, HeadLamp), at(.497, y0, z0), at(.497, y1, z0), at(.497, y1, z1), at(.497, y0, z1))
	}
}
