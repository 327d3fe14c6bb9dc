package scene

import (
	"math"

	"roadloop/sim/geom"
	"roadloop/sim/road"
)

// Colors of walls and roofs.
var (
	walls = []RGB{{.66, .60, .52}, {.62, .38, .30}, {.74, .71, .66}, {.52, .53, .55}, {.70, .62, .42}, {.44, .40, .38}, {.60, .66, .70}}
	roofs = []RGB{{.42, .22, .17}, {.30, .29, .30}, {.36, .30, .26}}
	steel = RGB{.48, .49, .50}
	bark  = RGB{.27, .20, .14}
	leafs = []RGB{{.20, .36, .12}, {.27, .40, .14}, {.16, .30, .13}, {.34, .38, .14}}
)

// prop adds a roadside object to its cell. It drops the object if the cell is full.
func (g *grid) prop(p *road.Prop) {
	c := g.at(p.Pose.Pos())
	if c.solid.full(80) {
		return
	}
	var local builder
	v := p.Variant
	switch p.Kind {
	case road.Building:
		building(&local, p)
	case road.Tree:
		tree(&local, float32(p.Height), leafs[v%uint32(len(leafs))])
	case road.Bush:
		bush(&local, p, leafs[v%uint32(len(leafs))])
	case road.LampPost:
		lampPost(&local, float32(p.Height))
		arm := p.Pose.ToWorld(geom.Vec{})
		c.lamps = append(c.lamps, at(float32(arm.X), float32(arm.Y), float32(p.Height)))
	case road.SignPost:
		signPost(&local, v)
	case road.Barrier:
		m := Material{Color: steel, Class: Barrier}
		half := float32(p.Length) / 2
		if g.style.Roadside { // without gaps in curves
			half *= 1.08
		}
		local.box(m, block{-half, half, -.05, .05, .45, .75})
		local.box(m, block{-.06, .06, -.08, .02, 0, .6})
	case road.Fence:
		fence(&local, float32(p.Length), float32(p.Height))
	}
	if m := local.build(); m != nil {
		c.solid.placed(m, p.Pose, at(1, 1, 1), RGB{})
		c.addProp(p)
	}
}

// building adds walls with windows, a flat or gabled roof, and a door.
func building(b *builder, p *road.Prop) {
	l, w, h := float32(p.Length)/2, float32(p.Width)/2, float32(p.Height)
	wall := Material{Color: walls[p.Variant%uint32(len(walls))], Texture: Facade, Class: Building}
	roof := Material{Color: roofs[p.Variant>>8%uint32(len(roofs))], Class: Building}
	b.sides(wall, block{-l, l, -w, w, 0, h})
	if p.Variant>>16&1 == 0 || p.Height > 9 {
		b.top(roof, block{-l, l, -w, w, 0, h})
		b.sides(roof, block{-l - .15, l + .15, -w - .15, w + .15, h - .1, h + .25})
		return
	}
	r := h + w*.8
	b.face(roof, at(-l, -w-.3, h-.2), at(l, -w-.3, h-.2), at(l, 0, r), at(-l, 0, r))
	b.face(roof, at(l, w+.3, h-.2), at(-l, w+.3, h-.2), at(-l, 0, r), at(l, 0, r))
	plain := wall
	plain.Texture = Plain
	b.face(plain, at(l, -w, h), at(l, w, h), at(l, 0, r))
	b.face(plain, at(-l, w, h), at(-l, -w, h), at(-l, 0, r))
}

// tree adds a trunk and a crown of stacked, slightly turned hulls.
func tree(b *builder, height float32, leaf RGB) {
	trunk := Material{Color: bark, Class: Vegetation}
	crown := Material{Color: leaf, Texture: Foliage, Class: Vegetation}
	b.prism(trunk, Vec3{}, .05*height*.6, .03*height, .35*height)
	r := .26 * height
	b.prism(crown, at(0, 0, .28*height), .5*r, r, .2*height)
	b.prism(crown, at(0, 0, .48*height), r, .85*r, .22*height)
	b.prism(crown, at(0, 0, .70*height), .85*r, .25*r, .30*height)
}

func bush(b *builder, p *road.Prop, leaf RGB) {
	m := Material{Color: leaf, Texture: Foliage, Class: Vegetation}
	r, h := float32(p.Length)/2, float32(p.Height)
	b.prism(m, Vec3{}, .8*r, r, .5*h)
	b.prism(m, at(0, 0, .5*h), r, .4*r, .5*h)
}

func lampPost(b *builder, height float32) {
	m := Material{Color: steel, Class: Pole}
	b.prism(m, Vec3{}, .08, .05, height)
	b.box(m, block{-.15, .15, -.35, .35, height - .12, height})
}

// signPost adds a round, triangular or rectangular sign on both sides of a pole.
func signPost(b *builder, variant uint32) {
	pole := Material{Color: steel, Class: Pole}
	b.prism(pole, Vec3{}, .035, .035, 2.4)
	red, blue := RGB{.75, .08, .08}, RGB{.10, .25, .62}
	for _, x := range [...]float32{-.05, .05} {
		ring := Material{Color: [...]RGB{red, blue}[variant&1], Class: Pole}
		face := Material{Color: white, Class: Pole}
		plateFacing(b, ring, x, .32)
		if variant&1 == 0 {
			plateFacing(b, face, x*1.1, .23)
		}
	}
}

// plateFacing adds an octagon across the road at height 2.1 m that faces +x or -x,
// according to the sign of x.
func plateFacing(b *builder, m Material, x, r float32) {
	const n = 8
	pts := make([]Vec3, n)
	for i := range pts {
		a := 2 * math.Pi * (float64(i) + .5) / n
		if x < 0 {
			a = -a
		}
		pts[i] = at(x, r*float32(math.Cos(a)), 2.1+r*float32(math.Sin(a)))
	}
	b.face(m, pts...)
}

func fence(b *builder, length, height float32) {
	m := Material{Color: RGB{.45, .36, .27}, Class: Barrier}
	b.box(m, block{-.05, .05, -.05, .05, 0, height})
	for _, z := range [...]float32{.35, .75} {
		b.box(m, block{-length / 2, length / 2, -.02, .02, z * height, z*height + .1})
	}
}

// Sizes of a signal head: three lamps in a housing, m.
const (
	lampRadius  = 0.17
	lampPitch   = 0.40
	headHeight  = 1.30
	headWidth   = 0.46
	boardMargin = 0.12

	// SignalWidth and SignalHeight are the size of a signal with its back board, m.
	SignalWidth  = headWidth + 2*boardMargin
	SignalHeight = headHeight + 2*boardMargin
)

// signalHead returns a signal head with its center at the origin and lamps that face +x.
func signalHead() *Mesh {
	b := &builder{}
	housing := Material{Color: RGB{.05, .055, .05}, Class: SignalHead}
	const w, h = headWidth / 2, headHeight / 2
	b.box(housing, block{-.2, .1, -w, w, -h, h})
	b.face(housing, at(.05, -w-boardMargin, -h-boardMargin), at(.05, w+boardMargin, -h-boardMargin),
		at(.05, w+boardMargin, h+boardMargin), at(.05, -w-boardMargin, h+boardMargin))
	for i, l := range []struct {
		lamp Lamp
		dark RGB
	}{{RedLamp, RGB{.20, .03, .03}}, {AmberLamp, RGB{.20, .13, .02}}, {GreenLamp, RGB{.02, .15, .07}}} {
		z := lampPitch * float32(1-i)
		m := Material{Color: l.dark, Lamp: l.lamp, Class: SignalHead}
		pts := make([]Vec3, 8)
		for k := range pts {
			a := 2 * math.Pi * (float64(k) + .5) / 8
			pts[k] = at(.11, lampRadius*float32(math.Cos(a)), z+lampRadius*float32(math.Sin(a)))
		}
		b.face(m, pts...)
	}
	return b.build()
}

// pole adds the pole of a signal.
func (g *grid) pole(s *road.Signal) {
	var local builder
	local.prism(Material{Color: RGB{.25, .26, .25}, Class: Pole}, at(-.15, 0, 0), .09, .07, float32(s.Height))
	c := g.at(s.Pos)
	if !c.solid.full(80) {
		c.solid.placed(local.build(), geom.Pose{X: s.Pos.X, Y: s.Pos.Y, Yaw: s.Yaw}, at(1, 1, 1), RGB{})
	}
}
