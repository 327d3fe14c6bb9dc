package scene

import (
	"math"

	"roadloop/sim/geom"
	"roadloop/sim/rng"
	"roadloop/sim/road"
)

// Colors of the roadside.
var (
	concrete  = RGB{.56, .55, .52}
	galvanize = RGB{.58, .60, .61}
	brick     = RGB{.45, .27, .21}
	noiseWall = RGB{.44, .42, .36}
	signGreen = RGB{.06, .32, .18}
	signBlue  = RGB{.08, .22, .50}
	signAmber = RGB{.92, .65, .08}

	// Leaves of dry regions are darker and less green.
	olives = []RGB{{.20, .22, .12}, {.15, .18, .09}, {.26, .27, .17}, {.13, .16, .10}, {.30, .28, .15}}
)

// verge is the edge of a road or of its sidewalk, sampled at equal distances.
type verge struct {
	posts  []geom.Pose // on the edge, with the heading of the road
	side   float64     // 1 if the outside is to the left of the heading, -1 to the right
	median bool        // the oncoming carriageway may be on the other side
	paved  bool        // a sidewalk is along the road
}

// vergeStep is the distance between the posts of a verge, m.
const vergeStep = 4.0

// out returns the point d meters outside of post i.
func (v *verge) out(i int, d float64) geom.Vec {
	return v.posts[i].ToWorld(geom.Vec{Y: v.side * d})
}

// verges returns the outer edges of all roads of a map.
func verges(m *road.Map) []verge {
	var out []verge
	for i := range m.Lanes {
		l := &m.Lanes[i]
		if l.Junction >= 0 || l.Center.Length() < 2*vergeStep {
			continue
		}
		if l.Right == road.None {
			out = append(out, newVerge(m, l, -1))
		}
		if l.Left == road.None && l.Opposite == road.None {
			out = append(out, newVerge(m, l, 1))
		}
	}
	return out
}

func newVerge(m *road.Map, l *road.Lane, side float64) verge {
	v := verge{side: side, median: side > 0}
	n := int(l.Center.Length() / vergeStep)
	edge := l.Width / 2
	// The widest pavement along the lane decides, so that the edge stays smooth.
	for i := 0; i <= n; i += 3 {
		for d := edge; d < l.Width/2+6; d += .25 {
			p := l.Center.Offset(float64(i)*vergeStep, side*d).Pos()
			if m.On(p, road.Sidewalk) {
				v.paved = true
			} else if !m.Drivable(p) {
				edge = max(edge, d)
				break
			}
		}
	}
	for i := range n + 1 {
		v.posts = append(v.posts, l.Center.Offset(float64(i)*vergeStep, side*edge))
	}
	return v
}

// roadside adds what stands along the roads of a map.
type roadside struct {
	*grid
	m     *road.Map
	r     *rng.Stream
	boxes []geom.OBB // footprints that stay free
	leaf  RGB        // of this region
	dry   RGB        // grass of this region
}

// newRoadside returns the roadside of a map in one of many regions.
func newRoadside(g *grid, m *road.Map, r *rng.Stream) *roadside {
	s := &roadside{grid: g, m: m, r: r, leaf: tint(r, pick(r, append(leafs, olives...)), .3, .12), dry: tint(r, pick(r, []RGB{drygrass, drygrass, meadow, lawn, soil}), .2, .08)}
	for i := range m.Props {
		if p := &m.Props[i]; p.Kind == road.Building || p.Kind == road.Barrier {
			s.boxes = append(s.boxes, p.Box().Inflate(.4, .4))
		}
	}
	return s
}

// furnish adds the roadside of all roads.
func (s *roadside) furnish() {
	for _, v := range verges(s.m) {
		s.ground(&v)
		s.barrier(&v)
		s.green(&v)
		if s.r.Chance(.5) {
			s.poles(&v)
		}
		s.signs(&v)
	}
	s.gantries()
}

// free reports whether the ground between two distances outside of posts i and i+1 is neither
// drivable nor built on.
func (s *roadside) free(v *verge, i int, from, to float64) bool {
	for d := from; ; d = math.Min(d+2, to) {
		for k := range 3 {
			p := v.out(i, d).Lerp(v.out(i+1, d), float64(k)/2)
			if s.m.Drivable(p) || v.paved && s.m.On(p, road.Sidewalk) {
				return false
			}
			for j := range s.boxes {
				if s.boxes[j].Contains(p) {
					return false
				}
			}
		}
		if d >= to {
			return true
		}
	}
}

// clear reports whether no road is within a radius of a point.
func (s *roadside) clear(p geom.Vec, radius float64) bool {
	if s.m.Drivable(p) {
		return false
	}
	for i := range 8 {
		u := geom.Unit(float64(i) * math.Pi / 4)
		if s.m.Drivable(p.Add(u.Scale(radius))) || s.m.Drivable(p.Add(u.Scale(radius/2))) {
			return false
		}
	}
	return true
}

// solidAt returns the mesh of solid objects at a point, or nil if it has no room for n vertices.
func (s *roadside) solidAt(p geom.Vec, n int) *builder {
	b := &s.at(p).solid
	if b.full(n) {
		return nil
	}
	return b
}

// vertical adds a wall between two points on the ground, seen from both sides.
func (b *builder) vertical(m Material, p, q geom.Vec, z0, z1 float64) {
	a, c := at(float32(p.X), float32(p.Y), float32(z0)), at(float32(q.X), float32(q.Y), float32(z0))
	d, e := at(float32(q.X), float32(q.Y), float32(z1)), at(float32(p.X), float32(p.Y), float32(z1))
	b.face(m, a, c, d, e)
	b.face(m, c, a, e, d)
}

// slab adds a wall of the given thickness along the line from p to q.
func (b *builder) slab(m Material, p, q geom.Vec, foot, head, z0, z1 float64) {
	if p.Dist(q) < 1e-6 {
		return
	}
	n := q.Sub(p).Left().Scale(1 / p.Dist(q))
	v := func(a geom.Vec, off, z float64) Vec3 {
		a = a.Add(n.Scale(off))
		return at(float32(a.X), float32(a.Y), float32(z))
	}
	f, h := foot/2, head/2
	b.face(m, v(p, -f, z0), v(q, -f, z0), v(q, -h, z1), v(p, -h, z1))
	b.face(m, v(q, f, z0), v(p, f, z0), v(p, h, z1), v(q, h, z1))
	b.face(m, v(p, -h, z1), v(q, -h, z1), v(q, h, z1), v(p, h, z1))
}

// ground adds a strip of dry grass, gravel or soil along a verge.
func (s *roadside) ground(v *verge) {
	r := s.r
	if v.paved && r.Chance(.6) {
		return
	}
	width, shoulder := r.Range(3, 30), r.Range(0, 2)
	grass := Material{Color: s.dry, Texture: Grass, Class: Terrain}
	edge := Material{Color: tint(r, pick(r, []RGB{gravel, soil, s.dry}), .2, .05), Texture: Asphalt, Class: Terrain}
	for i := range len(v.posts) - 1 {
		if s.free(v, i, .3, width) {
			s.paint(layerPavement, grass, v.out(i, 0), v.out(i+1, 0), v.out(i+1, width), v.out(i, width))
			if shoulder > .3 {
				s.paint(layerPavement, edge, v.out(i, 0), v.out(i+1, 0), v.out(i+1, shoulder), v.out(i, shoulder))
			}
		}
	}
}

// barrier adds a guard rail, median barrier, wall, fence or hedge along a verge.
func (s *roadside) barrier(v *verge) {
	r := s.r
	kind := r.Float64()
	if v.median {
		kind *= .62
	}
	out := r.Range(.5, 1.6)
	if v.paved {
		out = r.Range(.2, .6)
		kind = .45 + .55*kind
	}
	put := s.guardRail()
	switch {
	case kind < .26:
	case kind < .48:
		put = s.concreteBarrier()
	case kind < .56:
		put = s.wall(r.Range(2, 5), pick(r, []RGB{noiseWall, concrete, brick, tint(r, galvanize, .2, .05)}))
		out += 1.5
	case kind < .66:
		put = s.wall(r.Range(.6, 1.6), pick(r, []RGB{brick, concrete, soil}))
	case kind < .76:
		put = s.hedge(r.Range(.7, 2.2))
	case kind < .84:
		put = s.meshFence(r.Range(1.2, 2.4))
		out += r.Range(0, 4)
	default:
		return
	}
	for i := range len(v.posts) - 1 {
		p, q := v.out(i, out), v.out(i+1, out)
		if b := s.solidAt(p, 40); b != nil && s.free(v, i, .3, out+.4) {
			put(b, p, q)
		}
	}
}

// guardRail returns a function that adds a piece of a guard rail with its post.
func (s *roadside) guardRail() func(*builder, geom.Vec, geom.Vec) {
	rail := Material{Color: tint(s.r, galvanize, .2, .03), Class: Barrier}
	dark := Material{Color: tint(s.r, galvanize, .1, .03), Class: Barrier}
	for i := range dark.Color {
		dark.Color[i] *= .6
	}
	double := s.r.Chance(.3)
	return func(b *builder, p, q geom.Vec) {
		b.slab(rail, p, q, .06, .09, .66, .80)
		b.slab(dark, p, q, .09, .06, .58, .66)
		b.slab(rail, p, q, .06, .09, .48, .58)
		if double {
			b.slab(rail, p, q, .08, .08, .95, 1.05)
		}
		b.prism(dark, at(float32(p.X), float32(p.Y), 0), .06, .06, .7)
	}
}

// concreteBarrier returns a function that adds a piece of a concrete step barrier.
func (s *roadside) concreteBarrier() func(*builder, geom.Vec, geom.Vec) {
	r := s.r
	m := Material{Color: tint(r, concrete, .3, .03), Texture: Pavement, Class: Barrier}
	height, rail := r.Range(.75, 1.2), r.Chance(.25)
	steel := Material{Color: galvanize, Class: Barrier}
	return func(b *builder, p, q geom.Vec) {
		b.slab(m, p, q, .62, .40, 0, .25*height)
		b.slab(m, p, q, .38, .18, .25*height, height)
		if rail {
			b.slab(steel, p, q, .08, .08, height+.25, height+.33)
			b.prism(steel, at(float32(p.X), float32(p.Y), float32(height)), .04, .04, .3)
		}
	}
}

// wall returns a function that adds a piece of a wall.
func (s *roadside) wall(height float64, color RGB) func(*builder, geom.Vec, geom.Vec) {
	m := Material{Color: tint(s.r, color, .2, .05), Texture: Pavement, Class: Barrier}
	cap := Material{Color: tint(s.r, concrete, .2, .02), Class: Barrier}
	return func(b *builder, p, q geom.Vec) {
		b.slab(m, p, q, .3, .28, 0, height)
		b.slab(cap, p, q, .4, .4, height, height+.1)
	}
}

// hedge returns a function that adds a piece of a hedge.
func (s *roadside) hedge(height float64) func(*builder, geom.Vec, geom.Vec) {
	m := Material{Color: tint(s.r, s.leaf, .2, .1), Texture: Foliage, Class: Vegetation}
	return func(b *builder, p, q geom.Vec) {
		h := height * s.r.Range(.9, 1.1)
		b.slab(m, p, q, .8, 1, 0, .6*h)
		b.slab(m, p, q, 1, .7, .6*h, h)
	}
}

// meshFence returns a function that adds a piece of a wire fence: rails and posts.
func (s *roadside) meshFence(height float64) func(*builder, geom.Vec, geom.Vec) {
	m := Material{Color: tint(s.r, pick(s.r, []RGB{galvanize, timber, {.2, .25, .2}}), .2, .05), Class: Barrier}
	return func(b *builder, p, q geom.Vec) {
		for _, z := range [...]float64{.15, .55, .95} {
			b.vertical(m, p, q, z*height, z*height+.05)
		}
		b.prism(m, at(float32(p.X), float32(p.Y), 0), .04, .04, float32(height))
	}
}

// bank is a slope behind a verge that rises from its foot to its top and falls again behind it.
type bank struct {
	foot, top float64   // distances outside of the verge, m
	heights   []float64 // of the top at each post, 0 where there is none
}

// bankRamp is the number of posts over which a bank rises from its end to its full height.
const bankRamp = 7

// newBank returns a bank where there is room for it.
func (s *roadside) newBank(v *verge) bank {
	r := s.r
	b := bank{foot: r.Range(3, 8), top: r.Range(12, 22), heights: make([]float64, len(v.posts))}
	height, shape := r.Range(1.5, 9), newWave(r)
	left := 0 // posts since the last without room
	for i := range b.heights {
		if i+1 == len(v.posts) || !s.free(v, i, b.foot, b.behind()) {
			left = 0
			continue
		}
		b.heights[i] = height * (.5 + .5*shape.at(float64(i)*.05, .6)) * math.Min(1, float64(left)/bankRamp)
		left++
	}
	for i := len(b.heights) - 2; i >= 0; i-- { // the same from the other end
		b.heights[i] = math.Min(b.heights[i], b.heights[i+1]+height/bankRamp)
	}
	return b
}

// behind returns the distance of the far foot from the verge.
func (b *bank) behind() float64 { return 2*b.top - b.foot }

// at returns the height at a post and a distance from the verge.
func (b *bank) at(i int, d float64) float64 {
	if b.heights == nil || d < b.foot || d > b.behind() {
		return 0
	}
	return b.heights[i] * (1 - math.Abs(d-b.top)/(b.top-b.foot))
}

// green adds trees, bushes and banks behind a verge.
func (s *roadside) green(v *verge) {
	r := s.r
	var slope bank
	if !v.paved && !v.median && r.Chance(.4) {
		slope = s.newBank(v)
		for i := range len(v.posts) - 1 {
			s.slope(v, &slope, i, slope.foot, slope.top)
			s.slope(v, &slope, i, slope.top, slope.behind())
		}
	}
	density, wood := r.Float64(), newWave(r)
	kinds := r.IntN(4)
	for i := range len(v.posts) - 1 {
		if !r.Chance(density * 1.6 * wood.at(float64(i)*.09, .8)) {
			continue
		}
		out := 2.5 + 26*r.Float64()*r.Float64()
		if v.paved {
			out = r.Range(.8, 4)
		}
		if s.free(v, i, out-.5, out+.5) {
			s.plant(v.out(i, out), slope.at(i, out), out, kinds)
		}
	}
}

// slope adds a piece of a bank between two distances from the verge.
func (s *roadside) slope(v *verge, of *bank, i int, from, to float64) {
	b := s.solidAt(v.out(i, from), 8)
	if b == nil || of.heights[i] == 0 && of.heights[i+1] == 0 {
		return
	}
	m := Material{Color: s.dry, Texture: Grass, Class: Terrain}
	pt := func(i int, d float64) Vec3 {
		q := v.out(i, d)
		return at(float32(q.X), float32(q.Y), float32(of.at(i, d)))
	}
	// Two triangles: the four corners are not in one plane.
	a, c, d, e := pt(i, from), pt(i+1, from), pt(i+1, to), pt(i, to)
	for _, t := range [...][3]Vec3{{a, c, d}, {a, d, e}} {
		if normal(t[:]).Z < 0 {
			t[1], t[2] = t[2], t[1]
		}
		b.face(m, t[0], t[1], t[2])
	}
}

// crownReach is the largest distance of a crown's border from the trunk, in heights.
const crownReach = .43

// plant adds a tree or bush at a point.
func (s *roadside) plant(p geom.Vec, z, out float64, kinds int) {
	r := s.r
	b := s.solidAt(p, 160)
	if b == nil {
		return
	}
	var local builder
	color := tint(r, s.leaf, .3, .12)
	height := r.Range(3.5, 9)
	if out > 8 {
		height = r.Range(5, 17)
	}
	switch kind := r.IntN(5); {
	case kind == 0 || !s.clear(p, crownReach*height):
		height = r.Range(.5, 2.2)
		if !s.clear(p, 2*height) {
			return
		}
		local.bushes(r, color, height)
	case kind == 1 && kinds > 1:
		local.conifer(color, float32(height))
	case kind == 2 && kinds > 2:
		local.palmLike(color, float32(height))
	default:
		local.broadleaf(r, color, float32(height))
	}
	mesh := local.build()
	for i := range mesh.Verts {
		mesh.Verts[i].Z += float32(z)
	}
	b.placed(mesh, geom.Pose{X: p.X, Y: p.Y, Yaw: r.Range(-math.Pi, math.Pi)}, at(1, 1, 1), RGB{})
	s.casts(p, z, height)
}

// casts records the shadow of a tree.
func (s *roadside) casts(p geom.Vec, z, height float64) {
	c := s.at(p)
	c.trees = append(c.trees, treeShade{p, z, height, uint32(s.r.Uint64())})
}

// broadleaf adds a tree with a crown of several hulls, darker below.
func (b *builder) broadleaf(r *rng.Stream, leaf RGB, height float32) {
	trunk := Material{Color: bark, Class: Vegetation}
	b.prism(trunk, Vec3{}, .03*height, .018*height, .45*height)
	dark := leaf
	for i := range dark {
		dark[i] *= .6
	}
	lower, upper := Material{Color: dark, Texture: Foliage, Class: Vegetation}, Material{Color: leaf, Texture: Foliage, Class: Vegetation}
	for i := range 3 {
		a := float64(i)*2.1 + r.Range(-.5, .5)
		radius, off := height*float32(r.Range(.14, .24)), float64(height)*r.Range(.06, .18)
		x, y, z := float32(math.Cos(a)*off), float32(math.Sin(a)*off), height*float32(r.Range(.28, .5))
		b.prism(lower, at(x, y, z), .55*radius, radius, .5*radius)
		b.prism(upper, at(x, y, z+.5*radius), radius, .3*radius, min(1.2*radius, height-z-.5*radius))
	}
	b.prism(upper, at(0, 0, .6*height), .22*height, .06*height, .4*height)
}

// conifer adds a fir.
func (b *builder) conifer(leaf RGB, height float32) {
	m := Material{Color: RGB{leaf[0] * .6, leaf[1] * .7, leaf[2] * .75}, Texture: Foliage, Class: Vegetation}
	b.prism(Material{Color: bark, Class: Vegetation}, Vec3{}, .025*height, .02*height, .15*height)
	b.prism(m, at(0, 0, .1*height), .19*height, .09*height, .38*height)
	b.prism(m, at(0, 0, .42*height), .14*height, .005, .58*height)
}

// palmLike adds a tall bare trunk with a small crown.
func (b *builder) palmLike(leaf RGB, height float32) {
	m := Material{Color: leaf, Texture: Foliage, Class: Vegetation}
	b.prism(Material{Color: bark, Class: Vegetation}, Vec3{}, .02*height, .015*height, .78*height)
	b.prism(m, at(0, 0, .74*height), .05*height, .17*height, .08*height)
	b.prism(m, at(0, 0, .82*height), .17*height, .05*height, .18*height)
}

// bushes adds a small group of bushes.
func (b *builder) bushes(r *rng.Stream, leaf RGB, height float64) {
	for range 1 + r.IntN(3) {
		m := Material{Color: tint(r, leaf, .2, .08), Texture: Foliage, Class: Vegetation}
		h := float32(height * r.Range(.5, 1))
		x, y := float32(r.Range(-.8, .8)*height), float32(r.Range(-.8, .8)*height)
		b.prism(m, at(x, y, 0), .5*h, .7*h, .5*h)
		b.prism(m, at(x, y, .5*h), .7*h, .2*h, .5*h)
	}
}

// poles adds lamp posts or masts of power lines in a row.
func (s *roadside) poles(v *verge) {
	r := s.r
	out, every, height := r.Range(.8, 9), 6+r.IntN(12), r.Range(5, 12)
	m := Material{Color: pick(r, []RGB{steel, timber, {.25, .26, .26}}), Class: Pole}
	arm := r.IntN(3)
	for i := r.IntN(every); i < len(v.posts)-1; i += every {
		p := v.out(i, out)
		b := s.solidAt(p, 60)
		if b == nil || !s.free(v, i, out-.3, out+.3) {
			continue
		}
		var local builder
		h := float32(height)
		local.prism(m, Vec3{}, .11, .06, h)
		switch arm {
		case 0: // a lamp over the road
			local.box(m, block{-.07, .07, 0, 2.2, h - .1, h})
		case 1: // cross-arms
			local.box(m, block{-.06, .06, -1, 1, h - .8, h - .68})
			local.box(m, block{-.06, .06, -.8, .8, h - 1.6, h - 1.5})
		}
		pose := v.posts[i]
		pose.X, pose.Y = p.X, p.Y
		if v.side > 0 {
			pose.Yaw += math.Pi
		}
		b.placed(local.build(), pose, at(1, 1, 1), RGB{})
		c := s.at(p)
		c.posts = append(c.posts, postShade{p, height})
	}
}

// signs adds traffic signs and panels.
func (s *roadside) signs(v *verge) {
	r := s.r
	for i := r.IntN(20); i < len(v.posts)-1; i += 12 + r.IntN(25) {
		out := r.Range(.9, 3)
		p := v.out(i, out)
		b := s.solidAt(p, 60)
		if b == nil || !s.free(v, i, out-.2, out+.2) || !s.clear(p, 1.9) {
			continue
		}
		var local builder
		local.sign(r)
		pose := v.posts[i]
		pose.X, pose.Y = p.X, p.Y
		pose.Yaw += r.Range(-.2, .2)
		b.placed(local.build(), pose, at(1, 1, 1), RGB{})
	}
}

// sign adds a sign that faces -x: a diamond, a panel, a speed limit or a marker post.
func (b *builder) sign(r *rng.Stream) {
	pole := Material{Color: steel, Class: Pole}
	flat := func(m Material, x float32, pts ...[2]float32) { // counter-clockwise from behind
		out := make([]Vec3, len(pts))
		for i, p := range pts {
			out[i] = at(x, -p[0], p[1])
		}
		b.face(m, out...)
		back := make([]Vec3, len(pts))
		for i := range out {
			back[i] = out[len(out)-1-i]
			back[i].X = -x
		}
		b.face(pole, back...)
	}
	of := func(c RGB) Material { return Material{Color: c, Class: Pole} }
	switch r.IntN(5) {
	case 0:
		b.prism(pole, Vec3{}, .04, .04, 2)
		flat(of(signAmber), -.06, [2]float32{0, 1.6}, [2]float32{.6, 2.2}, [2]float32{0, 2.8}, [2]float32{-.6, 2.2})
		flat(of(darkGap), -.07, [2]float32{-.15, 2}, [2]float32{.2, 2.05}, [2]float32{.1, 2.4}, [2]float32{-.2, 2.3})
	case 1:
		w, z := float32(r.Range(.6, 1.8)), float32(r.Range(1.6, 2.4))
		b.prism(pole, at(0, .5*w, 0), .04, .04, z+.2)
		b.prism(pole, at(0, -.5*w, 0), .04, .04, z+.2)
		c := pick(r, []RGB{signGreen, signBlue, white})
		flat(of(c), -.06, [2]float32{-w, z}, [2]float32{w, z}, [2]float32{w, z + .8*w}, [2]float32{-w, z + .8*w})
		ink := white
		if c == white {
			ink = darkGap
		}
		for k := range 2 {
			y := z + .15*w + .35*w*float32(k)
			flat(of(ink), -.07, [2]float32{-.75 * w, y}, [2]float32{float32(r.Range(0, .8)) * w, y}, [2]float32{float32(r.Range(0, .8)) * w, y + .12*w}, [2]float32{-.75 * w, y + .12*w})
		}
	case 2:
		b.prism(pole, Vec3{}, .03, .03, 2)
		flat(of(white), -.06, [2]float32{-.3, 1.7}, [2]float32{.3, 1.7}, [2]float32{.3, 2.5}, [2]float32{-.3, 2.5})
		flat(of(darkGap), -.07, [2]float32{-.16, 1.8}, [2]float32{.16, 1.8}, [2]float32{.14, 2.2}, [2]float32{-.14, 2.2})
	default: // a marker post
		b.prism(of(RGB{.85, .85, .83}), Vec3{}, .06, .05, 1)
		b.prism(of(darkGap), at(0, 0, .75), .062, .06, .18)
	}
}

// gantries adds sign bridges over roads with several lanes of one direction.
func (s *roadside) gantries() {
	r := s.r
	for i := range s.m.Lanes {
		l := &s.m.Lanes[i]
		if l.Junction >= 0 || l.Right != road.None || l.Left == road.None || l.Center.Length() < 120 || !r.Chance(.5) {
			continue
		}
		width := l.Width
		for k := l.Left; k != road.None; k = s.m.Lanes[k].Left {
			width += s.m.Lanes[k].Width
		}
		s.gantry(l, r.Range(60, l.Center.Length()-10), width)
	}
}

// gantry adds a sign bridge across a road at arc length at of its right lane.
func (s *roadside) gantry(l *road.Lane, along, width float64) {
	r := s.r
	right := l.Center.Offset(along, -l.Width/2-1.5)
	b := s.solidAt(right.Pos(), 200)
	if b == nil {
		return
	}
	if left := right.ToWorld(geom.Vec{Y: width + 3}); !s.clear(right.Pos(), .3) || !s.clear(left, .3) {
		return // without room for a post between the carriageways
	}
	var local builder
	w, m := float32(width+3), Material{Color: steel, Class: Pole}
	for _, y := range [...]float32{0, w} {
		local.prism(m, at(0, y, 0), .18, .14, 7)
	}
	for _, z := range [...]float32{5.9, 6.8} {
		local.box(m, block{-.12, .12, 0, w, z, z + .2})
	}
	c := pick(r, []RGB{signGreen, signGreen, signBlue})
	for y := float32(1.5); y+3 < w; y += 4.5 {
		if r.Chance(.25) {
			continue
		}
		top := float32(r.Range(7.2, 8.2))
		local.box(Material{Color: c, Class: Pole}, block{-.2, -.13, y, y + 3.6, 5.4, top})
		for k := range 3 {
			z := 5.7 + float32(k)*.65
			if z+.3 > top {
				break
			}
			end := y + float32(r.Range(1.2, 3.2))
			local.face(Material{Color: white, Class: Pole}, at(-.21, end, z), at(-.21, y+.3, z), at(-.21, y+.3, z+.3), at(-.21, end, z+.3))
		}
	}
	b.placed(local.build(), right, at(1, 1, 1), RGB{})
}
