package scene

// Colors of heavy vehicles.
var (
	whitePanel = RGB{.80, .80, .78}
	tarpaulin  = RGB{.34, .36, .40}
	aluminium  = RGB{.60, .61, .62}
	timber     = RGB{.42, .33, .24}
)

// cargo is what a truck carries.
type cargo int

// Kinds of cargo.
const (
	boxCargo     cargo = iota // a closed box with rear doors
	curtainCargo              // a trailer with curtains
	tipperCargo               // an open steel body
	tankCargo                 // a round tank
	flatCargo                 // a flatbed with a low load
)

// heavySpec describes a truck or bus: x in fractions of the length (rear 0, front 1), z in
// fractions of the height.
type heavySpec struct {
	load          cargo
	cab, bed      float32   // x of the cab's rear and of the cargo's front
	cabTop        float32   // z
	floor         float32   // z of the cargo's lower edge
	axles         []float32 // x
	wheel         float32   // radius in fractions of the height
	length, width float64   // usual size, m
	height        float64
}

// truckSpecs are the bodies of trucks.
var truckSpecs = []heavySpec{
	{load: boxCargo, cab: .78, bed: .76, cabTop: .80, floor: .26, axles: []float32{.20, .86}, wheel: .13, length: 8.6, width: 2.5, height: 3.6},
	{load: curtainCargo, cab: .86, bed: .84, cabTop: .93, floor: .28, axles: []float32{.12, .20, .28, .72, .93}, wheel: .125, length: 16.0, width: 2.55, height: 4.0},
	{load: boxCargo, cab: .72, bed: .70, cabTop: .72, floor: .24, axles: []float32{.22, .85}, wheel: .13, length: 6.4, width: 2.2, height: 3.0},
	{load: tipperCargo, cab: .74, bed: .72, cabTop: 1, floor: .34, axles: []float32{.14, .28, .85}, wheel: .16, length: 8.0, width: 2.5, height: 3.1},
	{load: boxCargo, cab: .86, bed: .84, cabTop: .90, floor: .28, axles: []float32{.12, .20, .28, .72, .93}, wheel: .125, length: 15.0, width: 2.55, height: 4.0},
	{load: tankCargo, cab: .83, bed: .81, cabTop: 1, floor: .32, axles: []float32{.12, .22, .70, .91}, wheel: .14, length: 13.0, width: 2.5, height: 3.4},
	{load: flatCargo, cab: .76, bed: .74, cabTop: 1, floor: .36, axles: []float32{.20, .86}, wheel: .17, length: 8.2, width: 2.4, height: 2.8},
}

// heavyParts adds the parts of a heavy vehicle.
type heavyParts struct {
	*builder
	spec *heavySpec
}

func heavyMaterial(c RGB, l Lamp) Material { return Material{Color: c, Class: Truck, Lamp: l} }

// detailedTruck returns a truck of unit size.
func detailedTruck(p *heavySpec) *Mesh {
	t := heavyParts{&builder{}, p}
	t.truckCab()
	t.cargo()
	t.chassis(.46)
	t.truckTail()
	return t.build()
}

// truckCab adds the cab with its glass, grille, lamps and mirrors.
func (t heavyParts) truckCab() {
	p := t.spec
	cab := Material{Slot: First, Class: Truck}
	glass := Material{Color: glazing, Texture: Glass, Class: Truck}
	r, top := p.cab-.5, p.cabTop
	const w, low = .475, float32(.11)
	waist := low + (top-low)*.50
	t.face(cab, at(.494, -w, low), at(.494, w, low), at(.488, w, top), at(.488, -w, top))
	t.face(cab, at(r, w, low), at(r, -w, low), at(r, -w, top), at(r, w, top))
	t.both(cab, at(r, w, low), at(.494, w, low), at(.488, w, top), at(r, w, top))
	t.face(cab, at(r, -w, top), at(.488, -w, top), at(.488, w, top), at(r, w, top))
	t.face(glass, at(.4975, -.44, waist), at(.4975, .44, waist), at(.494, .44, top-.09), at(.494, -.44, top-.09))
	long := .488 - r
	t.both(glass, at(r+.35*long, w+.004, waist), at(.478, w+.004, waist-.03), at(.474, w+.004, top-.10), at(r+.35*long, w+.004, top-.10))
	dark := heavyMaterial(cladding, 0)
	t.face(dark, at(.499, -.30, low+.06), at(.499, .30, low+.06), at(.4975, .30, waist-.05), at(.4975, -.30, waist-.05))
	t.face(heavyMaterial(darkGap, 0), at(.4985, -w, low), at(.4985, w, low), at(.4985, w, low+.045), at(.4985, -w, low+.045))
	for _, s := range [...]float32{-1, 1} {
		y0, y1 := min(s*.32, s*.45), max(s*.32, s*.45)
		t.face(heavyMaterial(clearLamp, HeadLamp), at(.4995, y0, low+.055), at(.4995, y1, low+.055), at(.4985, y1, low+.12), at(.4985, y0, low+.12))
		a0, a1 := min(s*.455, s*.472), max(s*.455, s*.472)
		t.face(heavyMaterial(amber, ofSide(s)), at(.4995, a0, low+.06), at(.4995, a1, low+.06), at(.4985, a1, low+.12), at(.4985, a0, low+.12))
		m0, m1 := min(s*.485, s*.525), max(s*.485, s*.525)
		t.sides(dark, block{.475, .483, m0, m1, top - .26, top - .10})
	}
	t.face(heavyMaterial(plate, 0), at(.4998, -.10, low+.005), at(.4998, .10, low+.005), at(.4998, .10, low+.035), at(.4998, -.10, low+.035))
}

// cargo adds the body behind the cab.
func (t heavyParts) cargo() {
	p := t.spec
	body := Material{Slot: Second, Class: Truck}
	front := p.bed - .5
	const rear, w = -.492, .5
	switch p.load {
	case tankCargo:
		t.tank(heavyMaterial(aluminium, 0), rear+.01, front-.02, p.floor, .97)
	case flatCargo:
		t.box(heavyMaterial(timber, 0), block{rear, front, -w, w, p.floor - .06, p.floor})
		t.box(body, block{rear + .12, front - .12, -.4, .4, p.floor, p.floor + .3})
		t.box(heavyMaterial(cladding, 0), block{front - .02, front, -w, w, p.floor, p.floor + .3})
	case tipperCargo:
		t.box(body, block{rear, front, -w, w, p.floor, .82})
		t.top(heavyMaterial(soil, 0), block{rear + .02, front - .02, -.46, .46, 0, .825})
		rib := heavyMaterial(cladding, 0)
		for i := range 5 {
			x := rear + .05 + (front-rear-.1)*float32(i)/4
			t.both(rib, at(x-.006, w+.004, p.floor), at(x+.006, w+.004, p.floor), at(x+.006, w+.004, .82), at(x-.006, w+.004, .82))
		}
	default:
		t.box(body, block{rear, front, -w, w, p.floor, 1})
		if p.load == curtainCargo { // ropes and the beam above the curtain
			rope := heavyMaterial(RGB{.38, .39, .40}, 0)
			for i := range 7 {
				x := rear + (front-rear)*(float32(i)+.5)/7
				t.both(rope, at(x-.002, w+.004, p.floor), at(x+.002, w+.004, p.floor), at(x+.002, w+.004, .93), at(x-.002, w+.004, .93))
			}
		}
		frame := heavyMaterial(aluminium, 0)
		t.both(frame, at(rear, w+.006, p.floor), at(front, w+.006, p.floor), at(front, w+.006, p.floor+.025), at(rear, w+.006, p.floor+.025))
		t.both(frame, at(rear, w+.006, .97), at(front, w+.006, .97), at(front, w+.006, .995), at(rear, w+.006, .995))
	}
}

// tank adds a cylinder along x.
func (t heavyParts) tank(m Material, x0, x1, z0, z1 float32) {
	ring := [...][2]float32{{.24, 0}, {.47, .2}, {.5, .5}, {.44, .82}, {.2, 1}, {-.2, 1}, {-.44, .82}, {-.5, .5}, {-.47, .2}, {-.24, 0}}
	z := func(f float32) float32 { return z0 + (z1-z0)*f }
	end := make([]Vec3, len(ring))
	for i, a := range ring {
		e := ring[(i+1)%len(ring)]
		t.face(m, at(x1, a[0], z(a[1])), at(x0, a[0], z(a[1])), at(x0, e[0], z(e[1])), at(x1, e[0], z(e[1])))
		end[len(ring)-1-i] = at(x0, a[0], z(a[1]))
	}
	t.face(m, end...)
}

// chassis adds frame, wheels and side guards below a body of the given half width.
func (t heavyParts) chassis(w float32) {
	p := t.spec
	dark := heavyMaterial(darkGap, 0)
	t.sides(dark, block{-.485, .47, -.30, .30, .10, p.floor})
	t.face(dark, at(-.47, -.42, .01), at(.47, -.42, .01), at(.47, .42, .01), at(-.47, .42, .01))
	guard := heavyMaterial(tarpaulin, 0)
	last := p.axles[len(p.axles)-2] - .5
	if front := p.axles[len(p.axles)-1] - .5; front-last > .3 {
		t.both(guard, at(last+.09, w, .14), at(front-.09, w, .14), at(front-.09, w, p.floor-.03), at(last+.09, w, p.floor-.03))
	}
	k := float32(p.height/p.length) * p.wheel
	tire, hub := heavyMaterial(rubber, 0), heavyMaterial(rim, 0)
	for _, f := range p.axles {
		x := f - .5
		for _, s := range [...]float32{-1, 1} {
			wheel(t.builder, tire, at(x, s*(w+.02), p.wheel), k, p.wheel, s)
			wheel(t.builder, hub, at(x, s*(w+.025), p.wheel), .55*k, .55*p.wheel, s)
			y0, y1 := min(s*.26, s*w), max(s*.26, s*w)
			t.face(tire, at(x-.8*k, y1, 0), at(x-.8*k, y0, 0), at(x-.8*k, y0, .9*p.wheel), at(x-.8*k, y1, .9*p.wheel))
			t.face(tire, at(x+.8*k, y0, 0), at(x+.8*k, y1, 0), at(x+.8*k, y1, .9*p.wheel), at(x+.8*k, y0, .9*p.wheel))
		}
	}
}

// onBack adds a rectangle just behind the tail.
func (t heavyParts) onBack(m Material, y0, y1, z0, z1, x float32) {
	t.face(m, at(x, y1, z0), at(x, y0, z0), at(x, y0, z1), at(x, y1, z1))
}

// truckTail adds doors, bumper, lamps and plate.
func (t heavyParts) truckTail() {
	p := t.spec
	dark := heavyMaterial(darkGap, 0)
	if p.load == boxCargo || p.load == curtainCargo { // doors: frame, gap, bars
		frame := heavyMaterial(aluminium, 0)
		for _, y := range [...]float32{-.5, -.008, .46} {
			m, width := frame, float32(.04)
			if y > -.1 && y < .1 {
				m, width = dark, .016
			}
			t.onBack(m, y, y+width, p.floor, 1, -.4935)
		}
		t.onBack(frame, -.46, .46, p.floor, p.floor+.03, -.4938)
		t.onBack(frame, -.46, .46, .965, 1, -.4938)
		for _, y := range [...]float32{-.26, -.13, .12, .25} {
			t.onBack(heavyMaterial(chrome, 0), y, y+.012, p.floor+.04, .96, -.4945)
		}
	}
	t.onBack(dark, -.46, .46, .125, .185, -.496)
	for _, s := range [...]float32{-1, 1} {
		y0, y1 := min(s*.30, s*.42), max(s*.30, s*.42)
		t.onBack(heavyMaterial(tailRed, BrakeLamp|TailLamp), y0, y1, p.floor-.075, p.floor-.02, -.4965)
		a0, a1 := min(s*.425, s*.47), max(s*.425, s*.47)
		t.onBack(heavyMaterial(amber, ofSide(s)), a0, a1, p.floor-.075, p.floor-.02, -.4965)
		f0, f1 := min(s*.27, s*.45), max(s*.27, s*.45)
		t.onBack(heavyMaterial(rubber, 0), f0, f1, .02, .12, -.47) // mud flaps
	}
	t.onBack(heavyMaterial(plate, 0), -.10, .10, .135, .17, -.4972)
}

// busSpecs are the bodies of buses: city bus, coach, school bus.
var busSpecs = []heavySpec{
	{floor: .12, axles: []float32{.25, .78}, wheel: .155, length: 11.8, width: 2.55, height: 3.1},
	{floor: .42, axles: []float32{.22, .29, .80}, wheel: .145, length: 13.0, width: 2.55, height: 3.6},
	{floor: .34, axles: []float32{.24, .80}, wheel: .16, length: 10.2, width: 2.4, height: 3.0},
}

// detailedBus returns a bus of unit size. The floor of its specification is the lower edge of
// its windows.
func detailedBus(p *heavySpec) *Mesh {
	t := heavyParts{&builder{}, p}
	body := Material{Slot: First, Class: Truck}
	glass := Material{Color: glazing, Texture: Glass, Class: Truck}
	band := Material{Slot: Second, Class: Truck}
	const w, low = .48, float32(.10)
	t.box(body, block{-.49, .49, -w, w, low, 1})
	waist := max(p.floor, .36)
	t.both(heavyMaterial(darkGap, 0), at(-.47, w+.004, waist-.02), at(.485, w+.004, waist-.02), at(.485, w+.004, .86), at(-.47, w+.004, .86))
	n := 5 + int(p.length-10)/2
	for i := range n {
		a, e := -.46+.93*float32(i)/float32(n)+.006, -.46+.93*float32(i+1)/float32(n)-.006
		t.both(glass, at(a, w+.008, waist), at(e, w+.008, waist), at(e, w+.008, .84), at(a, w+.008, .84))
	}
	t.both(band, at(-.49, w+.005, waist-.13), at(.489, w+.005, waist-.13), at(.489, w+.005, waist-.07), at(-.49, w+.005, waist-.07))
	t.face(glass, at(.4935, -.45, waist-.08), at(.4935, .45, waist-.08), at(.4935, .45, .84), at(.4935, -.45, .84))
	t.face(heavyMaterial(darkGap, 0), at(.4935, -.40, .87), at(.4935, .40, .87), at(.4935, .40, .97), at(.4935, -.40, .97))
	t.face(heavyMaterial(RGB{.85, .55, .1}, 0), at(.4945, -.28, .89), at(.4945, .28, .89), at(.4945, .28, .95), at(.4945, -.28, .95))
	t.face(heavyMaterial(cladding, 0), at(.4938, -w, low), at(.4938, w, low), at(.4938, w, low+.06), at(.4938, -w, low+.06))
	t.onBack(glass, -.40, .40, max(waist, .48), .84, -.4935)
	t.onBack(heavyMaterial(cladding, 0), -.34, .34, .17, .40, -.4935) // engine
	t.onBack(heavyMaterial(cladding, 0), -w, w, low, low+.05, -.4938)
	t.onBack(heavyMaterial(plate, 0), -.10, .10, .185, .215, -.4950)
	for _, s := range [...]float32{-1, 1} {
		y0, y1 := min(s*.38, s*.47), max(s*.38, s*.47)
		t.onBack(heavyMaterial(tailRed, BrakeLamp|TailLamp), y0, y1, .22, .38, -.4945)
		t.onBack(heavyMaterial(amber, ofSide(s)), y0, y1, .165, .215, -.4945)
		h0, h1 := min(s*.30, s*.45), max(s*.30, s*.45)
		t.face(heavyMaterial(clearLamp, HeadLamp), at(.4948, h0, .18), at(.4948, h1, .18), at(.4948, h1, .245), at(.4948, h0, .245))
		m0, m1 := min(s*.49, s*.525), max(s*.49, s*.525)
		t.sides(heavyMaterial(cladding, 0), block{.47, .478, m0, m1, .58, .74})
	}
	under := *p
	under.floor = .12
	heavyParts{t.builder, &under}.busChassis()
	return t.build()
}

// busChassis adds the wheels and the shade below a bus.
func (t heavyParts) busChassis() {
	p := t.spec
	dark := heavyMaterial(darkGap, 0)
	t.face(dark, at(-.47, -.42, .01), at(.47, -.42, .01), at(.47, .42, .01), at(-.47, .42, .01))
	k := float32(p.height/p.length) * p.wheel
	for _, f := range p.axles {
		x := f - .5
		for _, s := range [...]float32{-1, 1} {
			arch := []Vec3{at(x-1.3*k, .484, .1), at(x+1.3*k, .484, .1), at(x+1.1*k, .484, 1.9*p.wheel), at(x+.6*k, .484, 2.2*p.wheel), at(x-.6*k, .484, 2.2*p.wheel), at(x-1.1*k, .484, 1.9*p.wheel)}
			sidePanel(t.builder, dark, s, arch...)
			wheel(t.builder, heavyMaterial(rubber, 0), at(x, s*.488, p.wheel), k, p.wheel, s)
			wheel(t.builder, heavyMaterial(rim, 0), at(x, s*.492, p.wheel), .55*k, .55*p.wheel, s)
			y0, y1 := min(s*.26, s*.47), max(s*.26, s*.47)
			t.face(heavyMaterial(rubber, 0), at(x-.8*k, y1, 0), at(x-.8*k, y0, 0), at(x-.8*k, y0, .12), at(x-.8*k, y1, .12))
			t.face(heavyMaterial(rubber, 0), at(x+.8*k, y0, 0), at(x+.8*k, y1, 0), at(x+.8*k, y1, .12), at(x+.8*k, y0, .12))
		}
	}
}
