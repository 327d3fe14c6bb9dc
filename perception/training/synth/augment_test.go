package synth

import (
	"bytes"
	"math"
	"testing"

	"roadloop/sim/rng"
)

const w, h = 40, 24

// ramp returns a gradient from left to right, without red.
func ramp() []byte {
	rgb := make([]byte, 3*w*h)
	for i := range w * h {
		rgb[3*i+1], rgb[3*i+2] = byte(6*(i%w)), byte(40+4*(i%w))
	}
	return rgb
}

func augmented(c Augmentation, seed uint64) []byte {
	rgb := ramp()
	r := rng.New(seed, "test", "augment")
	NewAugmenter(c).Apply(&r, rgb, w)
	return rgb
}

func TestZeroConfigChangesNothing(t *testing.T) {
	for seed := range uint64(20) {
		if !bytes.Equal(augmented(Augmentation{}, seed), ramp()) {
			t.Fatalf("seed %d: changed", seed)
		}
	}
}

func TestSameStreamGivesSameFrame(t *testing.T) {
	all := Augmentation{Color: 1, Blur: 1, Noise: 1, Dirt: 1}
	if !bytes.Equal(augmented(all, 3), augmented(all, 3)) {
		t.Error("two runs differ")
	}
	if bytes.Equal(augmented(all, 3), augmented(all, 4)) {
		t.Error("two seeds agree")
	}
}

// Recoloring keeps the order of brightness.
func TestColorIsMonotonic(t *testing.T) {
	for seed := range uint64(30) {
		rgb := augmented(Augmentation{Color: 1}, seed)
		for x := 1; x < w; x++ {
			if luma(rgb[3*x:]) < luma(rgb[3*x-3:])-1 {
				t.Fatalf("seed %d: column %d is darker than the one before", seed, x)
			}
		}
	}
}

func luma(p []byte) float64 {
	return .299*float64(p[0]) + .587*float64(p[1]) + .114*float64(p[2])
}

// Blur does not change a flat image and turns an edge into a slope.
func TestBlur(t *testing.T) {
	flat := bytes.Repeat([]byte{9, 90, 200}, w*h)
	edge := make([]byte, 3*w*h)
	for i := range w * h {
		if i%w >= w/2 {
			edge[3*i] = 240
		}
	}
	var a Augmenter
	want := bytes.Clone(flat)
	a.average(flat, 3*w, 3, 2)
	a.average(flat, len(flat), 3*w, 2)
	if !bytes.Equal(flat, want) {
		t.Error("a flat image changed")
	}
	a.average(edge, 3*w, 3, 1)
	if got := []byte{edge[3*(w/2-2)], edge[3*(w/2-1)], edge[3*(w/2)], edge[3*(w/2+1)]}; !bytes.Equal(got, []byte{0, 80, 160, 240}) {
		t.Errorf("across the edge %v, want 0 80 160 240", got)
	}
}

// Noise has the drawn standard deviation and does not shift the mean.
func TestNoise(t *testing.T) {
	for seed := range uint64(5) {
		rgb := bytes.Repeat([]byte{128}, 3*200*200)
		r := rng.New(seed, "test", "noise")
		sigma := func() float64 { c := r; return c.Range(1, 9) }()
		addSensorNoise(&r, rgb)
		sum, squares := 0.0, 0.0
		for _, v := range rgb {
			d := float64(v) - 128
			sum, squares = sum+d, squares+d*d
		}
		n := float64(len(rgb))
		// Rounding to bytes adds a variance of 1/12.
		if got := math.Sqrt(squares/n - 1./12); math.Abs(got-sigma) > .03*sigma || math.Abs(sum/n) > .1 {
			t.Errorf("seed %d: mean %.3f, deviation %.3f, want 0 and %.3f", seed, sum/n, got, sigma)
		}
	}
}

// Dirt covers at most a tenth of a frame.
func TestDirtIsSmall(t *testing.T) {
	const w, h = 320, 192
	for seed := range uint64(20) {
		rgb := bytes.Repeat([]byte{255}, 3*w*h)
		r := rng.New(seed, "test", "dirt")
		NewAugmenter(Augmentation{Dirt: 1}).Apply(&r, rgb, w)
		if n := len(rgb) - bytes.Count(rgb, []byte{255}); n == 0 || n > len(rgb)/10 {
			t.Errorf("seed %d: %d of %d values changed", seed, n, len(rgb))
		}
	}
}

func BenchmarkApply(b *testing.B) {
	rgb := make([]byte, 3*320*192)
	a := NewAugmenter(DefaultAugmentation())
	r := rng.New(1, "bench", "augment")
	b.ReportAllocs()
	for b.Loop() {
		a.Apply(&r, rgb, 320)
	}
}
