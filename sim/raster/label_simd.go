//go:build goexperiment.simd && amd64

package raster

import (
	"math"
	"math/bits"
	"simd/archsimd"
	"unsafe"

	"roadloop/sim/scene"
)

// labelRow8 is labelRow without lens distortion.
func (r *Renderer) labelRow8(row int) {
	x := 0
	for ; x+lanes <= r.image.Width; x += lanes {
		if id, ok := r.fill.only(x, row); !ok || !r.label8(id, x, row) {
			r.labelMixed8(x, row)
		}
	}
	for ; x < r.image.Width; x++ {
		r.label(x, row)
	}
}

// only returns the face that all samples of eight pixels show; ok is false if they show
// several.
func (f *filler) only(x, y int) (id uint32, ok bool) {
	keep := archsimd.BroadcastUint32x8(^uint32(shadowed))
	if f.samples == 1 {
		v := (*[lanes]uint32)(f.face[y*f.stride+x:])
		id = v[0] &^ shadowed
		return id, archsimd.LoadUint32x8(v).And(keep).Xor(archsimd.BroadcastUint32x8(id)).IsZero()
	}
	i := 2*y*f.stride + 2*x
	upper, lower := (*[2 * lanes]uint32)(f.face[i:]), (*[2 * lanes]uint32)(f.face[i+f.stride:])
	id = upper[0] &^ shadowed
	same := archsimd.BroadcastUint32x8(id)
	u0, u1 := archsimd.LoadUint32x8((*[lanes]uint32)(upper[:])), archsimd.LoadUint32x8((*[lanes]uint32)(upper[lanes:]))
	l0, l1 := archsimd.LoadUint32x8((*[lanes]uint32)(lower[:])), archsimd.LoadUint32x8((*[lanes]uint32)(lower[lanes:]))
	return id, u0.Xor(same).Or(u1.Xor(same)).Or(l0.Xor(same)).Or(l1.Xor(same)).And(keep).IsZero()
}

// label8 copies the labels of eight pixels that show the same face. It reports false for
// pixels on both sides of the horizon.
func (r *Renderer) label8(id uint32, x, y int) bool {
	ch, im, info := r.channels, &r.image, &r.fill.faces[id]
	class, i := info.class, y*im.Width+x
	var depth floats
	switch {
	case id == 0:
		s := &r.shader
		d := all(s.rayOf(y).z).Add(archsimd.LoadFloat32x8((*[lanes]float32)(s.dirX[x:])).Mul(all(s.eye.right.z)))
		switch d.Less(kHorizon.get()).ToBits() {
		case 0:
			class, depth = scene.Sky, all(float32(math.Inf(1)))
		case 1<<lanes - 1:
			class, depth = scene.Terrain, all(-s.eye.pos.z).Div(d)
		default:
			return false
		}
	case r.fill.samples == 1:
		depth = info.plane.depth8(counting(float32(x)+.5), all(float32(y)+.5))
	default:
		depth = info.plane.depth8(centers8(x), all(float32(2*y+1)))
	}
	if ch.Depth {
		depth.Store((*[lanes]float32)(im.Depth[i:]))
	}
	if ch.Class {
		*(*uint64)(unsafe.Pointer((*[lanes]scene.Class)(im.Class[i:]))) = uint64(class) * 0x0101010101010101
	}
	if ch.Instance {
		archsimd.BroadcastUint16x8(info.instance).Store((*[lanes]uint16)(im.Instance[i:]))
	}
	if ch.Marking {
		*(*uint64)(unsafe.Pointer((*[lanes]scene.MarkID)(im.Marking[i:]))) = uint64(info.mark) * 0x0101010101010101
	}
	return true
}

// labelMixed8 copies the labels of eight pixels with several faces. It labels pixels of one
// face by vectors, and the others one by one.
func (r *Renderer) labelMixed8(x, y int) {
	f, ch, im := &r.fill, r.channels, &r.image
	keep := archsimd.BroadcastUint32x8(^uint32(shadowed))
	i := f.samples*y*f.stride + f.samples*x
	i0 := archsimd.LoadUint32x8((*[lanes]uint32)(f.face[i:]))
	px, py := counting(float32(x)+.5), all(float32(y)+.5)
	one := ^uint8(0) // pixels with one face
	if f.samples == 1 {
		i0 = i0.And(keep)
	} else {
		px, py = centers8(x), all(float32(2*y+1))
		j := i + f.stride
		u1 := archsimd.LoadUint32x8((*[lanes]uint32)(f.face[i+lanes:]))
		l0, l1 := archsimd.LoadUint32x8((*[lanes]uint32)(f.face[j:])), archsimd.LoadUint32x8((*[lanes]uint32)(f.face[j+lanes:]))
		a, b, c, d := even8(i0, u1), odd8(i0, u1), even8(l0, l1), odd8(l0, l1)
		i0 = a.And(keep)
		one = a.Xor(b).Or(a.Xor(c)).Or(a.Xor(d)).And(keep).Equal(archsimd.BroadcastUint32x8(0)).ToBits()
	}
	one &^= i0.Equal(archsimd.BroadcastUint32x8(0)).ToBits()
	ids := (*[lanes]uint32)(r.shader.scratch.ids[:])
	i0.Store(ids)
	to := y*im.Width + x
	var depth floats
	for todo := uint(one); todo != 0; {
		id := ids[bits.TrailingZeros(todo)%lanes]
		shown := i0.Equal(archsimd.BroadcastUint32x8(id))
		info := &f.faces[id]
		if ch.Depth {
			depth = info.plane.depth8(px, py).Merge(depth, shown)
		}
		same := uint(shown.ToBits()) & todo
		for todo &^= same; same != 0; same &= same - 1 {
			k := to + bits.TrailingZeros(same)
			if ch.Class {
				im.Class[k] = info.class
			}
			if ch.Instance {
				im.Instance[k] = info.instance
			}
			if ch.Marking {
				im.Marking[k] = info.mark
			}
		}
	}
	if ch.Depth {
		depth.Store((*[lanes]float32)(im.Depth[to:]))
	}
	for rest := uint(^one); rest != 0; rest &= rest - 1 {
		r.label(x+bits.TrailingZeros(rest), y)
	}
}
