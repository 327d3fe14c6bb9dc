package rng_test

import (
	"fmt"
	"math"
	"testing"

	"roadloop/sim/rng"
)

// Streams differ if any part of their key differs, even if the concatenated parts are
// equal.
func TestStreamsDiffer(t *testing.T) {
	first := map[uint64]string{}
	for _, k := range []struct {
		seed            uint64
		entity, purpose string
	}{{1, "a", "b"}, {2, "a", "b"}, {1, "b", "a"}, {1, "ab", ""}, {1, "", "ab"}, {1, "a", "bb"}} {
		s := rng.New(k.seed, k.entity, k.purpose)
		v := s.Uint64()
		if other, taken := first[v]; taken {
			t.Errorf("%+v has the same first number as %s", k, other)
		}
		first[v] = fmt.Sprintf("%+v", k)
	}
}

func TestCopyForksAndBytesRestore(t *testing.T) {
	s := rng.New(7, "car", "noise")
	s.Norm()
	fork := s
	data, err := s.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	var restored rng.Stream
	if err := restored.UnmarshalBinary(data); err != nil {
		t.Fatal(err)
	}
	for i := range 100 {
		want := s.Uint64()
		if a, b := fork.Uint64(), restored.Uint64(); a != want || b != want {
			t.Fatalf("number %d: %d, fork %d, restored %d", i, want, a, b)
		}
	}
	if err := restored.UnmarshalBinary([]byte("nonsense")); err == nil {
		t.Error("no error for an invalid state")
	}
}

// Mean and variance of 100,000 numbers lie within four standard errors.
func TestDistributions(t *testing.T) {
	const n = 100_000
	s := rng.New(1, "test", "moments")
	for name, c := range map[string]struct {
		draw           func() float64
		mean, variance float64
	}{
		"uniform": {s.Float64, .5, 1.0 / 12},
		"range":   {func() float64 { return s.Range(-2, 4) }, 1, 3},
		"normal":  {s.Norm, 0, 1},
		"integer": {func() float64 { return float64(s.IntN(6)) }, 2.5, 35.0 / 12},
		"chance":  {func() float64 { return map[bool]float64{true: 1}[s.Chance(.2)] }, .2, .16},
	} {
		sum, square := 0.0, 0.0
		for range n {
			v := c.draw()
			sum += v
			square += v * v
		}
		mean := sum / n
		variance := square/n - mean*mean
		if math.Abs(mean-c.mean) > 4*math.Sqrt(c.variance/n) || math.Abs(variance-c.variance) > .03*c.variance+.002 {
			t.Errorf("%s: mean %.4f and variance %.4f, want %.4f and %.4f", name, mean, variance, c.mean, c.variance)
		}
	}
}

func ExampleNew() {
	a, b := rng.New(7, "radar", "noise"), rng.New(7, "radar", "noise")
	fmt.Println(a.Uint64() == b.Uint64())
	// Output: true
}
