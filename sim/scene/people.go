package scene

import (
	"math"
)

// strides is the number of gait phases in the models of pedestrians and cyclists.
const strides = 8

// limb adds a slanted bar from one (x, z) to a lower one.
func limb(b *builder, m Material, y, width float32, from, to [2]float32, thick float32) {
	x0, z0, x1, z1 := from[0], from[1], to[0], to[1]
	h := thick / 2
	y0, y1 := y-width/2, y+width/2
	// Front, back and the outer sides of a slanted bar.
	b.face(m, at(x1+h, y0, z1), at(x1+h, y1, z1), at(x0+h, y1, z0), at(x0+h, y0, z0))
	b.face(m, at(x1-h, y1, z1), at(x1-h, y0, z1), at(x0-h, y0, z0), at(x0-h, y1, z0))
	b.face(m, at(x1+h, y1, z1), at(x1-h, y1, z1), at(x0-h, y1, z0), at(x0+h, y1, z0))
	b.face(m, at(x1-h, y0, z1), at(x1+h, y0, z1), at(x0+h, y0, z0), at(x0-h, y0, z0))
}

// walker returns a pedestrian of 1 m height in one phase of the gait, walking
// along +x. Colors: jacket, trousers, skin.
func walker(phase int, class Class) *Mesh {
	b := &builder{}
	jacket := Material{Slot: First, Class: class}
	legs := Material{Slot: Second, Class: class}
	skin := Material{Slot: Third, Class: class}
	hair := Material{Color: RGB{.14, .10, .07}, Class: class}
	a := 0.13 * float32(math.Sin(2*math.Pi*float64(phase)/strides))
	limb(b, legs, -.05, .075, [2]float32{0, .50}, [2]float32{a, 0}, .085)
	limb(b, legs, .05, .075, [2]float32{0, .50}, [2]float32{-a, 0}, .085)
	b.box(jacket, block{-.065, .065, -.115, .115, .46, .82})
	limb(b, jacket, -.14, .05, [2]float32{0, .81}, [2]float32{-a * .9, .47}, .06)
	limb(b, jacket, .14, .05, [2]float32{0, .81}, [2]float32{a * .9, .47}, .06)
	b.box(skin, block{-.05, .06, -.045, .045, .84, .955})
	b.box(hair, block{-.06, .045, -.05, .05, .93, 1})
	return b.build()
}

// rider returns a cyclist of unit length and height on a bicycle. Colors:
// jacket, trousers, skin.
func rider(phase int) *Mesh {
	b := &builder{}
	class := Cyclist
	frame := Material{Color: RGB{.15, .16, .2}, Class: class}
	tire := Material{Color: rubber, Class: class}
	jacket := Material{Slot: First, Class: class}
	legs := Material{Slot: Second, Class: class}
	skin := Material{Slot: Third, Class: class}
	for _, x := range [...]float32{-.31, .31} {
		for _, s := range [...]float32{-1, 1} {
			wheel(b, tire, at(x, s*.04, .19), .18, .19, s)
		}
		b.box(tire, block{x - .17, x + .17, -.04, .04, .05, .33})
	}
	b.box(frame, block{-.3, .3, -.03, .03, .32, .36})
	b.box(frame, block{.22, .27, -.4, .4, .56, .59})
	turn := 2 * math.Pi * float64(phase) / strides
	px, pz := .07*float32(math.Cos(turn)), .07*float32(math.Sin(turn))
	limb(b, legs, -.18, .2, [2]float32{-.14, .55}, [2]float32{px, .2 + pz}, .08)
	limb(b, legs, .18, .2, [2]float32{-.14, .55}, [2]float32{-px, .2 - pz}, .08)
	limb(b, jacket, 0, .72, [2]float32{.03, .84}, [2]float32{-.15, .52}, .12)
	limb(b, jacket, -.36, .14, [2]float32{.03, .80}, [2]float32{.22, .58}, .05)
	limb(b, jacket, .36, .14, [2]float32{.03, .80}, [2]float32{.22, .58}, .05)
	b.box(skin, block{.02, .13, -.18, .18, .85, .94})
	b.box(Material{Color: RGB{.9, .9, .9}, Class: class}, block{-.01, .13, -.2, .2, .94, 1})
	b.box(Material{Color: tailRed, Class: class, Lamp: TailLamp | BrakeLamp}, block{-.36, -.34, -.1, .1, .42, .47})
	return b.build()
}

// motorcyclist returns a motorcycle with its rider, of unit size.
func motorcyclist() *Mesh {
	b := &builder{}
	class := Cyclist
	body := Material{Slot: First, Class: class}
	dark := Material{Color: rubber, Class: class}
	legs := Material{Slot: Second, Class: class}
	for _, x := range [...]float32{-.34, .34} {
		b.box(dark, block{x - .14, x + .14, -.12, .12, .02, .36})
	}
	b.box(body, block{-.3, .34, -.24, .24, .28, .52})
	b.box(body, block{.2, .38, -.3, .3, .5, .68})
	limb(b, legs, -.3, .2, [2]float32{-.12, .55}, [2]float32{.04, .2}, .1)
	limb(b, legs, .3, .2, [2]float32{-.12, .55}, [2]float32{.04, .2}, .1)
	limb(b, Material{Slot: Second, Class: class}, 0, .62, [2]float32{.06, .86}, [2]float32{-.14, .5}, .14)
	b.box(Material{Slot: Third, Class: class}, block{-.02, .14, -.17, .17, .85, 1})
	b.box(Material{Color: tailRed, Class: class, Lamp: TailLamp | BrakeLamp}, block{-.46, -.44, -.15, .15, .45, .53})
	b.box(Material{Color: headlamp, Class: class, Lamp: HeadLamp}, block{.37, .4, -.15, .15, .54, .66})
	return b.build()
}

// cone returns a traffic cone of unit size with its stripes.
func cone() *Mesh {
	b := &builder{}
	orange := Material{Color: RGB{.93, .32, .08}, Class: Cone}
	white := Material{Color: RGB{.94, .94, .92}, Class: Cone}
	b.box(orange, block{-.5, .5, -.5, .5, 0, .06})
	for i, m := range []Material{orange, white, orange, white, orange} {
		z0, z1 := .06+.188*float32(i), .06+.188*float32(i+1)
		r := func(z float32) float32 { return .38 * (1.06 - z) }
		b.prism(m, Vec3{Z: z0}, r(z0), r(z1), z1-z0)
	}
	return b.build()
}

// debris returns a cardboard box of unit size.
func debris() *Mesh {
	b := &builder{}
	b.box(Material{Color: RGB{.55, .42, .28}, Class: Cone}, block{-.5, .5, -.5, .5, 0, 1})
	b.top(Material{Color: RGB{.62, .50, .34}, Class: Cone}, block{-.08, .08, -.5, .5, 0, 1.002})
	return b.build()
}

// deer returns an animal of unit size in one phase of its gait, walking along +x;
// diagonal legs swing together.
func deer(phase int) *Mesh {
	b := &builder{}
	coat := Material{Color: RGB{.40, .28, .18}, Class: Cone}
	pale := Material{Color: RGB{.74, .66, .55}, Class: Cone}
	a := .1 * float32(math.Sin(2*math.Pi*float64(phase)/strides))
	for _, s := range [...]float32{-1, 1} {
		limb(b, coat, s*.26, .2, [2]float32{.13, .5}, [2]float32{.13 + s*a, 0}, .05)
		limb(b, coat, s*.26, .2, [2]float32{-.36, .5}, [2]float32{-.36 - s*a, 0}, .06)
	}
	b.box(coat, block{-.43, .2, -.42, .42, .46, .74})
	b.sides(pale, block{-.45, -.42, -.3, .3, .5, .68})
	limb(b, coat, 0, .44, [2]float32{.36, .94}, [2]float32{.14, .6}, .13)
	b.box(coat, block{.29, .42, -.26, .26, .82, .95})
	b.box(pale, block{.4, .5, -.16, .16, .82, .9})
	for _, s := range [...]float32{-.3, .3} {
		b.box(coat, block{.29, .33, s - .1, s + .1, .93, 1})
	}
	return b.build()
}
