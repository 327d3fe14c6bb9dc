//go:build goexperiment.simd && amd64

package raster

import "simd/archsimd"

// Vectors of one value per pixel or sample. They need AVX2.
type (
	floats = archsimd.Float32x8
	ints   = archsimd.Int32x8
	words  = archsimd.Uint32x8
	mask   = archsimd.Mask32x8
)

// all returns a vector of equal values.
func all(v float32) floats { return archsimd.BroadcastFloat32x8(v) }

// counting returns 0, 1, 2 and so on, plus first.
func counting(first float32) floats {
	return ordinals.get().Add(all(first))
}

// ordinals are the numbers of the lanes, and evens are twice as large.
var (
	ordinals = constant{0, 1, 2, 3, 4, 5, 6, 7}
	evens    = constant{0, 2, 4, 6, 8, 10, 12, 14}
)

// mix8 is mix for one component.
func mix8(a, b, t floats) floats { return a.Add(b.Sub(a).Mul(t)) }

func clamp8(v floats) floats { return v.Max(k0.get()).Min(k1.get()) }

// floor8 is floor.
func floor8(v floats) ints { return v.Floor().ConvertToInt32() }

func frac8(v floats) floats { return v.Sub(v.Floor()) }

func ease8(f floats) floats { return f.Mul(f).Mul(k3.get().Sub(k2.get().Mul(f))) }

// any8 reports whether a lane of the mask is set.
func any8(m mask) bool { return m.ToBits() != 0 }

// allEqual reports whether all lanes of a vector are equal.
func allEqual(v ints) bool { return v.Xor(v.Permute(archsimd.BroadcastUint32x8(0))).IsZero() }

// transmission8 is transmission.
func transmission8(x floats) floats {
	y := x.Min(kThickest.get()).Mul(kLog2E.get())
	n := y.ConvertToInt32()
	f := y.Sub(n.ConvertToFloat32())
	p := kExp3.get().Add(f.Mul(kExp4.get()))
	p = kExp2.get().Add(f.Mul(p))
	p = kExp1.get().Add(f.Mul(p))
	p = k1.get().Add(f.Mul(p))
	scale := archsimd.BroadcastInt32x8(127).Sub(n).ShiftAllLeft(23)
	return p.Mul(scale.AsFloat32x8())
}

// Factors of the hash of a cell.
const hashX, hashY, hashMix = 0x9E3779B1, 0x85EBCA77, 0x2C1B3C6D

// slot8 returns the index in the table of a cell, from its hashed coordinates.
func slot8(x, y words) words {
	h := x.Xor(y)
	h = h.Xor(h.ShiftAllRight(15))
	return h.Mul(archsimd.BroadcastUint32x8(hashMix)).ShiftAllRight(20)
}

// at8 is texture.at.
func (t *texture) at8(s *scratch, x, y ints) floats {
	hx := x.AsUint32x8().Mul(archsimd.BroadcastUint32x8(hashX))
	hy := y.AsUint32x8().Mul(archsimd.BroadcastUint32x8(hashY))
	slot8(hx, hy).Store((*[lanes]uint32)(s.index[:]))
	for i := range lanes {
		s.value[i] = t.value[s.index[i]%tableSize]
	}
	return archsimd.LoadFloat32x8((*[lanes]float32)(s.value[:]))
}

// smooth8 is texture.smooth.
func (t *texture) smooth8(s *scratch, x, y floats) floats {
	xf, yf := x.Floor(), y.Floor()
	xi, yi := xf.ConvertToInt32(), yf.ConvertToInt32()
	fx, fy := ease8(x.Sub(xf)), ease8(y.Sub(yf))
	var a, b, c, d floats
	if allEqual(xi) && allEqual(yi) { // near patterns: one cell
		cx, cy := xi.GetLo().GetElem(0), yi.GetLo().GetElem(0)
		a, b = all(t.at(cx, cy)), all(t.at(cx+1, cy))
		c, d = all(t.at(cx, cy+1)), all(t.at(cx+1, cy+1))
	} else {
		kx, ky := archsimd.BroadcastUint32x8(hashX), archsimd.BroadcastUint32x8(hashY)
		x0, y0 := xi.AsUint32x8().Mul(kx), yi.AsUint32x8().Mul(ky)
		x1, y1 := x0.Add(kx), y0.Add(ky)
		slot8(x0, y0).Store((*[lanes]uint32)(s.index[:]))
		slot8(x1, y0).Store((*[lanes]uint32)(s.index[lanes:]))
		slot8(x0, y1).Store((*[lanes]uint32)(s.index[2*lanes:]))
		slot8(x1, y1).Store((*[lanes]uint32)(s.index[3*lanes:]))
		for i := range s.index {
			s.value[i] = t.value[s.index[i]%tableSize]
		}
		a = archsimd.LoadFloat32x8((*[lanes]float32)(s.value[:]))
		b = archsimd.LoadFloat32x8((*[lanes]float32)(s.value[lanes:]))
		c = archsimd.LoadFloat32x8((*[lanes]float32)(s.value[2*lanes:]))
		d = archsimd.LoadFloat32x8((*[lanes]float32)(s.value[3*lanes:]))
	}
	top, low := mix8(a, b, fx), mix8(c, d, fx)
	return mix8(top, low, fy)
}
