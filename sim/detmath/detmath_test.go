package detmath

import (
	"hash/fnv"
	"math"
	"testing"
)

// The values on a grid have the hash computed on an amd64 machine, where
// math.Exp gives the same bits. All machines must agree.
func TestSameBitsEverywhere(t *testing.T) {
	h := fnv.New64a()
	for i := range 70001 {
		bits := math.Float64bits(Exp(-float64(i) / 100))
		for shift := 0; shift < 64; shift += 8 {
			h.Write([]byte{byte(bits >> shift)})
		}
	}
	if got, want := h.Sum64(), uint64(0xbdaa91b1b9d66073); got != want {
		t.Errorf("the values hash to %#x, want %#x", got, want)
	}
}

func TestExpIsTheExponential(t *testing.T) {
	for i := range 140001 {
		x := float64(i)/100 - 700
		got, want := Exp(x), math.Exp(x)
		if math.Abs(got-want) > 4e-16*want {
			t.Fatalf("e^%g is %v, want %v", x, got, want)
		}
	}
	if lo, hi := Exp(math.Inf(-1)), Exp(math.Inf(1)); lo != 0 || !math.IsInf(hi, 1) || !math.IsNaN(Exp(math.NaN())) {
		t.Errorf("e^-∞ is %g, e^∞ is %g, e^NaN is %g", lo, hi, Exp(math.NaN()))
	}
}
