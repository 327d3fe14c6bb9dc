// Package paired tells what pairs of values say of a change: the mean of the paired
// differences with its confidence interval, and whether a sample of that size can tell
// at all. What differs between pairs does not drown what differs within them.
package paired

import (
	"cmp"
	"math"
	"slices"

	"roadloop/sim/rng"
)

// Finding is what a sample tells of a change.
type Finding string

// Findings.
const (
	Same    Finding = "same"    // nothing moved
	Higher  Finding = "higher"  // the interval lies above zero
	Lower   Finding = "lower"   // the interval lies below zero
	Unclear Finding = "unclear" // the interval holds zero
	TooFew  Finding = "too few" // so few pairs moved that nothing could be told
)

// enough is the least number of pairs that must differ for anything to be told at
// 5 %: of five, all in one direction, a two-sided sign test has p = 2/2⁵ = 0.0625; of
// six, 0.031.
const enough = 6

// Change is how the mean moved over pairs.
type Change struct {
	Name       string  `json:"name"`
	Pairs      int     `json:"pairs"` // of values
	Moved      int     `json:"moved"` // of these, differ
	Before     float64 `json:"before"`
	Now        float64 `json:"now"`
	Difference float64 `json:"difference"` // mean of the paired differences
	// Low and High bound the 95 % confidence interval of Difference.
	Low     float64 `json:"low"`
	High    float64 `json:"high"`
	Finding Finding `json:"finding"`
}

// Values compares paired values; before and now have the same length. name also picks
// the random stream of the interval, so that it repeats.
func Values(name string, before, now []float64) Change {
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

// finding tells what an interval and the number of pairs that moved tell.
func finding(moved int, low, high float64) Finding {
	switch {
	case moved == 0:
		return Same
	case moved < enough:
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

// resamples is how often the bootstrap draws.
const resamples = 2000

// bootstrap returns the 95 % percentile interval of the mean of paired differences
// (Efron 1979). It draws from a stream of its own, so that it repeats.
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

// PassRate is how the share of passed cases moved.
type PassRate struct {
	Before float64 `json:"before"`
	Now    float64 `json:"now"`
	Broken int     `json:"broken"` // passed before, fail now
	Mended int     `json:"mended"` // failed before, pass now
	// Low and High bound the 95 % confidence interval of the difference, P is the
	// p-value of McNemar's exact test (1947) that breaking is as likely as mending.
	Low     float64 `json:"low"`
	High    float64 `json:"high"`
	P       float64 `json:"p"`
	Finding Finding `json:"finding"`
	// Resolution is the least change of the rate that a sample of this size can tell
	// from chance: six flips, all in one direction.
	Resolution float64 `json:"resolution"`
}

// Verdicts compares whether the same cases passed; both have the same length.
func Verdicts(before, now []bool) PassRate {
	x, y := make([]float64, len(now)), make([]float64, len(now))
	var r PassRate
	for i := range now {
		x[i], y[i] = indicator(before[i]), indicator(now[i])
		switch {
		case before[i] && !now[i]:
			r.Broken++
		case !before[i] && now[i]:
			r.Mended++
		}
	}
	c := Values("passed", x, y)
	r.Before, r.Now, r.Low, r.High = c.Before, c.Now, c.Low, c.High
	r.P = signTest(r.Broken, r.Mended)
	r.Resolution = math.Min(1, enough/float64(max(len(now), 1)))
	switch {
	case c.Moved < enough:
		r.Finding = finding(c.Moved, 0, 0)
	case r.P >= .05:
		r.Finding = Unclear
	case r.Broken > r.Mended:
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

// signTest returns the two-sided p-value of a and b events where both are as likely:
// twice the binomial tail of the rarer, at most 1.
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
	// enumerated is up to how many differences FlipTest tries all signs, flips how many
	// it draws beyond.
	enumerated = 12
	flips      = 9999
)

// FlipTest returns the two-sided p-value of Fisher's randomization test (1935) of
// paired differences: the part of all ways to flip their signs that gives a mean at
// least as far from zero. Of differences that are all 1 or -1 it is McNemar's exact test.
// Many differences are flipped at random, by the stream that name picks.
func FlipTest(name string, d []float64) float64 {
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

// Testable reports whether so many pairs that moved can tell anything at 5 %.
func Testable(moved int) bool { return moved >= enough }

// Holm returns p-values corrected for there being several (Holm 1979): the chance
// that any of those below a bound is below it by accident is at most that bound.
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
