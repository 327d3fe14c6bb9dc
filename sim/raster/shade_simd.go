//go:build goexperiment.simd && amd64

package raster

import (
	"math/bits"
	"simd/archsimd"

	"roadloop/sim/scene"
)

// shadeRow8 is shadeRow.
func (s *shader) shadeRow8(f *filler, y int) {
	common := s.rayOf(y)
	for x := 0; x < s.cam.w; x += lanes {
		right := archsimd.LoadFloat32x8((*[lanes]float32)(s.dirX[x:]))
		dx := all(common.x).Add(right.Mul(all(s.eye.right.x)))
		dy := all(common.y).Add(right.Mul(all(s.eye.right.y)))
		dz := all(common.z).Add(right.Mul(all(s.eye.right.z)))
		var r, g, b floats
		if f.samples == 1 {
			r, g, b = s.coarse8(f, x, y, dx, dy, dz)
		} else {
			r, g, b = s.fine8(f, x, y, dx, dy, dz)
		}
		i := y*s.stride + x
		r.Store((*[lanes]float32)(s.r[i:]))
		g.Store((*[lanes]float32)(s.g[i:]))
		b.Store((*[lanes]float32)(s.b[i:]))
	}
}

// coarse8 returns the light of eight pixels with one sample each.
func (s *shader) coarse8(f *filler, x, y int, dx, dy, dz floats) (r, g, b floats) {
	ids := archsimd.LoadUint32x8((*[lanes]uint32)(f.face[y*f.stride+x:]))
	ids.Store((*[lanes]uint32)(s.scratch.ids[:]))
	px, py := counting(float32(x)+.5), all(float32(y)+.5)
	for todo := uint(1<<lanes - 1); todo != 0; {
		id := s.scratch.ids[bits.TrailingZeros(todo)%lanes]
		shown := ids.Equal(archsimd.BroadcastUint32x8(id))
		todo &^= uint(shown.ToBits())
		r1, g1, b1 := s.point8(f, id, px, py, dx, dy, dz)
		r, g, b = r1.Merge(r, shown), g1.Merge(g, shown), b1.Merge(b, shown)
	}
	return r, g, b
}

// fine8 returns the light of eight pixels with four samples each: pixel and mixed.
func (s *shader) fine8(f *filler, x, y int, dx, dy, dz floats) (r, g, b floats) {
	i := 2*y*f.stride + 2*x
	upper, lower := (*[2 * lanes]uint32)(f.face[i:]), (*[2 * lanes]uint32)(f.face[i+f.stride:])
	u0, u1 := archsimd.LoadUint32x8((*[lanes]uint32)(upper[:])), archsimd.LoadUint32x8((*[lanes]uint32)(upper[lanes:]))
	l0, l1 := archsimd.LoadUint32x8((*[lanes]uint32)(lower[:])), archsimd.LoadUint32x8((*[lanes]uint32)(lower[lanes:]))
	px, py := centers8(x), all(float32(2*y+1))
	first := archsimd.BroadcastUint32x8(upper[0])
	if u0.Xor(first).Or(u1.Xor(first)).Or(l0.Xor(first)).Or(l1.Xor(first)).IsZero() {
		return s.point8(f, upper[0], px, py, dx, dy, dz)
	}
	ids := &s.scratch.ids
	i0, i1 := even8(u0, u1), odd8(u0, u1)
	i2, i3 := even8(l0, l1), odd8(l0, l1)
	i0.Store((*[lanes]uint32)(ids[:]))
	i1.Store((*[lanes]uint32)(ids[lanes:]))
	i2.Store((*[lanes]uint32)(ids[2*lanes:]))
	i3.Store((*[lanes]uint32)(ids[3*lanes:]))
	var r0, r1, r2, r3, g0, g1, g2, g3, b0, b1, b2, b3 floats
	before, after := kminus0p5.get(), k0p5.get()
	for todo := ^uint32(0); todo != 0; {
		k := bits.TrailingZeros32(todo) % len(ids)
		id := ids[k]
		same := archsimd.BroadcastUint32x8(id)
		m0, m1, m2, m3 := i0.Equal(same), i1.Equal(same), i2.Equal(same), i3.Equal(same)
		todo &^= uint32(m0.ToBits()) | uint32(m1.ToBits())<<8 | uint32(m2.ToBits())<<16 | uint32(m3.ToBits())<<24
		// The first sample of the face, or the center if all samples show it. Lanes without
		// the face are shaded at its first pixel, so that they are not out of range.
		ox := after.Merge(before.Merge(after, m2), m1)
		ox = before.Merge(ox, m0)
		oy := before.Merge(after, m0.Or(m1))
		whole := m0.And(m1).And(m2).And(m3)
		sx, sy := px.Merge(px.Add(ox), whole), py.Merge(py.Add(oy), whole)
		sx = sx.Merge(all(float32(2*(x+k%lanes)+1)), m0.Or(m1).Or(m2).Or(m3))
		r, g, b = s.point8(f, id, sx, sy, dx, dy, dz)
		r0, r1, r2, r3 = r.Merge(r0, m0), r.Merge(r1, m1), r.Merge(r2, m2), r.Merge(r3, m3)
		g0, g1, g2, g3 = g.Merge(g0, m0), g.Merge(g1, m1), g.Merge(g2, m2), g.Merge(g3, m3)
		b0, b1, b2, b3 = b.Merge(b0, m0), b.Merge(b1, m1), b.Merge(b2, m2), b.Merge(b3, m3)
	}
	quarter := k0p25.get()
	r = r0.Add(r1).Add(r2.Add(r3)).Mul(quarter)
	g = g0.Add(g1).Add(g2.Add(g3)).Mul(quarter)
	b = b0.Add(b1).Add(b2.Add(b3)).Mul(quarter)
	return r, g, b
}

// centers8 returns the columns of the centers of eight pixels in samples.
func centers8(x int) floats { return evens.get().Add(all(float32(2*x + 1))) }

// sorted brings the halves of a selection from two vectors into order.
var sorted = [lanes]uint32{0, 1, 4, 5, 2, 3, 6, 7}

// even8 and odd8 return the even and the odd lanes of a and b.
func even8(a, b words) words {
	return a.AsFloat32x8().SelectFromPairGrouped(0, 2, 4, 6, b.AsFloat32x8()).AsUint32x8().Permute(archsimd.LoadUint32x8(&sorted))
}

func odd8(a, b words) words {
	return a.AsFloat32x8().SelectFromPairGrouped(1, 3, 5, 7, b.AsFloat32x8()).AsUint32x8().Permute(archsimd.LoadUint32x8(&sorted))
}

// depth8 returns the depth of a plane at points given in samples.
func (p *plane) depth8(x, y floats) floats {
	return k1.get().Div(all(p.a).Mul(x).Add(all(p.b).Mul(y).Add(all(p.c))))
}

// point8 is point.
func (s *shader) point8(f *filler, id uint32, x, y, dx, dy, dz floats) (r, g, b floats) {
	if id&^shadowed == 0 {
		return s.open8(dx, dy, dz, id != 0)
	}
	face := &f.faces[id&^shadowed]
	z := face.plane.depth8(x, y)
	c := &face.color
	if face.shines {
		z = k0p5.get().Mul(z)
		return s.hazy8(all(c.x), all(c.y), all(c.z), z)
	}
	if id&shadowed != 0 {
		c = &face.shade
	}
	r, g, b = all(c.x), all(c.y), all(c.z)
	if face.texture == scene.Plain && !s.light.headlights {
		return s.hazy8(r, g, b, z)
	}
	px, py, pz := s.at8(dx, dy, dz, z)
	r, g, b = s.pattern8(face, r, g, b, px, py, pz, z)
	if s.light.headlights {
		k := s.artificial8(px, py, pz)
		r, g, b = r.Add(all(face.albedo.x).Mul(k)), g.Add(all(face.albedo.y).Mul(k)), b.Add(all(face.albedo.z).Mul(k))
	}
	return s.hazy8(r, g, b, z)
}

// at8 returns the points at depth z on rays.
func (s *shader) at8(dx, dy, dz, z floats) (x, y, up floats) {
	e := &s.eye.pos
	return all(e.x).Add(dx.Mul(z)), all(e.y).Add(dy.Mul(z)), all(e.z).Add(dz.Mul(z))
}

// hazy8 is hazy.
func (s *shader) hazy8(r, g, b, z floats) (floats, floats, floats) {
	h := &s.light.hazeColor
	return mixed8(all(h.x), all(h.y), all(h.z), r, g, b, transmission8(all(s.light.haze).Mul(z)))
}

// mixed8 is mix.
func mixed8(ar, ag, ab, br, bg, bb, t floats) (r, g, b floats) {
	return mix8(ar, br, t), mix8(ag, bg, t), mix8(ab, bb, t)
}

// open8 is open.
func (s *shader) open8(dx, dy, dz floats, shadow bool) (r, g, b floats) {
	ground := dz.Less(kHorizon.get())
	switch ground.ToBits() {
	case 0:
		return s.sky8(dx, dy, dz)
	case 1<<lanes - 1:
		return s.terrain8(dx, dy, dz, shadow)
	}
	r, g, b = s.terrain8(dx, dy, dz, shadow)
	r1, g1, b1 := s.sky8(dx, dy, dz)
	return r.Merge(r1, ground), g.Merge(g1, ground), b.Merge(b1, ground)
}

// terrain8 is open below the horizon.
func (s *shader) terrain8(dx, dy, dz floats, shadow bool) (r, g, b floats) {
	z := all(-s.eye.pos.z).Div(dz)
	px, py, pz := s.at8(dx, dy, dz, z)
	c := &s.grass
	if shadow {
		c = &s.grassShade
	}
	r, g, b = all(c.x), all(c.y), all(c.z)
	if near := z.Less(k120.get()); any8(near) {
		k := s.grain8(px, py, pz, z, &openGrain).Merge(k1.get(), near)
		r, g, b = r.Mul(k), g.Mul(k), b.Mul(k)
	}
	if s.light.headlights {
		k := s.artificial8(px, py, pz)
		r, g, b = r.Add(all(bare.x).Mul(k)), g.Add(all(bare.y).Mul(k)), b.Add(all(bare.z).Mul(k))
	}
	return s.hazy8(r, g, b, z)
}

// sky8 is sky.
func (s *shader) sky8(dx, dy, dz floats) (r, g, b floats) {
	l, t := s.light, s.texture
	length := dx.Mul(dx).Add(dy.Mul(dy)).Add(dz.Mul(dz)).Sqrt()
	up := dz.Div(length)
	k := clamp8(up.Mul(k2p6.get()))
	k = k.Mul(k2.get().Sub(k))
	r, g, b = mixed8(all(l.horizon.x), all(l.horizon.y), all(l.horizon.z), all(l.zenith.x), all(l.zenith.y), all(l.zenith.z), k)
	if l.cloud < .97 {
		m := dz.Add(k0p12.get().Mul(length))
		u, v := dx.Div(m), dy.Div(m)
		n := k0p62.get().Mul(t.smooth8(&s.scratch, u.Mul(k1p3.get()), v.Mul(k1p3.get())))
		n = n.Add(k0p38.get().Mul(t.smooth8(&s.scratch, u.Mul(k3p1.get()).Add(k7.get()), v.Mul(k3p1.get()))))
		cover := clamp8(n.Sub(k0p35.get()).Add(all(float32(1.1 * l.cloud))).Mul(k1p6.get()))
		cover = cover.Mul(k0p85.get()).Mul(clamp8(up.Mul(k9.get())))
		c := vec{.93, .94, .96}.scale(l.clouds)
		r, g, b = mixed8(r, g, b, all(c.x), all(c.y), all(c.z), cover)
	}
	if l.cloud < .8 && l.dark < .9 {
		halo := dx.Mul(all(l.sun.x)).Add(dy.Mul(all(l.sun.y))).Add(dz.Mul(all(l.sun.z))).Div(length)
		if near := halo.Greater(k0p9.get()); any8(near) {
			k := halo.Sub(k0p9.get()).Mul(k10.get())
			k = k.Mul(k).Mul(k).Mul(k0p8.get())
			r = r.Add(all(l.sunColor.x).Mul(k)).Merge(r, near)
			g = g.Add(all(l.sunColor.y).Mul(k)).Merge(g, near)
			b = b.Add(all(l.sunColor.z).Mul(k)).Merge(b, near)
		}
	}
	if l.haze > .012 {
		h := &l.hazeColor
		k := clamp8(all(float32(l.haze * 60)).Mul(k1.get().Sub(up)))
		r, g, b = mixed8(r, g, b, all(h.x), all(h.y), all(h.z), k)
	}
	if low := up.Less(kHighestHill.get()); any8(low) {
		hill := up.Less(s.skyline8(dx, dy)).And(low)
		h := &s.hills
		r, g, b = all(h.x).Merge(r, hill), all(h.y).Merge(g, hill), all(h.z).Merge(b, hill)
	}
	return r, g, b
}

// skyline8 is skyline.
func (s *shader) skyline8(dx, dy floats) floats {
	h := dx.Mul(dx).Add(dy.Mul(dy))
	n := k1.get().Div(h.Sqrt())
	a, b := dx.Add(dy).Mul(n), dx.Sub(dy).Mul(n)
	t := s.texture
	hill := k0p012.get().Add(k0p01.get().Mul(t.smooth8(&s.scratch, a.Mul(k6.get()), b.Mul(k6.get()))))
	hill = hill.Add(k0p006.get().Mul(t.smooth8(&s.scratch, a.Mul(k23.get()), b.Mul(k23.get()))))
	return k0.get().Merge(hill, h.Less(kTiny.get()))
}

// pattern8 is pattern.
func (s *shader) pattern8(f *faceInfo, r, g, b, x, y, up, z floats) (floats, floats, floats) {
	switch f.texture {
	case scene.Asphalt:
		r, g, b = scaled8(r, g, b, s.grain8(x, y, up, z, &asphaltGrain))
		return s.wetness8(r, g, b, z)
	case scene.Pavement:
		return s.pavement8(r, g, b, x, y, up, z)
	case scene.Grass:
		return scaled8(r, g, b, s.grain8(x, y, up, z, &grassGrain))
	case scene.Foliage:
		return scaled8(r, g, b, s.grain8(x, y, up, z, &foliageGrain))
	case scene.Paint:
		return s.paint8(r, g, b, x, y, z, f.wear)
	case scene.Facade:
		return s.facade8(f, r, g, b, x, y, up)
	}
	return r, g, b
}

// scaled8 is vec.scale.
func scaled8(r, g, b, k floats) (floats, floats, floats) { return r.Mul(k), g.Mul(k), b.Mul(k) }

// grain8 is grain.
func (s *shader) grain8(x, y, up, z floats, p *grain) floats {
	u, v := x.Mul(all(p.waves)), y.Mul(all(p.waves))
	x, y = x.Mul(all(p.cells)), y.Mul(all(p.cells))
	if p.rise {
		u, v = u.Add(up), v.Add(up.Mul(k1p7.get()))
		x, y = x.Add(up.Mul(k2.get())), y.Add(up.Mul(k3.get()))
	}
	near := clamp8(all(p.fade).Div(z))
	cell := s.texture.at8(&s.scratch, floor8(x), floor8(y))
	wave := s.texture.smooth8(&s.scratch, u, v)
	return all(p.base).Add(all(p.waveGain).Mul(wave)).Add(all(p.cellGain).Mul(near).Mul(cell))
}

// pavement8 is pavement.
func (s *shader) pavement8(r, g, b, x, y, up, z floats) (floats, floats, floats) {
	k := s.grain8(x, y, up, z, &pavementGrain)
	if near := z.Less(k25.get()); any8(near) {
		line := frac8(x.Mul(k1p6.get())).Less(k0p05.get()).Or(frac8(y.Mul(k1p6.get())).Less(k0p05.get()))
		k = k0p84.get().Mul(k).Merge(k, near.And(line))
	}
	return scaled8(r, g, b, k)
}

// paint8 is paint.
func (s *shader) paint8(r, g, b, x, y, z floats, wear float32) (floats, floats, floats) {
	t := s.texture
	if wear > 0 {
		gone := all(float32(wear*1.6) - .45).Sub(k0p55.get().Mul(t.smooth8(&s.scratch, x.Mul(k3p1.get()), y.Mul(k3p1.get()))))
		gone = gone.Sub(k0p3.get().Mul(t.at8(&s.scratch, floor8(x.Mul(k11.get())), floor8(y.Mul(k11.get())))))
		k := clamp8(gone).Mul(k0p9.get()).Add(all(float32(.1 * wear)))
		r, g, b = mixed8(r, g, b, all(s.road.x), all(s.road.y), all(s.road.z), k)
	}
	speckle := k1.get().Add(k0p04.get().Mul(t.at8(&s.scratch, floor8(x.Mul(k12.get())), floor8(y.Mul(k12.get())))))
	r, g, b = scaled8(r, g, b, speckle)
	return s.wetness8(r, g, b, z)
}

// wetness8 is wetness.
func (s *shader) wetness8(r, g, b, z floats) (floats, floats, floats) {
	l := s.light
	if l.wet == 0 {
		return r, g, b
	}
	grazing := clamp8(k1.get().Sub(all(float32(2.2 * s.eye.pos.z)).Div(z)))
	k := all(float32(.38 * l.wet)).Mul(grazing).Mul(grazing)
	r, g, b = scaled8(r, g, b, all(1-float32(.35*l.wet)))
	return mixed8(r, g, b, all(l.horizon.x), all(l.horizon.y), all(l.horizon.z), k)
}

// facade8 is facade.
func (s *shader) facade8(f *faceInfo, r, g, b, x, y, up floats) (floats, floats, floats) {
	l, t := s.light, s.texture
	along := y.Mul(all(f.normal.x)).Sub(x.Mul(all(f.normal.y))).Div(k2p6.get())
	storey := up.Sub(k0p2.get()).Div(k3.get())
	u, v := frac8(along), frac8(storey)
	r, g, b = scaled8(r, g, b, k1.get().Add(k0p04.get().Mul(t.smooth8(&s.scratch, x.Mul(k0p8.get()).Add(up), y.Mul(k0p8.get())))))
	wall := u.Less(k0p28.get()).Or(u.Greater(k0p74.get())).Or(v.Less(k0p3.get())).Or(v.Greater(k0p8.get())).Or(storey.Less(k0.get()))
	frame := u.Less(k0p33.get()).Or(u.Greater(k0p69.get())).Or(v.Less(k0p35.get()))
	k := k1p18.get().Merge(k1.get(), frame)
	k = k0p72.get().Merge(k1.get(), storey.Less(k0p08.get())).Merge(k, wall)
	solid := wall.Or(frame)
	r1, g1, b1 := scaled8(r, g, b, k)
	if solid.ToBits() == 1<<lanes-1 {
		return r1, g1, b1
	}
	row := floor8(storey).Mul(archsimd.BroadcastInt32x8(131))
	depth := floor8(x.Mul(all(f.normal.x)).Add(y.Mul(all(f.normal.y))))
	which := t.at8(&s.scratch, floor8(along).Add(row), depth)
	r, g, b = scaled8(r, g, b, k0p25.get())
	r, g, b = mixed8(r, g, b, all(l.zenith.x), all(l.zenith.y), all(l.zenith.z), k0p45.get().Add(k0p15.get().Mul(which)))
	if l.dark > .5 {
		lit := which.Greater(k0p35.get())
		k := k0p55.get().Add(k0p35.get().Mul(which))
		r, g, b = k.Mul(k0p95.get()).Merge(r, lit), k.Mul(k0p78.get()).Merge(g, lit), k.Mul(k0p45.get()).Merge(b, lit)
	}
	return r1.Merge(r, solid), g1.Merge(g, solid), b1.Merge(b, solid)
}

// artificial8 is light.artificial.
func (s *shader) artificial8(x, y, up floats) floats {
	return s.light.lamps.add8(&s.scratch, s.light.headlight8(x, y, up), x, y, up)
}

// headlight8 is headlight.
func (l *light) headlight8(x, y, up floats) floats {
	dx, dy := x.Sub(all(l.from[0])), y.Sub(all(l.from[1]))
	bx, by := all(l.beam[0]), all(l.beam[1])
	ahead := dx.Mul(bx).Add(dy.Mul(by))
	side := dy.Mul(bx).Sub(dx.Mul(by)).Div(ahead.Add(k2.get()))
	cone := clamp8(k1p15.get().Sub(k5p5.get().Mul(side).Mul(side)))
	low := clamp8(k1p6.get().Sub(up.Mul(k0p5.get().Add(k0p02.get().Mul(ahead)))))
	k := cone.Mul(low).Mul(k1p15.get()).Div(k1.get().Add(ahead.Mul(ahead).Div(k650.get())))
	return k0.get().Merge(k, ahead.Less(k0p3.get()))
}

// add8 is lamps.add. It adds the lamps of the cells of all lanes; a lamp out of reach adds
// nothing.
func (g *lamps) add8(s *scratch, sum, x, y, up floats) floats {
	if len(g.all) == 0 {
		return sum
	}
	cx := floor8(x.Sub(all(g.minX)).Div(kLampCell.get()))
	cy := floor8(y.Sub(all(g.minY)).Div(kLampCell.get()))
	limit, zero := archsimd.BroadcastInt32x8(lampCells), archsimd.BroadcastInt32x8(0)
	inside := limit.Greater(cx).And(limit.Greater(cy))
	outside := zero.Greater(cx).Or(zero.Greater(cy))
	if inside.ToBits() != 1<<lanes-1 || any8(outside) { // distant points cover few pixels
		for i := range g.all {
			sum = sum.Add(lampLight8(x, y, up, &g.all[i]))
		}
		return sum
	}
	cell := cy.Mul(archsimd.BroadcastInt32x8(lampCells)).Add(cx)
	cell.AsUint32x8().Store((*[lanes]uint32)(s.index[:]))
	one := allEqual(cell)
	for w := range g.words {
		set := g.set64(s.index[0], w)
		if !one {
			for _, c := range s.index[1:lanes] {
				set |= g.set64(c, w)
			}
		}
		for ; set != 0; set &= set - 1 {
			sum = sum.Add(lampLight8(x, y, up, &g.all[64*w+bits.TrailingZeros64(set)]))
		}
	}
	return sum
}

// lampLight8 is lampLight.
func lampLight8(x, y, up floats, lamp *vec) floats {
	dx, dy, dz := x.Sub(all(lamp.x)), y.Sub(all(lamp.y)), up.Sub(all(lamp.z))
	d2 := dx.Mul(dx).Add(dy.Mul(dy)).Add(dz.Mul(dz))
	k := k14.get().Div(d2.Add(k12.get())).Mul(k0p6.get())
	return k.Masked(d2.Less(kLampReach2.get()))
}
