package adam

import (
	"math"
	"slices"
	"testing"

	"math/rand/v2"
)

// The bits are those of the formula in Go.
func TestUpdateIsTheFormula(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	draw := func(n int, scale float64) []float32 {
		out := make([]float32, n)
		for i := range out {
			out[i] = float32(scale * r.NormFloat64())
		}
		return out
	}
	f := Factors{.9, 1 - .9, .999, 1 - .999, .99999, .0031, 1.7, 1e-8}
	for n := range 70 {
		w, g, m, v := draw(n, 1), draw(n, 1e-3), draw(n, 1e-3), draw(n, 1e-3)
		for i := range v {
			v[i] *= v[i]
			if i%7 == 0 { // a weight that never had a gradient
				g[i], m[i], v[i] = 0, 0, 0
			}
		}
		ww, wm, wv := slices.Clone(w), slices.Clone(m), slices.Clone(v)
		for i, gi := range g {
			// Conversions keep Go from fusing a product and a sum on other processors.
			wm[i] = float32(f.B1*wm[i]) + float32(f.A1*gi)
			wv[i] = float32(f.B2*wv[i]) + float32(f.A2*gi*gi)
			ww[i] = float32(f.Keep*ww[i]) - f.Rate*wm[i]/(float32(float32(math.Sqrt(float64(wv[i])))*f.Root)+f.Epsilon)
		}
		Update(w, g, m, v, f)
		if !slices.Equal(w, ww) || !slices.Equal(m, wm) || !slices.Equal(v, wv) {
			t.Errorf("%d weights differ from the formula", n)
		}
	}
}
