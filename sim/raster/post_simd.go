//go:build goexperiment.simd && amd64

package raster

import (
	"simd/archsimd"
	"unsafe"
)

// fill8 is noise.fill. Each lane generates the noise of one part of the image.
func (n *noise) fill8(t *texture) {
	var start [noiseParts]uint32
	state := n.state
	for k := range start {
		start[k] = state
		state = n.skip.of(state)
	}
	s0 := archsimd.LoadUint32x8((*[lanes]uint32)(start[:]))
	s1 := archsimd.LoadUint32x8((*[lanes]uint32)(start[lanes:]))
	s2 := archsimd.LoadUint32x8((*[lanes]uint32)(start[2*lanes:]))
	s3 := archsimd.LoadUint32x8((*[lanes]uint32)(start[3*lanes:]))
	for i := range n.part {
		for k := range n.levels {
			s0, s1, s2, s3 = xorshift8(s0), xorshift8(s1), xorshift8(s2), xorshift8(s3)
			s0.ShiftAllRight(20).Store((*[lanes]uint32)(start[:]))
			s1.ShiftAllRight(20).Store((*[lanes]uint32)(start[lanes:]))
			s2.ShiftAllRight(20).Store((*[lanes]uint32)(start[2*lanes:]))
			s3.ShiftAllRight(20).Store((*[lanes]uint32)(start[3*lanes:]))
			scatter(n.levels[k], i, n.part, t, &start)
		}
	}
}

// scatter sets value i of each part of the levels.
func scatter(levels []int16, i, part int, t *texture, index *[noiseParts]uint32) {
	if i >= part || len(levels) < noiseParts*part {
		return
	}
	first, step := unsafe.Pointer(&levels[i]), 2*part // within the levels: i < part
	for j := 0; j < noiseParts; j += 4 {
		at := unsafe.Add(first, j*step)
		*(*int16)(at) = t.gauss[index[j]%tableSize]
		*(*int16)(unsafe.Add(at, step)) = t.gauss[index[j+1]%tableSize]
		*(*int16)(unsafe.Add(at, 2*step)) = t.gauss[index[j+2]%tableSize]
		*(*int16)(unsafe.Add(at, 3*step)) = t.gauss[index[j+3]%tableSize]
	}
}

// xorshift8 is xorshift.
func xorshift8(s words) words {
	s = s.Xor(s.ShiftAllLeft(13))
	s = s.Xor(s.ShiftAllRight(17))
	return s.Xor(s.ShiftAllLeft(5))
}

// packed are the bytes of four pixels, red, green, blue and an unused one, without the
// unused ones, in each half of a vector.
var packed = [32]int8{0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, -1, -1, -1, -1,
	0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, -1, -1, -1, -1}

// toneMapRow8 is toneMapRow.
func (s *shader) toneMapRow8(dst []byte, brightness float32, n *noise, y int) {
	gain, bright := archsimd.BroadcastInt32x8(n.gain), all(brightness)
	order := archsimd.LoadInt8x32(&packed)
	x := 0
	for ; x+lanes <= s.cam.w; x += lanes {
		src, at := y*s.stride+x, y*s.cam.w+x
		r := level8(s.r[src:], n.levels[0][at:], bright, gain)
		g := level8(s.g[src:], n.levels[1][at:], bright, gain)
		b := level8(s.b[src:], n.levels[2][at:], bright, gain)
		rgb := r.Or(g.ShiftAllLeft(8)).Or(b.ShiftAllLeft(16)).AsUint8x32().PermuteOrZeroGrouped(order)
		rgb.GetLo().Store((*[16]uint8)(dst[3*x:]))
		rgb.GetHi().Store((*[16]uint8)(dst[3*x+12:]))
	}
	for ; x < s.cam.w; x++ {
		s.toneMapPixel(dst[3*x:3*x+3], y*s.stride+x, brightness, n, y*s.cam.w+x)
	}
}

// level8 returns the 8-bit levels of a channel.
func level8(light []float32, noise []int16, brightness floats, gain ints) ints {
	c := archsimd.LoadFloat32x8((*[lanes]float32)(light)).Mul(brightness)
	v := curve8(c).Mul(kLevels.get()).ConvertToInt32()
	random := archsimd.LoadInt16x8((*[lanes]int16)(noise)).ExtendToInt32()
	v = v.Add(gain.Mul(random)).Add(archsimd.BroadcastInt32x8(32768)).ShiftAllRight(16)
	return v.Max(archsimd.BroadcastInt32x8(0)).Min(archsimd.BroadcastInt32x8(255))
}

// curve8 is curve.
func curve8(v floats) floats {
	bright := v.Greater(kKnee.get())
	if !any8(bright) {
		return v
	}
	x := v.Sub(kKnee.get()).Div(kAboveKnee.get())
	y := kKnee.get().Add(kAboveKnee.get().Mul(x).Div(k1.get().Add(x)).Mul(k1.get().Add(k0p5.get().Mul(x)).Min(k2.get())))
	return y.Merge(v, bright)
}

// splat8 is splat.
func (s *shader) splat8(u, v, rx, ry float32, c vec) {
	x0, x1 := extent(u, rx, s.cam.w)
	y0, y1 := extent(v, ry, s.cam.h)
	for y := y0; y < y1; y++ {
		dy := (float32(y) + .5 - v) / ry
		d2 := all(float32(dy * dy))
		for x := x0; x < x1; x += lanes {
			at := counting(float32(x) + .5)
			dx := at.Sub(all(u)).Div(all(rx))
			k := k1.get().Sub(k0p25.get().Mul(dx.Mul(dx).Add(d2)))
			lit := k.Greater(k0.get()).And(at.Less(all(float32(x1))))
			if !any8(lit) {
				continue
			}
			k = k.Mul(k).Mul(k)
			i := y*s.stride + x
			add8(s.r[i:], k.Mul(all(c.x)), lit)
			add8(s.g[i:], k.Mul(all(c.y)), lit)
			add8(s.b[i:], k.Mul(all(c.z)), lit)
		}
	}
}

// add8 adds to eight values, in the lanes of a mask.
func add8(dst []float32, v floats, m mask) {
	p := (*[lanes]float32)(dst)
	old := archsimd.LoadFloat32x8(p)
	old.Add(v).Merge(old, m).Store(p)
}
