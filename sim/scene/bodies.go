package scene

// Colors of vehicle parts.
var (
	darkGap   = RGB{.025, .025, .03}
	cladding  = RGB{.13, .13, .14}
	chrome    = RGB{.62, .63, .65}
	reflector = RGB{.50, .04, .03}
	clearLamp = RGB{.72, .75, .78}
	amber     = RGB{.78, .42, .10}
)

// Style of the tail lamps of a body.
type tailStyle int

// Tail lamps.
const (
	wideTail tailStyle = iota // across the corners
	tallTail                  // upright at the rear pillars
	slimTail                  // narrow, often with a light bar between them
)

// carSpec describes the body of a passenger car or van: x in fractions of the length (rear
// bumper 0, front bumper 1), z in fractions of the height.
type carSpec struct {
	cowl, roofFront, roofRear, rear float32 // x of the glass: windshield, roof, rear window
	nose, belt, deck                float32 // z of the hood's front edge, the window sills and the tail's upper edge
	tumble                          float32 // ratio of roof width to body width
	tail                            tailStyle
	windows                         int  // on each side
	clad, bed, rails                bool // dark lower body, open cargo bed, roof rails
	axles                           [2]float32
	length, width, height           float64 // usual size, m
}

// carSpecs are the bodies of passenger cars.
var carSpecs = []carSpec{
	// Sedans.
	{cowl: .70, roofFront: .55, roofRear: .30, rear: .17, nose: .50, belt: .64, deck: .63, tumble: .74, windows: 2, axles: [2]float32{.20, .80}, length: 4.75, width: 1.83, height: 1.45},
	{cowl: .68, roofFront: .52, roofRear: .30, rear: .13, nose: .49, belt: .65, deck: .66, tumble: .70, tail: slimTail, windows: 2, axles: [2]float32{.21, .80}, length: 4.95, width: 1.88, height: 1.46},
	{cowl: .69, roofFront: .56, roofRear: .29, rear: .18, nose: .52, belt: .63, deck: .60, tumble: .78, tail: wideTail, windows: 2, axles: [2]float32{.20, .79}, length: 4.45, width: 1.72, height: 1.42},
	// Hatchbacks.
	{cowl: .74, roofFront: .58, roofRear: .13, rear: .04, nose: .50, belt: .61, deck: .60, tumble: .78, windows: 2, axles: [2]float32{.17, .80}, length: 4.20, width: 1.78, height: 1.47},
	{cowl: .76, roofFront: .61, roofRear: .08, rear: .02, nose: .50, belt: .58, deck: .57, tumble: .82, tail: tallTail, windows: 2, axles: [2]float32{.15, .82}, length: 3.65, width: 1.64, height: 1.52},
	// Estate cars.
	{cowl: .71, roofFront: .56, roofRear: .08, rear: .03, nose: .50, belt: .63, deck: .61, tumble: .77, tail: wideTail, windows: 3, rails: true, axles: [2]float32{.19, .81}, length: 4.75, width: 1.82, height: 1.48},
	// Sport utility vehicles.
	{cowl: .73, roofFront: .60, roofRear: .09, rear: .03, nose: .53, belt: .60, deck: .58, tumble: .82, windows: 3, clad: true, rails: true, axles: [2]float32{.18, .81}, length: 4.60, width: 1.88, height: 1.68},
	{cowl: .72, roofFront: .60, roofRear: .06, rear: .02, nose: .55, belt: .59, deck: .57, tumble: .86, tail: tallTail, windows: 3, axles: [2]float32{.19, .81}, length: 4.95, width: 1.98, height: 1.80},
	{cowl: .71, roofFront: .57, roofRear: .14, rear: .05, nose: .52, belt: .63, deck: .62, tumble: .77, tail: slimTail, windows: 2, clad: true, axles: [2]float32{.18, .81}, length: 4.35, width: 1.80, height: 1.57},
	// People carrier.
	{cowl: .82, roofFront: .66, roofRear: .05, rear: .01, nose: .46, belt: .55, deck: .54, tumble: .82, tail: tallTail, windows: 3, axles: [2]float32{.18, .82}, length: 4.85, width: 1.90, height: 1.75},
	// Pickups.
	{cowl: .72, roofFront: .61, roofRear: .40, rear: .38, nose: .54, belt: .61, deck: .60, tumble: .80, tail: tallTail, windows: 2, bed: true, clad: true, axles: [2]float32{.21, .81}, length: 5.45, width: 1.95, height: 1.83},
	{cowl: .73, roofFront: .63, roofRear: .46, rear: .44, nose: .55, belt: .62, deck: .61, tumble: .82, tail: tallTail, windows: 1, bed: true, axles: [2]float32{.20, .82}, length: 5.70, width: 2.02, height: 1.90},
}

// vanSpecs are the bodies of vans: panel vans and minibuses.
var vanSpecs = []carSpec{
	{cowl: .88, roofFront: .77, roofRear: .02, rear: .01, nose: .40, belt: .50, deck: .49, tumble: .92, tail: tallTail, windows: 1, axles: [2]float32{.20, .83}, length: 5.30, width: 2.00, height: 2.30},
	{cowl: .88, roofFront: .76, roofRear: .03, rear: .01, nose: .41, belt: .52, deck: .51, tumble: .90, tail: tallTail, windows: 3, axles: [2]float32{.20, .82}, length: 5.10, width: 1.92, height: 1.98},
	{cowl: .90, roofFront: .80, roofRear: .02, rear: .01, nose: .36, belt: .44, deck: .43, tumble: .93, tail: tallTail, windows: 1, clad: true, axles: [2]float32{.22, .84}, length: 5.95, width: 2.03, height: 2.60},
}

// Measures that all bodies have: z of sill and shoulder, half widths, bevel of the corners.
const (
	sillZ, shoulderZ = .17, .40
	sideY, sillY     = .485, .452
	cornerX, cornerY = .035, .40
)

// rearX returns x of the tail at height z: inclined above the shoulder, drawn in below.
func (p *carSpec) rearX(z float32) float32 {
	if z < shoulderZ {
		return -.497 + .04*(shoulderZ-z)
	}
	return -.497 + min(p.rear, .16)*.35*(z-shoulderZ)/(p.deck-shoulderZ)
}

// frontX returns x of the front at height z.
func (p *carSpec) frontX(z float32) float32 {
	if z < .34 {
		return .497 - .05*(.34-z)
	}
	return .497 - .03*(z-.34)/(p.nose-.34)
}

// both adds a polygon of the left side and its mirror image. The points run from rear to
// front along the bottom and back along the top.
func (b *builder) both(m Material, pts ...Vec3) {
	sidePanel(b, m, 1, pts...)
	sidePanel(b, m, -1, pts...)
}

// detailedCar returns a car of unit size, with parts that catch the eye at a distance: glass,
// lamps, plates, bumpers, wheels and the gap under the body.
func detailedCar(p *carSpec, class Class) *Mesh {
	b := &builder{}
	c := carParts{builder: b, spec: p, class: class, paint: Material{Slot: First, Class: class}}
	c.lower = c.paint
	if p.clad {
		c.lower = Material{Color: cladding, Class: class}
	}
	c.hull()
	c.cabin()
	c.rear()
	c.front()
	c.side()
	for i, ax := range p.axles {
		c.axle(ax-.5, i == 0)
	}
	dark := Material{Color: darkGap, Class: class}
	b.face(dark, at(-.41, -.43, .015), at(.41, -.43, .015), at(.41, .43, .015), at(-.41, .43, .015))
	return b.build()
}

// carParts adds the parts of a car.
type carParts struct {
	*builder
	spec         *carSpec
	class        Class
	paint, lower Material
}

// of returns a plain material.
func (c *carParts) of(color RGB, l Lamp) Material {
	return Material{Color: color, Class: c.class, Lamp: l}
}

// glass returns the material of windows.
func (c *carParts) glass() Material { return Material{Color: glazing, Texture: Glass, Class: c.class} }

// ring adds the wall of the body between two heights: tail, nose, sides and bevelled corners.
func (c *carParts) ring(m Material, z0, z1, y0, y1, front1 float32) {
	p := c.spec
	r0, r1, f0, f1 := p.rearX(z0), p.rearX(z1), p.frontX(z0), p.frontX(min(z1, front1))
	fz := min(z1, front1)
	k0, k1 := y0-sideY+cornerY, y1-sideY+cornerY
	c.face(m, at(r0, k0, z0), at(r0, -k0, z0), at(r1, -k1, z1), at(r1, k1, z1))
	c.face(m, at(f0, -k0, z0), at(f0, k0, z0), at(f1, k1, fz), at(f1, -k1, fz))
	c.both(m, at(r0+cornerX, y0, z0), at(f0-cornerX, y0, z0), at(f1-cornerX, y1, fz), at(p.cowl-.5, y1, z1), at(r1+cornerX, y1, z1))
	for _, s := range [...]float32{-1, 1} {
		sidePanel(c.builder, m, s, at(r0, k0, z0), at(r0+cornerX, y0, z0), at(r1+cornerX, y1, z1), at(r1, k1, z1))
		sidePanel(c.builder, m, s, at(f0-cornerX, y0, z0), at(f0, k0, z0), at(f1, k1, fz), at(f1-cornerX, y1, fz))
	}
}

// hull adds the body below the windows.
func (c *carParts) hull() {
	p := c.spec
	c.ring(c.lower, sillZ, shoulderZ, sillY, sideY, 1)
	c.ring(c.paint, shoulderZ, p.belt, sideY, sideY, p.nose)
	f, cowl := p.frontX(p.nose), p.cowl-.5
	c.face(c.paint, at(f-cornerX, -sideY, p.nose), at(f, -cornerY, p.nose), at(f, cornerY, p.nose), at(f-cornerX, sideY, p.nose))
	c.face(c.paint, at(f-cornerX, -sideY, p.nose), at(f-cornerX, sideY, p.nose), at(cowl, sideY, p.belt), at(cowl, -sideY, p.belt))
	r, glass := p.rearX(p.belt), p.rear-.5
	deck := c.paint
	if p.bed {
		deck = c.of(cladding, 0)
	}
	c.face(deck, at(r, -cornerY, p.belt), at(r+cornerX, -sideY, p.belt), at(r+cornerX, sideY, p.belt), at(r, cornerY, p.belt))
	if glass > r+cornerX {
		c.face(deck, at(r+cornerX, -sideY, p.belt), at(glass, -sideY, p.belt), at(glass, sideY, p.belt), at(r+cornerX, sideY, p.belt))
	}
}

// cabin adds glass, pillars and roof.
func (c *carParts) cabin() {
	p := c.spec
	const base = sideY - .012
	t := sideY * p.tumble
	w, rf, rr, r := p.cowl-.5, p.roofFront-.5, p.roofRear-.5, max(p.rear-.5, p.rearX(p.belt)+.005)
	mid := (rf + rr) / 2
	c.face(c.glass(), at(w, -base, p.belt), at(w, base, p.belt), at(rf, t, .965), at(rf, -t, .965))
	c.face(c.paint, at(rf, -t, .965), at(rf, t, .965), at(mid, t, 1), at(mid, -t, 1))
	c.face(c.paint, at(mid, -t, 1), at(mid, t, 1), at(rr, t, .98), at(rr, -t, .98))
	rearGlass := c.glass()
	if c.class == Car && p.windows == 1 && !p.bed { // a panel van has doors instead
		rearGlass = c.paint
	}
	c.face(rearGlass, at(r, base, p.belt), at(r, -base, p.belt), at(rr, -t, .98), at(rr, t, .98))
	c.both(c.paint, at(r, base, p.belt), at(w, base, p.belt), at(rf, t, .965), at(rr, t, .98))
	c.windows(r, w, rf, rr, base, t)
	// The third brake lamp, at the upper edge of the rear window.
	x := func(z float32) float32 { return r + (rr-r)*(z-p.belt)/(.98-p.belt) - .004 }
	c.face(c.of(reflector, BrakeLamp), at(x(.925), .07, .925), at(x(.925), -.07, .925), at(x(.95), -.07, .95), at(x(.95), .07, .95))
	if p.rails {
		rail := c.of(chrome, 0)
		c.both(rail, at(rr+.03, t, .972), at(rf-.03, t, .972), at(rf-.03, t-.002, .997), at(rr+.03, t-.002, .997))
	}
}

// windows adds the side windows, with pillars between them.
func (c *carParts) windows(r, w, rf, rr, base, t float32) {
	p := c.spec
	lo, hi := p.belt+.025, float32(.93)
	f := (hi - p.belt) / (.97 - p.belt)
	y := func(z float32) float32 { return base + (t-base)*(z-p.belt)/(.97-p.belt) + .005 }
	lower, upper := [2]float32{r + .035, w - .03}, [2]float32{r + (rr-r)*f + .03, w + (rf-w)*f - .015}
	n, reach := p.windows, p.windows
	if c.class == Car && n == 1 && !p.bed { // only the front door has one
		lower[0], upper[0] = w-.17, w-.17
	}
	for i := range n {
		a, e := float32(i)/float32(reach), float32(i+1)/float32(reach)
		cut := func(s [2]float32, k float32) float32 { return s[0] + (s[1]-s[0])*k }
		const pillar = .006
		c.both(c.glass(), at(cut(lower, a)+pillar, y(lo), lo), at(cut(lower, e)-pillar, y(lo), lo), at(cut(upper, e)-pillar, y(hi), hi), at(cut(upper, a)+pillar, y(hi), hi))
	}
}

// onTail adds a rectangle just behind the tail.
func (c *carParts) onTail(m Material, y0, y1, z0, z1, out float32) {
	p := c.spec
	c.face(m, at(p.rearX(z0)-out, y1, z0), at(p.rearX(z0)-out, y0, z0), at(p.rearX(z1)-out, y0, z1), at(p.rearX(z1)-out, y1, z1))
}

// onNose adds a rectangle just before the front.
func (c *carParts) onNose(m Material, y0, y1, z0, z1, out float32) {
	p := c.spec
	c.face(m, at(p.frontX(z0)+out, y0, z0), at(p.frontX(z0)+out, y1, z0), at(p.frontX(z1)+out, y1, z1), at(p.frontX(z1)+out, y0, z1))
}

// ofSide returns the indicator lamp of a side.
func ofSide(s float32) Lamp {
	if s < 0 {
		return RightLamp
	}
	return LeftLamp
}

// rear adds lamps, bumper and plate of the tail.
func (c *carParts) rear() {
	p := c.spec
	red, turn := c.of(tailRed, BrakeLamp|TailLamp), p.deck
	lamp := [4]float32{.24, .40, turn - .17, turn - .05} // y and z
	switch p.tail {
	case tallTail:
		lamp = [4]float32{.31, .40, turn - .24, turn - .01}
	case slimTail:
		lamp = [4]float32{.16, .40, turn - .13, turn - .055}
		c.onTail(c.of(reflector, TailLamp), -.16, .16, turn-.11, turn-.075, .004)
	}
	for _, s := range [...]float32{-1, 1} {
		y0, y1 := min(s*lamp[0], s*lamp[1]), max(s*lamp[0], s*lamp[1])
		c.onTail(red, y0, y1, lamp[2], lamp[3], .004)
		i0, i1 := min(s*lamp[0], s*(lamp[0]+.05)), max(s*lamp[0], s*(lamp[0]+.05))
		c.onTail(c.of(amber, ofSide(s)), i0, i1, lamp[2]+.012, lamp[2]+.05, .006)
		// The lamp goes around the corner.
		k0, k1 := p.rearX(lamp[2]), p.rearX(lamp[3])
		sidePanel(c.builder, red, s, at(k0-.004, cornerY+.003, lamp[2]), at(k0+cornerX, sideY+.004, lamp[2]), at(k1+cornerX, sideY+.004, lamp[3]), at(k1-.004, cornerY+.003, lamp[3]))
		r0, r1 := min(s*.28, s*.39), max(s*.28, s*.39)
		c.onTail(c.of(reflector, 0), r0, r1, .285, .305, .008)
	}
	c.onTail(c.of(cladding, 0), -.40, .40, sillZ+.002, .265, .003)
	plateZ := p.deck - .16
	if p.tail == tallTail || p.bed {
		plateZ = .31
	}
	if p.tail == slimTail {
		plateZ = .33
	}
	c.onTail(c.of(darkGap, 0), -.17, .17, plateZ-.01, plateZ+.085, .003)
	c.onTail(c.of(plate, 0), -.14, .14, plateZ, plateZ+.072, .006)
	if p.deck > .55 && p.tail != slimTail { // a chrome strip above the plate
		c.onTail(c.of(chrome, 0), -.18, .18, p.deck-.055, p.deck-.04, .005)
	}
}

// front adds lamps, grille, bumper and plate.
func (c *carParts) front() {
	p := c.spec
	for _, s := range [...]float32{-1, 1} {
		y0, y1 := min(s*.25, s*.40), max(s*.25, s*.40)
		c.onNose(c.of(clearLamp, HeadLamp), y0, y1, p.nose-.12, p.nose-.03, .004)
		k := p.frontX(p.nose - .12)
		sidePanel(c.builder, c.of(clearLamp, HeadLamp), s, at(k-cornerX, sideY+.004, p.nose-.12), at(k+.004, cornerY+.003, p.nose-.12), at(k+.002, cornerY+.003, p.nose-.03), at(k-cornerX, sideY+.004, p.nose-.03))
		i0, i1 := min(s*.35, s*.395), max(s*.35, s*.395)
		c.onNose(c.of(amber, ofSide(s)), i0, i1, p.nose-.16, p.nose-.125, .005)
	}
	c.onNose(c.of(cladding, 0), -.22, .22, .335, p.nose-.03, .003)
	c.onNose(c.of(chrome, 0), -.21, .21, p.nose-.075, p.nose-.06, .006)
	c.onNose(c.of(darkGap, 0), -.34, .34, sillZ+.01, .25, .003)
	c.onNose(c.of(plate, 0), -.14, .14, .262, .325, .009)
}

// side adds mirrors and sills.
func (c *carParts) side() {
	p := c.spec
	x, z := p.cowl-.5-.035, p.belt+.012
	for _, s := range [...]float32{-1, 1} {
		y0, y1 := min(s*.487, s*.545), max(s*.487, s*.545)
		c.sides(c.paint, block{x - .012, x + .012, y0, y1, z, z + .075})
		c.top(c.paint, block{x - .012, x + .012, y0, y1, z, z + .075})
	}
	const y = sillY + .004
	c.both(c.of(darkGap, 0), at(p.axles[0]-.42, y, sillZ), at(p.axles[1]-.58, y, sillZ), at(p.axles[1]-.58, y+.007, sillZ+.05), at(p.axles[0]-.42, y+.007, sillZ+.05))
}

// axle adds the wheels of an axle with their arches.
func (c *carParts) axle(x float32, rear bool) {
	dark, tire, hub := c.of(darkGap, 0), c.of(rubber, 0), c.of(rim, 0)
	const radius = .205
	k := float32(c.spec.height/c.spec.length) * radius // of a round wheel, along the length
	for _, s := range [...]float32{-1, 1} {
		arch := make([]Vec3, 0, 7)
		for _, a := range [...][2]float32{{-1.28, 0}, {1.28, 0}, {1.2, .8}, {.7, 1.2}, {-.7, 1.2}, {-1.2, .8}} {
			arch = append(arch, at(x+a[0]*k, sideY+.004, sillZ+.01+a[1]*.19))
		}
		sidePanel(c.builder, dark, s, arch...)
		wheel(c.builder, tire, at(x, s*.492, radius), k, radius, s)
		wheel(c.builder, hub, at(x, s*.496, radius), .66*k, .66*radius, s)
		wheel(c.builder, dark, at(x, s*.499, radius), .22*k, .22*radius, s)
		y0, y1 := min(s*.36, s*.485), max(s*.36, s*.485)
		c.face(tire, at(x-.8*k, y1, .0), at(x-.8*k, y0, .0), at(x-.8*k, y0, .19), at(x-.8*k, y1, .19))
		c.face(tire, at(x+.8*k, y0, .0), at(x+.8*k, y1, .0), at(x+.8*k, y1, .19), at(x+.8*k, y0, .19))
	}
	if rear {
		c.face(dark, at(x, .36, .08), at(x, -.36, .08), at(x, -.36, .2), at(x, .36, .2))
	} else {
		c.face(dark, at(x, -.36, .08), at(x, .36, .08), at(x, .36, .2), at(x, -.36, .2))
	}
}
