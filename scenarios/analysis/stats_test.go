package analysis

import (
	"math"
	"testing"

	"roadloop/sim/rng"
)

// Tails of the binomial distribution, computed by hand: 2·C(5,0)/2⁵, 2·(1+10)/2¹⁰, …
func TestSignTest(t *testing.T) {
	for _, c := range []struct {
		a, b int
		want float64
	}{{0, 0, 1}, {1, 0, 1}, {5, 0, 2. / 32}, {0, 6, 2. / 64}, {9, 1, 22. / 1024}, {3, 3, 1}, {10, 2, 2 * 79. / 4096}} {
		if got := signTest(c.a, c.b); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%d to %d: p = %g, want %g", c.a, c.b, got, c.want)
		}
	}
	if p := signTest(600, 500); p < .0025 || p > .0031 { // normal approximation 0.0028
		t.Errorf("600 to 500: p = %g", p)
	}
}

// In 200 samples of 40 normal differences, about 95 % of the intervals contain the true
// mean. The percentile bootstrap is known to contain it slightly less often.
func TestBootstrapCovers(t *testing.T) {
	held := 0
	for seed := range uint64(200) {
		stream := rng.New(seed, "test", "differences")
		d := make([]float64, 40)
		for i := range d {
			d[i] = .3 + stream.Norm()
		}
		if low, high := bootstrap("x", d); low <= .3 && .3 <= high {
			held++
		}
	}
	if held < 180 || held > 198 {
		t.Errorf("%d of 200 intervals hold the mean", held)
	}
}

// The interval of a large sample is that of the normal distribution: ±1.96 s/√n.
func TestBootstrapWidth(t *testing.T) {
	d := make([]float64, 400)
	for i := range d {
		d[i] = float64(i%2) * 2 // 0 or 2: mean 1, standard deviation 1
	}
	low, high := bootstrap("x", d)
	if math.Abs(low-(1-.098)) > .01 || math.Abs(high-(1+.098)) > .01 {
		t.Errorf("from %g to %g, want 0.902 to 1.098", low, high)
	}
	if again, _ := bootstrap("x", d); again != low {
		t.Errorf("the same sample gives %g and %g", low, again)
	}
}

func TestFindings(t *testing.T) {
	steady := []float64{1, 2, 3, 4, 5, 6, 7, 8}
	move := func(d ...float64) []float64 {
		out := append([]float64(nil), steady...)
		for i := range d {
			out[i] += d[i]
		}
		return out
	}
	for _, c := range []struct {
		name string
		now  []float64
		want Finding
	}{
		{"nothing", move(), Same},
		{"five", move(1, 1, 1, 1, 1), TooFew},
		{"all up", move(1, 1, 1, 1, 1, 1, 1, 1), Higher},
		{"all down", move(-1, -2, -1, -2, -1, -2, -1, -2), Lower},
		{"both ways", move(1, -1, 1, -1, 1, -1), Unclear},
	} {
		if got := CompareMeans("x", steady, c.now); got.Finding != c.want {
			t.Errorf("%s: %+v, want %s", c.name, got, c.want)
		}
	}
	c := CompareMeans("x", []float64{1, 2}, []float64{2, 5})
	if c.Before != 1.5 || c.Now != 3.5 || c.Difference != 2 || c.Pairs != 2 || c.Moved != 2 {
		t.Errorf("%+v", c)
	}
}

// Computed by hand: two of the eight sign combinations of {1, 2, 3} have a sum as far
// from zero as 6; all combinations of {1, 2, -3} do; for {3, 2, -1}, those with sums ±4
// and ±6 do. For ones it equals the sign test. Zeros have no effect.
func TestFlipTest(t *testing.T) {
	for _, c := range []struct {
		d    []float64
		want float64
	}{
		{nil, 1}, {[]float64{0, 0}, 1}, {[]float64{1, 2, 3}, 2. / 8}, {[]float64{1, 2, -3}, 1}, {[]float64{3, 2, -1, 0}, 4. / 8},
		{[]float64{1, 1, 1, 1, 1, 1, 1, 1, 1, -1}, signTest(9, 1)},
	} {
		if got := RandomizationTest("x", c.d); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%v: p = %g, want %g", c.d, got, c.want)
		}
	}
	ones := make([]float64, 40)
	for i := range ones {
		ones[i] = 1
		if i < 12 {
			ones[i] = -1
		}
	}
	if got, want := RandomizationTest("x", ones), signTest(28, 12); math.Abs(got-want) > .005 { // 9,999 draws of p = 0.017
		t.Errorf("28 to 12: p = %g, exactly %g", got, want)
	}
}

// A textbook example: 0.01, 0.04, 0.03 and 0.005 become 0.03, 0.06, 0.06 and 0.02.
func TestHolm(t *testing.T) {
	got := Holm([]float64{.01, .04, .03, .005})
	for i, want := range []float64{.03, .06, .06, .02} {
		if math.Abs(got[i]-want) > 1e-12 {
			t.Errorf("corrected %v", got)
		}
	}
}
