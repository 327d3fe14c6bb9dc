package raster

import (
	"math"
	"sync"

	"roadloop/sim/rng"
)

const tableSize = 4096

// texture holds the random tables for patterns and noise.
type texture struct {
	value [tableSize]float32 // uniform in -1..1
	gauss [tableSize]int16   // normal, in 1/256 of a standard deviation
}

// standardTexture returns the texture of all renderers, which is the same in every run.
var standardTexture = sync.OnceValue(func() *texture {
	t, s := new(texture), rng.New(0, "raster", "texture")
	for i := range t.value {
		t.value[i] = float32(s.Range(-1, 1))
	}
	for i := range t.gauss {
		t.gauss[i] = int16(math.Round(256 * s.Norm()))
	}
	return t
})

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
	fx, fy = ease(fx), ease(fy)
	a, b := t.at(xi, yi), t.at(xi+1, yi)
	c, d := t.at(xi, yi+1), t.at(xi+1, yi+1)
	top, low := a+float32((b-a)*fx), c+float32((d-c)*fx)
	return top + float32((low-top)*fy)
}

// ease maps 0..1 to itself, with slope 0 at the ends.
func ease(f float32) float32 { return float32(float32(f*f) * (3 - float32(2*f))) }

func floor(v float32) int32 {
	i := int32(v)
	if v < float32(i) {
		i--
	}
	return i
}

func frac(v float32) float32 { return v - float32(floor(v)) }

func sqrt(v float32) float32 { return float32(math.Sqrt(float64(v))) }

// Coefficients of a polynomial that approximates 2⁻ᶠ for f from 0 to 1 with a relative
// error of 3e-6.
const exp1, exp2, exp3, exp4 = -.69306358, .2394568, -.05322368, .00683195

// thickest is the optical depth up to which transmission falls.
const thickest = 8

// transmission returns exp(-x), the share of light that passes an optical depth x ≥ 0.
func transmission(x float32) float32 {
	y := float32(lesser(x, thickest) * math.Log2E)
	n := int32(y)
	f := y - float32(n)
	p := 1 + float32(f*(exp1+float32(f*(exp2+float32(f*(exp3+float32(f*exp4)))))))
	return float32(p * math.Float32frombits(uint32(127-n)<<23))
}
