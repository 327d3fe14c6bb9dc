package analysis

import (
	"cmp"
	"math"
	"slices"

	"roadloop/sim/rng"
)

// Finding is the conclusion from a sample.
type Finding string

// Findings.
const (
	Same    Finding = "same"    // no pair changed
	Higher  Finding = "higher"  // the interval is above zero
	Lower   Finding = "lower"   // the interval is below zero
	Unclear Finding = "unclear" // the interval contains zero
	TooFew  Finding = "too few" // too few pairs changed for a conclusion
)

// minMoved is the minimum number of changed pairs for significance at 5 %. Five changes
// in the same direction have p = 2/2⁵ = 0.0625 in a two-sided sign test; six have p =
// 0.031.
const minMoved = 6

// Change is the change of a mean over pairs.
type Change struct {
	Name       string  `json:"name"`
	Pairs      int     `json:"pairs"` // number of pairs
	Moved      int     `json:"moved"` // number of pairs with a difference
	Before     float64 `json:"before"`
	Now        float64 `json:"now"`
	Difference float64 `json:"difference"` // mean of the paired differences
	// Low and High bound the 95 % confidence interval of Difference.
	Low     float64 `json:"low"`
	High    float64 `json:"high"`
	Finding Finding `json:"finding"`
}

// CompareMeans compares paired values. before and now have the same length. name also selects
// the random stream of the bootstrap, so the interval is reproducible.
func CompareMeans(name string, before, now []float64) Change {
	c := Change{Name: name, Pairs: len(now), Before: mean(before), Now: mean(now)}
	d := make([]float64, len(now))
	for i := range d {
		d[i] = now[i] - before[i]
		if d[i] != 0 {
			c.Moved++
		}
	}
	c.Difference = mean(d)
	c.Low, c.High = bootstrap(name, d)
	c.Finding = finding(c.Moved, c.Low, c.High)
	return c
}

// finding returns the conclusion from an interval and the number of changed pairs.
func finding(moved int, low, high float64) Finding {
	switch {
	case moved == 0:
		return Same
	case moved < minMoved:
		return TooFew
	case low > 0:
		return Higher
	case high < 0:
		return Lower
	}
	return Unclear
}

func mean(x []float64) float64 {
	if len(x) == 0 {
		return 0
	}
	sum := 0.0
	for _, v := range x {
		sum += v
	}
	return sum / float64(len(x))
}

// resamples is the number of bootstrap samples.
const resamples = 2000

// bootstrap returns the 95 % percentile interval of the mean of paired differences (Efron
// 1979). It has its own random stream, so it is reproducible.
func bootstrap(name string, d []float64) (low, high float64) {
	if len(d) == 0 || slices.Min(d) == slices.Max(d) {
		return mean(d), mean(d)
	}
	stream := rng.New(1, "paired", name)
	means := make([]float64, resamples)
	for i := range means {
		sum := 0.0
		for range d {
			sum += d[stream.IntN(len(d))]
		}
		means[i] = sum / float64(len(d))
	}
	slices.Sort(means)
	const tail = resamples / 40 // 2.5 %
	return means[tail-1], means[resamples-tail]
}

// PassRate is the change of the share of passed cases.
type PassRate struct {
	Before float64 `json:"before"`
	Now    float64 `json:"now"`
	Broken int     `json:"broken"` // passed before, fails now
	Fixed  int     `json:"mended"` // failed before, passes now
	// Low and High bound the 95 % confidence interval of the difference. P is the p-value
	// of McNemar's exact test (1947); its null hypothesis is that breaking is as likely
	// as mending.
	Low     float64 `json:"low"`
	High    float64 `json:"high"`
	P       float64 `json:"p"`
	Finding Finding `json:"finding"`
	// Resolution is the smallest change of the rate that is significant in a sample of
	// this size: six flips in the same direction.
	Resolution float64 `json:"resolution"`
}

// comparePassRates compares the verdicts of the same cases. before and now have the same length.
func comparePassRates(before, now []bool) PassRate {
	x, y := make([]float64, len(now)), make([]float64, len(now))
	var r PassRate
	for i := range now {
		x[i], y[i] = indicator(before[i]), indicator(now[i])
		switch {
		case before[i] && !now[i]:
			r.Broken++
		case !before[i] && now[i]:
			r.Fixed++
		}
	}
	c := CompareMeans("passed", x, y)
	r.Before, r.Now, r.Low, r.High = c.Before, c.Now, c.Low, c.High
	r.P = signTest(r.Broken, r.Fixed)
	r.Resolution = math.Min(1, minMoved/float64(max(len(now), 1)))
	switch {
	case c.Moved < minMoved:
		r.Finding = finding(c.Moved, 0, 0)
	case r.P >= .05:
		r.Finding = Unclear
	case r.Broken > r.Fixed:
		r.Finding = Lower
	default:
		r.Finding = Higher
	}
	return r
}

func indicator(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// signTest returns the two-sided p-value of a and b events that are equally likely: twice
// the binomial tail of the rarer event, at most 1.
func signTest(a, b int) float64 {
	n := float64(a + b)
	all, _ := math.Lgamma(n + 1)
	tail := 0.0
	for k := range min(a, b) + 1 {
		chosen, _ := math.Lgamma(float64(k) + 1)
		others, _ := math.Lgamma(n - float64(k) + 1)
		tail += math.Exp(all - chosen - others - n*math.Ln2)
	}
	return math.Min(1, 2*tail)
}

const (
	// RandomizationTest tries all signs for up to enumerated differences, and draws flips random
	// samples for more.
	enumerated = 12
	flips      = 9999
)

// RandomizationTest returns the two-sided p-value of Fisher's randomization test (1935) of paired
// differences: the share of all sign combinations with a mean at least as far from zero.
// For differences that are all 1 or -1 it equals McNemar's exact test. For many
// differences it draws random signs from the stream that name selects.
func RandomizationTest(name string, d []float64) float64 {
	var moved []float64
	sum := 0.0
	for _, x := range d {
		if x != 0 {
			moved = append(moved, x)
			sum += x
		}
	}
	// Sums of the same numbers in another order may differ in their last bits.
	bound := math.Abs(sum) * (1 - 1e-9)
	count := func(sign func(i int) bool) int {
		s := 0.0
		for i, x := range moved {
			if sign(i) {
				x = -x
			}
			s += x
		}
		if math.Abs(s) >= bound {
			return 1
		}
		return 0
	}
	n := 0
	if len(moved) <= enumerated {
		all := 1 << len(moved)
		for signs := range all {
			n += count(func(i int) bool { return signs>>i&1 == 1 })
		}
		return float64(n) / float64(all)
	}
	stream := rng.New(1, "flips", name)
	for range flips {
		n += count(func(int) bool { return stream.Uint64()&1 == 1 })
	}
	return float64(n+1) / (flips + 1)
}

// testable reports whether this number of changed pairs can be significant at 5 %.
func testable(moved int) bool { return moved >= minMoved }

// Holm returns p-values corrected for multiple tests (Holm 1979). The probability that
// any true null hypothesis gets a corrected p-value below a bound is at most that bound.
func Holm(p []float64) []float64 {
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(p[a], p[b]) })
	out := make([]float64, len(p))
	worst := 0.0
	for rank, i := range order {
		worst = max(worst, math.Min(1, p[i]*float64(len(p)-rank)))
		out[i] = worst
	}
	return out
}
