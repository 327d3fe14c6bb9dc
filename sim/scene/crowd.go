package scene

import "math"

// outfit describes the clothes and bags of a pedestrian.
type outfit struct {
	coat     float32 // z of the lower edge of the jacket or coat, as a fraction of the height
	skirt    bool
	backpack bool
	bag      bool // in the left hand
	hood     bool
	longHair bool
	hat      bool
	build    float32 // width of the body, 1 is slim
}

// outfits are the looks of pedestrians.
var outfits = []outfit{
	{coat: .47, build: 1},
	{coat: .46, backpack: true, build: 1.05},
	{coat: .30, build: 1.1, bag: true},
	{coat: .50, skirt: true, longHair: true, build: .92, bag: true},
	{coat: .45, hood: true, build: 1.12},
	{coat: .28, longHair: true, build: 1},
	{coat: .48, hat: true, build: 1.2},
	{coat: .50, longHair: true, backpack: true, build: .95},
}

// hairColors are the colors of hair and hats.
var hairColors = []RGB{{.09, .07, .06}, {.22, .14, .08}, {.45, .33, .18}, {.55, .54, .52}}

// shaft adds a column between two ellipses with half sizes x and y, without its lower end.
func (b *builder) shaft(m Material, z0, x0, y0, z1, x1, y1 float32, middle Vec3) {
	const n = 6
	ring := func(z, rx, ry float32) (pts [n]Vec3) {
		for i := range pts {
			a := 2 * math.Pi * (float64(i) + .5) / n
			pts[i] = at(middle.X+rx*float32(math.Cos(a)), middle.Y+ry*float32(math.Sin(a)), middle.Z+z)
		}
		return pts
	}
	lo, hi := ring(z0, x0, y0), ring(z1, x1, y1)
	for i := range n {
		j := (i + 1) % n
		b.face(m, lo[i], lo[j], hi[j], hi[i])
	}
	b.face(m, hi[:]...)
}

// dressed returns a pedestrian of 1 m height in one phase of the gait, walking along +x.
// Colors: jacket, trousers, skin.
func dressed(o *outfit, phase int) *Mesh {
	b := &builder{}
	of := func(s Slot) Material { return Material{Slot: s, Class: Pedestrian} }
	jacket, legs, skin := of(First), of(Second), of(Third)
	hair := Material{Color: hairColors[int(o.coat*100)%len(hairColors)], Class: Pedestrian}
	shoe := Material{Color: RGB{.08, .07, .07}, Class: Pedestrian}
	turn := 2 * math.Pi * float64(phase) / strides
	for _, s := range [...]float32{-1, 1} {
		b.leg(legs, skin, shoe, s, turn, o)
		b.arm(jacket, skin, s, turn, o)
	}
	w := o.build
	b.shaft(jacket, o.coat, .075*w, .105*w, .72, .07*w, .115*w, Vec3{})
	b.shaft(jacket, .72, .07*w, .115*w, .82, .045, .095*w, Vec3{})
	if o.skirt {
		b.shaft(legs, .27, .10, .125, .52, .06, .085, Vec3{})
	}
	b.shaft(skin, .80, .03, .03, .86, .03, .03, Vec3{X: .01})
	b.shaft(skin, .85, .045, .042, .965, .05, .046, Vec3{X: .015})
	top := hair
	if o.hood {
		top = jacket
	}
	b.shaft(top, .925, .056, .052, 1, .036, .034, Vec3{X: .005})
	if o.longHair || o.hood {
		b.box(top, block{-.06, -.02, -.05, .05, .80, .94})
	}
	if o.hat {
		b.shaft(top, .93, .075, .07, .945, .07, .065, Vec3{X: .015})
	}
	if o.backpack {
		pack := Material{Color: RGB{.16, .18, .24}, Class: Pedestrian}
		b.box(pack, block{-.15, -.06 * w, -.08, .08, .54, .79})
	}
	return b.build()
}

// leg adds a leg in a phase of the gait: the knee bends while the leg swings forward.
func (b *builder) leg(legs, skin, shoe Material, side float32, turn float64, o *outfit) {
	if side < 0 {
		turn += math.Pi
	}
	swing := float32(math.Sin(turn))
	bend := float32(max(0, math.Cos(turn))) // while swinging forward
	knee := [2]float32{.07*swing + .03*bend, .26 + .01*bend}
	foot := [2]float32{.105*swing - .05*bend, .035 + .05*bend}
	y := side * .048 * o.build
	limb(b, legs, y, .078*o.build, [2]float32{0, .52}, knee, .095*o.build)
	lower := legs
	if o.skirt {
		lower = skin
	}
	limb(b, lower, y, .06, knee, foot, .065)
	b.box(shoe, block{foot[0] - .04, foot[0] + .075, y - .033, y + .033, foot[1] - .035, foot[1] + .02})
}

// arm adds an arm that swings against the leg of its side.
func (b *builder) arm(jacket, skin Material, side float32, turn float64, o *outfit) {
	if side > 0 {
		turn += math.Pi
	}
	swing := float32(math.Sin(turn))
	if o.bag && side > 0 {
		swing *= .25
	}
	y := side * (.118*o.build + .02)
	elbow := [2]float32{-.01 + .05*swing, .62}
	hand := [2]float32{.03 + .11*swing, .47}
	limb(b, jacket, y, .05, [2]float32{0, .80}, elbow, .06)
	limb(b, jacket, y, .045, elbow, hand, .05)
	b.box(skin, block{hand[0] - .02, hand[0] + .02, y - .02, y + .02, hand[1] - .05, hand[1]})
	if o.bag && side > 0 {
		bag := Material{Color: RGB{.62, .56, .45}, Class: Pedestrian}
		b.box(bag, block{hand[0] - .08, hand[0] + .08, y - .03, y + .03, hand[1] - .22, hand[1] - .05})
	}
}

// bike describes a cyclist.
type bike struct {
	helmet, basket, upright bool
	frame                   RGB
}

var bikes = []bike{
	{helmet: true, frame: RGB{.12, .13, .16}},
	{upright: true, basket: true, frame: RGB{.45, .10, .10}},
	{helmet: true, frame: RGB{.75, .76, .78}},
	{upright: true, frame: RGB{.10, .22, .30}},
}

// tireRing adds a thin wheel in the x-z plane that is seen through.
func (b *builder) tireRing(m Material, c Vec3, rx, rz, width float32) {
	const n = 10
	p := func(i int, f float32) (x, z float32) {
		a := 2 * math.Pi * float64(i) / n
		return c.X + rx*f*float32(math.Cos(a)), c.Z + rz*f*float32(math.Sin(a))
	}
	for i := range n {
		ax, az := p(i, 1)
		bx, bz := p(i+1, 1)
		cx, cz := p(i, .84)
		dx, dz := p(i+1, .84)
		for _, s := range [...]float32{-1, 1} {
			y := c.Y + s*width
			if s < 0 { // counter-clockwise as seen from the right
				b.face(m, at(cx, y, cz), at(ax, y, az), at(bx, y, bz), at(dx, y, dz))
			} else {
				b.face(m, at(dx, y, dz), at(bx, y, bz), at(ax, y, az), at(cx, y, cz))
			}
		}
		b.face(m, at(ax, c.Y-width, az), at(ax, c.Y+width, az), at(bx, c.Y+width, bz), at(bx, c.Y-width, bz))
	}
}

// cycling returns a cyclist of unit length, width and height. Colors: jacket, trousers, skin.
func cycling(o *bike, phase int) *Mesh {
	b := &builder{}
	of := func(s Slot) Material { return Material{Slot: s, Class: Cyclist} }
	own := func(c RGB) Material { return Material{Color: c, Class: Cyclist} }
	jacket, legs, skin := of(First), of(Second), of(Third)
	frame, tire := own(o.frame), own(rubber)
	for _, x := range [...]float32{-.31, .31} {
		b.tireRing(tire, at(x, 0, .195), .18, .195, .045)
	}
	const tube = .05
	limb(b, frame, 0, tube, [2]float32{-.10, .52}, [2]float32{-.02, .19}, .025)
	limb(b, frame, 0, tube, [2]float32{.21, .50}, [2]float32{-.02, .19}, .03)
	limb(b, frame, 0, tube, [2]float32{-.10, .50}, [2]float32{-.31, .195}, .02)
	limb(b, frame, 0, tube, [2]float32{.20, .56}, [2]float32{.31, .195}, .025)
	b.box(frame, block{-.10, .21, -.03, .03, .47, .50})
	b.box(frame, block{.18, .22, -.45, .45, .58, .605})
	b.box(tire, block{-.17, -.04, -.14, .14, .52, .55})
	turn := 2 * math.Pi * float64(phase) / strides
	for _, s := range [...]float32{-1, 1} {
		px, pz := s*.07*float32(math.Cos(turn)), s*.07*float32(math.Sin(turn))
		foot := [2]float32{px - .02, .185 + pz}
		knee := [2]float32{.10 + .4*px, .40 + .7*pz}
		limb(b, legs, s*.19, .22, [2]float32{-.11, .57}, knee, .09)
		limb(b, legs, s*.19, .18, knee, foot, .06)
		b.box(own(RGB{.08, .07, .07}), block{foot[0] - .03, foot[0] + .06, s*.19 - .1, s*.19 + .1, foot[1] - .03, foot[1] + .01})
	}
	shoulder, hip := [2]float32{.08, .83}, [2]float32{-.12, .55}
	if o.upright {
		shoulder[0] = -.03
	}
	limb(b, jacket, 0, .68, shoulder, hip, .13)
	for _, s := range [...]float32{-1, 1} {
		limb(b, jacket, s*.38, .14, [2]float32{shoulder[0] + .01, .80}, [2]float32{.19, .62}, .05)
		b.box(skin, block{.158, .232, s*.38 - .08, s*.38 + .08, .572, .637})
	}
	head := shoulder[0] + .03
	b.shaft(skin, .84, .045, .14, .945, .05, .17, Vec3{X: head})
	cap := own(hairColors[0])
	if o.helmet {
		cap = own(RGB{.82, .83, .84})
	}
	b.shaft(cap, .925, .062, .20, 1, .035, .11, Vec3{X: head - .008})
	if o.basket {
		b.box(own(RGB{.36, .28, .20}), block{.25, .36, -.3, .3, .47, .58})
	}
	b.box(Material{Color: tailRed, Class: Cyclist, Lamp: TailLamp | BrakeLamp}, block{-.36, -.34, -.1, .1, .42, .47})
	return b.build()
}
