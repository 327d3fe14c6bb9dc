package evaluate

import (
	"math"
	"slices"

	"roadloop/sim/rng"
)

// Estimate is a statistic with a 95 % interval of a stratified bootstrap.
type Estimate struct {
	Value float64 `json:"value"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
}

// scores are those of several runs of one recipe, [run][episode]. Episode k has the same
// seed in all runs. As in Agarwal et al., runs are the samples and episodes the strata: the
// bootstrap draws runs anew for each episode. A single run has no spread over runs; its
// episodes are drawn.
type scores [][]float64

// resample fills dst with a sample of the bootstrap.
func (s scores) resample(r *rng.Stream, dst scores) {
	n := len(s[0])
	if len(s) == 1 {
		for k := range n {
			dst[0][k] = s[0][r.IntN(n)]
		}
		return
	}
	for i := range dst {
		for k := range n {
			dst[i][k] = s[r.IntN(len(s))][k]
		}
	}
}

func (s scores) clone() scores {
	out := make(scores, len(s))
	for i := range s {
		out[i] = slices.Clone(s[i])
	}
	return out
}

// samples is the number of samples of a bootstrap.
const samples = 2000

// estimates returns statistics of scores with their intervals, from the same samples.
func (s scores) estimates(statistics ...func(scores) float64) []Estimate {
	r, sample, values := rng.New(1, "evaluate", "bootstrap"), s.clone(), make([][]float64, len(statistics))
	for range samples {
		s.resample(&r, sample)
		for k, f := range statistics {
			values[k] = append(values[k], f(sample))
		}
	}
	out := make([]Estimate, len(statistics))
	for k, f := range statistics {
		out[k] = interval(f(s), values[k])
	}
	return out
}

// interval returns the middle 95 % of values around an estimate.
func interval(value float64, values []float64) Estimate {
	slices.Sort(values)
	return Estimate{value, quantile(values, .025), quantile(values, .975)}
}

// quantile returns a quantile of sorted values, with linear interpolation.
func quantile(sorted []float64, q float64) float64 {
	at := q * float64(len(sorted)-1)
	i := int(at)
	if i+1 == len(sorted) {
		return sorted[i]
	}
	return sorted[i] + (at-float64(i))*(sorted[i+1]-sorted[i])
}

// mean is the mean of all scores.
func mean(s scores) float64 {
	sum, n := 0.0, 0
	for _, run := range s {
		for _, v := range run {
			sum += v
		}
		n += len(run)
	}
	return sum / float64(n)
}

// iqm is the interquartile mean of all scores: the mean of those that are left when a
// quarter of them, rounded down, is cut off at each end.
func iqm(s scores) float64 {
	all := slices.Concat(s...)
	slices.Sort(all)
	cut := len(all) / 4
	return mean(scores{all[cut : len(all)-cut]})
}

// deviation is the standard deviation of all scores.
func deviation(s scores) float64 {
	m, sum, n := mean(s), 0.0, 0
	for _, run := range s {
		for _, v := range run {
			sum += (v - m) * (v - m)
		}
		n += len(run)
	}
	return math.Sqrt(sum / float64(n))
}

// above is the share of all scores that are above a threshold: a point of the performance
// profile.
func above(threshold float64) func(scores) float64 {
	return func(s scores) float64 {
		n, total := 0, 0
		for _, run := range s {
			for _, v := range run {
				if v > threshold {
					n++
				}
			}
			total += len(run)
		}
		return float64(n) / float64(total)
	}
}

// improvement is the probability that a run of x has a higher score than one of y in the
// same episode, ties counted half, averaged over episodes.
func improvement(x, y scores) float64 {
	sum := 0.0
	for k := range x[0] {
		for i := range x {
			for j := range y {
				switch {
				case x[i][k] > y[j][k]:
					sum++
				case x[i][k] == y[j][k]:
					sum += .5
				}
			}
		}
	}
	return sum / float64(len(x)*len(y)*len(x[0]))
}

// improvementOver returns the probability of improvement with its interval. Two single runs
// are drawn together, by episodes.
func (s scores) improvementOver(y scores) Estimate {
	r, values := rng.New(1, "evaluate", "bootstrap"), make([]float64, samples)
	a, b := s.clone(), y.clone()
	n := len(s[0])
	for i := range values {
		if len(s) > 1 {
			s.resample(&r, a)
		}
		if len(y) > 1 {
			y.resample(&r, b)
		}
		if len(s) == 1 && len(y) == 1 {
			for k := range n {
				at := r.IntN(n)
				a[0][k], b[0][k] = s[0][at], y[0][at]
			}
		}
		values[i] = improvement(a, b)
	}
	return interval(improvement(s, y), values)
}
