package scene

import (
	"math"

	"roadloop/sim/geom"
	"roadloop/sim/road"
)

// shadeRange is the distance up to which static objects cast shadows, m.
const shadeRange = 75.0

// treeShade is a tree that casts a shadow with gaps.
type treeShade struct {
	pos    geom.Vec
	z      float64 // of its foot, m
	height float64 // above the foot, m
	seed   uint32
}

// postShade is a thin upright object that casts a shadow.
type postShade struct {
	pos    geom.Vec
	height float64
}

// blockShade is a building that casts a shadow.
type blockShade struct {
	box    geom.OBB
	height float64
}

// shades are the static objects of a cell that cast shadows.
type shades struct {
	trees  []treeShade
	posts  []postShade
	blocks []blockShade
}

// addProp records the shadow of a roadside object of the map.
func (s *shades) addProp(p *road.Prop) {
	switch p.Kind {
	case road.Building:
		s.blocks = append(s.blocks, blockShade{p.Box(), p.Height})
	case road.Tree:
		s.trees = append(s.trees, treeShade{p.Pose.Pos(), 0, p.Height, p.Variant})
	case road.LampPost, road.SignPost:
		s.posts = append(s.posts, postShade{p.Pose.Pos(), p.Height})
	}
}

// sunlight describes how the sun casts shadows on the ground.
type sunlight struct {
	along geom.Vec // direction of shadows
	reach float64  // length of a shadow per height
}

// minShadowSun is the lowest elevation of the sun for the length of shadows, rad.
const minShadowSun = .25

// castsShadows reports whether the sun is bright enough for sharp shadows.
func castsShadows(c *Conditions) bool { return c.Cloud <= .7 && c.SunElevation >= .02 }

// composeShades adds the shadows of static objects near the camera.
func (st *Builder) composeShades(dst *List, f *frustum, c *Conditions) {
	if !st.style.Light || !castsShadows(c) {
		return
	}
	sun := sunlight{geom.Unit(c.SunAzimuth).Scale(-1), 1 / math.Tan(math.Max(c.SunElevation, minShadowSun))}
	for i := range st.cells {
		cell := &st.cells[i]
		if cell.center.Dist(f.axis.Pos()) > shadeRange+cellSize {
			continue
		}
		for k := range cell.shades.trees {
			dst.treeShadow(&cell.shades.trees[k], &sun, f)
		}
		for k := range cell.shades.posts {
			p := &cell.shades.posts[k]
			dst.barShadow(p.pos, p.height, .07, &sun, f)
		}
		for k := range cell.shades.blocks {
			dst.blockShadow(&cell.shades.blocks[k], &sun, f)
		}
	}
}

// seesShadow reports whether the shadow of an object may be in view, near enough to matter.
func (f *frustum) seesShadow(p geom.Vec, height, width float64, sun *sunlight) bool {
	half := sun.along.Scale(height * sun.reach / 2)
	middle, radius := p.Add(half), half.Norm()+width
	return middle.Dist(f.axis.Pos())-radius < shadeRange && f.sees(middle, radius)
}

// barShadow adds the shadow of a thin upright object.
func (l *List) barShadow(p geom.Vec, height, half float64, sun *sunlight, f *frustum) {
	if !f.seesShadow(p, height, half, sun) {
		return
	}
	end, side := p.Add(sun.along.Scale(height*sun.reach)), sun.along.Left().Scale(half)
	l.Shadows = append(l.Shadows, p.Sub(side), end.Sub(side), end.Add(side), p.Add(side))
	l.ShadowEnds = append(l.ShadowEnds, len(l.Shadows))
}

// blockShadow adds the shadow of a building.
func (l *List) blockShadow(b *blockShade, sun *sunlight, f *frustum) {
	if !f.seesShadow(b.box.Center, b.height, b.box.Length, sun) {
		return
	}
	shift := sun.along.Scale(b.height * sun.reach)
	var pts [8]geom.Vec
	for i, p := range b.box.Corners() {
		pts[i], pts[i+4] = p, p.Add(shift)
	}
	l.Shadows = geom.AppendHull(l.Shadows, pts[:])
	l.ShadowEnds = append(l.ShadowEnds, len(l.Shadows))
}

// treeShadow adds the shadow of a trunk and of parts of a crown, with light between them.
func (l *List) treeShadow(t *treeShade, sun *sunlight, f *frustum) {
	if !f.seesShadow(t.pos, t.z+t.height, .3*t.height, sun) {
		return
	}
	l.barShadow(t.pos, t.z+.5*t.height, .02*t.height, sun, f)
	h := t.seed
	draw := func() float64 { // uniform from 0 to 1
		h ^= h << 13
		h ^= h >> 17
		h ^= h << 5
		return float64(h>>8) / (1 << 24)
	}
	if h == 0 {
		h = 1
	}
	side := sun.along.Left()
	for range 7 {
		up := t.z + t.height*(.4+.5*draw())
		middle := t.pos.Add(sun.along.Scale(up * sun.reach)).Add(side.Scale(t.height * .42 * (draw() - .5)))
		radius := t.height * (.05 + .07*draw())
		long := radius * math.Max(1, .8*sun.reach)
		turn := draw()
		for k := range 6 {
			u := geom.Unit((float64(k) + turn) * math.Pi / 3)
			l.Shadows = append(l.Shadows, middle.Add(sun.along.Scale(long*u.X)).Add(side.Scale(radius*u.Y)))
		}
		l.ShadowEnds = append(l.ShadowEnds, len(l.Shadows))
	}
}

// shadeInstances marks the instances that stand in one of the first n shadows.
func (l *List) shadeInstances(n int) {
	for i := range l.Instances {
		in := &l.Instances[i]
		p, start := geom.Vec{X: float64(in.Pos.X), Y: float64(in.Pos.Y)}, 0
		for _, end := range l.ShadowEnds[:n] {
			if geom.InConvex(p, l.Shadows[start:end]...) {
				in.Shaded = true
				break
			}
			start = end
		}
	}
}
