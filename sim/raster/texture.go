package raster

import (
	"math"

	"roadloop/sim/rng"
)

const tableSize = 4096

// texture holds the random tables for patterns and noise. They are the same in
// every run.
type texture struct {
	value [tableSize]float32 // uniform in -1..1
	gauss [tableSize]int16   // normal, in 1/256 of a standard deviation
}

func newTexture() (t texture) {
	s := rng.New(0, "raster", "texture")
	for i := range t.value {
		t.value[i] = float32(s.Range(-1, 1))
	}
	for i := range t.gauss {
		t.gauss[i] = int16(math.Round(256 * s.Norm()))
	}
	return t
}

// at returns the table's value for a cell of a grid over the plane.
func (t *texture) at(x, y int32) float32 {
	h := uint32(x)*0x9E3779B1 ^ uint32(y)*0x85EBCA77
	h ^= h >> 15
	h *= 0x2C1B3C6D
	return t.value[h>>20]
}

// smooth returns value noise: the table values interpolated between the cells.
func (t *texture) smooth(x, y float32) float32 {
	xi, yi := floor(x), floor(y)
	fx, fy := x-float32(xi), y-float32(yi)
	fx, fy = fx*fx*(3-2*fx), fy*fy*(3-2*fy)
	a, b := t.at(xi, yi), t.at(xi+1, yi)
	c, d := t.at(xi, yi+1), t.at(xi+1, yi+1)
	top, low := a+(b-a)*fx, c+(d-c)*fx
	return top + (low-top)*fy
}

func floor(v float32) int32 {
	i := int32(v)
	if v < float32(i) {
		i--
	}
	return i
}
