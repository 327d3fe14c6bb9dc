//go:build goexperiment.simd && amd64

package raster

import (
	"simd/archsimd"
	"unsafe"
)

// within8 is within.
func within8(v floats, n int) ints {
	v = v.Min(all(float32(n) + 1)).Max(kminus1.get()).Sub(k0p5.get())
	return v.Ceil().ConvertToInt32().Max(archsimd.BroadcastInt32x8(0)).Min(archsimd.BroadcastInt32x8(int32(n)))
}

// bounds4 is bounds.
func (f *filler) bounds4() (top, bottom int, ok bool) {
	n := len(f.screen.u) - 1
	if n < 3 || n > 4 {
		return f.bounds()
	}
	// The last corner is also before the first, so that a triangle also fills four lanes.
	u := archsimd.LoadFloat32x4((*[4]float32)(f.screen.u[n-3:]))
	v := archsimd.LoadFloat32x4((*[4]float32)(f.screen.v[n-3:]))
	a, b := u.AsInt32x4(), v.AsInt32x4()
	p, q := a.InterleaveLo(b).AsFloat32x4(), a.InterleaveHi(b).AsFloat32x4() // u, v, u, v
	low, high := p.Min(q), p.Max(q)
	low = low.Min(low.AsInt32x4().PermuteScalars(2, 3, 0, 1).AsFloat32x4())
	high = high.Max(high.AsInt32x4().PermuteScalars(2, 3, 0, 1).AsFloat32x4())
	box := low.SelectFromPair(0, 1, 4, 5, high) // least u and v, greatest u and v
	limits := archsimd.LoadFloat32x4(&f.limits)
	box = box.Min(limits.Add(archsimd.BroadcastFloat32x4(1))).Max(archsimd.BroadcastFloat32x4(-1)).Sub(archsimd.BroadcastFloat32x4(.5))
	at := box.Ceil().ConvertToInt32().Max(archsimd.BroadcastInt32x4(0)).Min(limits.ConvertToInt32())
	left, right := at.GetElem(0), at.GetElem(2)
	top, bottom = int(at.GetElem(1)), int(at.GetElem(3))
	return top, bottom, top < bottom && left < right
}

// spans8 is spans. It prepares the edges in one vector, and finds eight rows at a time.
func (f *filler) spans8(top, bottom int) {
	n := len(f.screen.u) - 1
	if n > lanes {
		f.spans(top, bottom)
		return
	}
	e := &f.edges
	us, vs := f.screen.u[:2*lanes], f.screen.v[:2*lanes] // within their capacity
	ua, va := archsimd.LoadFloat32x8((*[lanes]float32)(us)), archsimd.LoadFloat32x8((*[lanes]float32)(vs))
	ub, vb := archsimd.LoadFloat32x8((*[lanes]float32)(us[1:])), archsimd.LoadFloat32x8((*[lanes]float32)(vs[1:]))
	rising := va.Greater(vb)
	x, y := ub.Merge(ua, rising), vb.Merge(va, rising)
	x1, y1 := ua.Merge(ub, rising), va.Merge(vb, rising)
	x.Store(&e.x)
	y.Store(&e.y)
	x1.Sub(x).Div(y1.Sub(y)).Store(&e.slope)
	one := archsimd.BroadcastInt32x8(1)
	within8(y, f.cam.h).Sub(one).Store(&e.above)
	within8(y1, f.cam.h).Store(&e.below)
	eight, half := archsimd.BroadcastInt32x8(lanes), k0p5.get()
	row := archsimd.LoadInt32x8(&numbers).Add(archsimd.BroadcastInt32x8(int32(top)))
	for first := top; first < bottom; first += lanes {
		const big = 1 << 20
		left, right := all(big), all(-big)
		at := row.ConvertToFloat32().Add(half)
		for i := range n {
			crossed := row.Greater(archsimd.BroadcastInt32x8(e.above[i])).And(archsimd.BroadcastInt32x8(e.below[i]).Greater(row))
			x := all(e.x[i]).Add(at.Sub(all(e.y[i])).Mul(all(e.slope[i])))
			left, right = x.Min(left).Merge(left, crossed), x.Max(right).Merge(right, crossed)
		}
		within8(left, f.cam.w).Store((*[lanes]int32)(f.x0[first:]))
		within8(right, f.cam.w).Store((*[lanes]int32)(f.x1[first:]))
		row = row.Add(eight)
	}
}

// numbers are the numbers of the lanes.
var numbers = [lanes]int32{0, 1, 2, 3, 4, 5, 6, 7}

// covers8 is covers.
func (f *filler) covers8(id uint32, x, y float32) bool {
	s := &f.shapes[id]
	if s.n > lanes {
		return f.covers(id, x, y)
	}
	us, vs := f.corners.u[s.first:][:2*lanes], f.corners.v[s.first:][:2*lanes]
	ua, va := archsimd.LoadFloat32x8((*[lanes]float32)(us)), archsimd.LoadFloat32x8((*[lanes]float32)(vs))
	ub, vb := archsimd.LoadFloat32x8((*[lanes]float32)(us[1:])), archsimd.LoadFloat32x8((*[lanes]float32)(vs[1:]))
	side := ub.Sub(ua).Mul(all(y).Sub(va)).Sub(vb.Sub(va).Mul(all(x).Sub(ua)))
	zero := k0.get()
	used := uint8(1<<s.n - 1)
	return side.Less(zero).ToBits()&used == 0 || side.Greater(zero).ToBits()&used == 0
}

// darken8 is darken.
func (f *filler) darken8(top, bottom int) {
	bit := archsimd.BroadcastUint32x8(shadowed)
	for y := top; y < bottom; y++ {
		x0, x1 := f.span(y)
		i, end := y*f.stride+x0, y*f.stride+x1
		for ; i+lanes <= end; i += lanes {
			face := (*[lanes]uint32)(f.face[i:])
			archsimd.LoadUint32x8(face).Or(bit).Store(face)
		}
		for ; i < end; i++ {
			f.face[i] |= shadowed
		}
	}
}

// paint8 is paint.
func (f *filler) paint8(p plane, id uint32, top, bottom int) {
	a, ids := all(p.a), archsimd.BroadcastUint32x8(id)
	for y := top; y < bottom; y++ {
		x0, x1 := f.span(y)
		if x1 <= x0 {
			continue
		}
		begin := all(p.row(float32(y) + .5))
		x := counting(float32(x0) + .5)
		i, end := y*f.stride+x0, y*f.stride+x1
		for ; i+lanes <= end; i += lanes {
			a.Mul(x).Add(begin).Store((*[lanes]float32)(f.iz[i:]))
			ids.Store((*[lanes]uint32)(f.face[i:]))
			x = x.Add(k8.get())
		}
		if i < end {
			depth, face := (*[lanes]float32)(f.iz[i:]), (*[lanes]uint32)(f.face[i:])
			inside := x.Less(all(float32(x1)))
			a.Mul(x).Add(begin).Merge(archsimd.LoadFloat32x8(depth), inside).Store(depth)
			ids.Merge(archsimd.LoadUint32x8(face), inside).Store(face)
		}
	}
}

// draw8 is draw.
func (f *filler) draw8(p plane, id uint32, top, bottom int) {
	a, ids := all(p.a), archsimd.BroadcastUint32x8(id)
	for y := top; y < bottom; y++ {
		x0, x1 := f.span(y)
		if x1 <= x0 {
			continue
		}
		begin := all(p.row(float32(y) + .5))
		x, limit := counting(float32(x0)+.5), all(float32(x1))
		for i, end := y*f.stride+x0, y*f.stride+x1; i < end; i += lanes {
			depth, face := (*[lanes]float32)(f.iz[i:]), (*[lanes]uint32)(f.face[i:])
			iz, old := a.Mul(x).Add(begin), archsimd.LoadFloat32x8(depth)
			nearer := iz.Greater(old).And(x.Less(limit))
			iz.Merge(old, nearer).Store(depth)
			ids.Merge(archsimd.LoadUint32x8(face), nearer).Store(face)
			x = x.Add(k8.get())
		}
	}
}

// threes are the lanes that component k of eight consecutive points has in three vectors.
var threes = [3][3][lanes]uint32{
	{{0, 3, 6, 0, 0, 0, 0, 0}, {0, 0, 0, 1, 4, 7, 0, 0}, {0, 0, 0, 0, 0, 0, 2, 5}},
	{{1, 4, 7, 0, 0, 0, 0, 0}, {0, 0, 0, 2, 5, 0, 0, 0}, {0, 0, 0, 0, 0, 0, 3, 6}},
	{{2, 5, 0, 0, 0, 0, 0, 0}, {0, 0, 0, 3, 6, 0, 0, 0}, {0, 0, 0, 0, 0, 1, 4, 7}},
}

// transform8 is transform.
func (v *vertices) transform8(m *affine, cam *pinhole, reachX, reachY [2]float32) {
	n := len(v.model)
	whole := n &^ (lanes - 1)
	ox, oy, oz := all(m.origin.x), all(m.origin.y), all(m.origin.z)
	xx, xy, xz, xt := all(m.rows[0].x), all(m.rows[0].y), all(m.rows[0].z), all(m.shift.x)
	yx, yy, yz, yt := all(m.rows[1].x), all(m.rows[1].y), all(m.rows[1].z), all(m.shift.y)
	zx, zy, zz, zt := all(m.rows[2].x), all(m.rows[2].y), all(m.rows[2].z), all(m.shift.z)
	left, right, up, down := all(-reachX[0]), all(reachX[1]), all(-reachY[0]), all(reachY[1])
	fx, fy, u0, v0 := all(cam.fx), all(cam.fy), all(cam.cx), all(cam.cy)
	for i := 0; i < whole; i += lanes {
		p := (*[3 * lanes]float32)(unsafe.Pointer(&v.model[i])) // eight points of three float32
		p0 := archsimd.LoadFloat32x8((*[lanes]float32)(p[:]))
		p1 := archsimd.LoadFloat32x8((*[lanes]float32)(p[lanes:]))
		p2 := archsimd.LoadFloat32x8((*[lanes]float32)(p[2*lanes:]))
		x := component(p0, p1, p2, 0, 3, 6).Sub(ox)
		y := component(p0, p1, p2, 1, 3, 5).Sub(oy)
		z := component(p0, p1, p2, 2, 2, 5).Sub(oz)
		cx := xx.Mul(x).Add(xy.Mul(y)).Add(xz.Mul(z)).Add(xt)
		cy := yx.Mul(x).Add(yy.Mul(y)).Add(yz.Mul(z)).Add(yt)
		cz := zx.Mul(x).Add(zy.Mul(y)).Add(zz.Mul(z)).Add(zt)
		cx.Store((*[lanes]float32)(v.x[i:]))
		cy.Store((*[lanes]float32)(v.y[i:]))
		cz.Store((*[lanes]float32)(v.z[i:]))
		fx.Mul(cx).Div(cz).Add(u0).Min(kFar.get()).Max(kMinusFar.get()).Store((*[lanes]float32)(v.u[i:]))
		fy.Mul(cy).Div(cz).Add(v0).Min(kFar.get()).Max(kMinusFar.get()).Store((*[lanes]float32)(v.v[i:]))
		out := flag8(cz.Less(kNear.get()), behind)
		out = out.Or(flag8(cx.Less(left.Mul(cz)), leftOf)).Or(flag8(cx.Greater(right.Mul(cz)), rightOf))
		out = out.Or(flag8(cy.Less(up.Mul(cz)), above)).Or(flag8(cy.Greater(down.Mul(cz)), below))
		out.Store((*[lanes]int32)(v.out[i:]))
	}
	for i := whole; i < n; i++ {
		v.transformOne(i, m, cam, reachX, reachY)
	}
}

// flag8 returns b in the lanes of a mask.
func flag8(m mask, b int32) ints { return m.ToInt32x8().And(archsimd.BroadcastInt32x8(b)) }

// component returns component k of eight points, of which the first n lanes are in p0 and
// those before lane m in p1.
func component(p0, p1, p2 floats, k int, n, m int32) floats {
	lane := archsimd.LoadInt32x8(&numbers)
	c := &threes[k]
	r0, r1 := p0.Permute(archsimd.LoadUint32x8(&c[0])), p1.Permute(archsimd.LoadUint32x8(&c[1]))
	r2 := p2.Permute(archsimd.LoadUint32x8(&c[2]))
	r := r1.Merge(r2, archsimd.BroadcastInt32x8(m).Greater(lane))
	return r0.Merge(r, archsimd.BroadcastInt32x8(n).Greater(lane))
}
