package raster

import "testing"

// The face at the center of a pixel is among those of its samples, for any face numbers.
// Numbers such as 6, 639, 6, 639 once passed for equal ones.
func TestCenterOfMixedPixels(t *testing.T) {
	var f filler
	f.init(pinhole{w: 8, h: 1, fx: 8, fy: 8}, fineSamples)
	f.kernels = newKernels()
	f.firstSolid = 1
	const n = 1024
	f.faces, f.shapes = make([]faceInfo, n), make([]shape, n)
	f.screen.open()
	for _, p := range [][2]float32{{1, 0}, {16, 0}, {16, 2}, {1, 2}} { // from the center of the first pixel on
		f.screen.add(p[0], p[1])
	}
	f.screen.close()
	f.shapes = f.shapes[:0]
	for id := range f.faces {
		f.keepShape()
		f.faces[id].plane.c = float32(id) // higher numbers are nearer
	}
	for low := uint32(1); low < 64; low++ {
		for high := low + 1; high < n; high++ {
			f.face[0], f.face[1], f.face[f.stride], f.face[f.stride+1] = low, high, low, high|shadowed
			if id, _ := f.center(0, 0); id != high {
				t.Fatalf("samples of faces %d and %d: center shows %d", low, high, id)
			}
		}
	}
}
