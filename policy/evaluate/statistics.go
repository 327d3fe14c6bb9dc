package evaluate

import (
	"encoding/json"
	"math"
	"slices"

	"roadloop/sim/rng"
)

// Estimate is a statistic with a 95 % interval of a stratified bootstrap. A number can be
// infinite, such as the distance per infraction without one; JSON has null for it.
type Estimate struct{ Value, Low, High float64 }

// estimateJSON is an Estimate in JSON.
type estimateJSON struct {
	Value *float64 `json:"value"`
	Low   *float64 `json:"low"`
	High  *float64 `json:"high"`
}

// MarshalJSON encodes the estimate.
func (e Estimate) MarshalJSON() ([]byte, error) {
	finite := func(v float64) *float64 {
		if math.IsInf(v, 0) {
			return nil
		}
		return &v
	}
	return json.Marshal(estimateJSON{finite(e.Value), finite(e.Low), finite(e.High)})
}

// UnmarshalJSON decodes an estimate.
func (e *Estimate) UnmarshalJSON(data []byte) error {
	var j estimateJSON
	if err := json.Unmarshal(data, &j); err != nil {
		return err
	}
	number := func(v *float64) float64 {
		if v == nil {
			return math.Inf(1)
		}
		return *v
	}
	*e = Estimate{number(j.Value), number(j.Low), number(j.High)}
	return nil
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
	if i+1 == len(sorted) || float64(i) == at || sorted[i] == sorted[i+1] { // both may be infinite
		return sorted[i]
	}
	return sorted[i] + (at-float64(i))*(sorted[i+1]-sorted[i])
}

// mean is the mean of all scores.
func mean(s scores) float64 {
	n := 0
	for _, run := range s {
		n += len(run)
	}
	return sum(s) / float64(n)
}

// iqm is the interquartile mean of all scores: the mean of those that are left when a
// quarter of them, rounded down, is cut off at each end.
func iqm(s scores) float64 {
	all := slices.Concat(s...)
	slices.Sort(all)
	cut := len(all) / 4
	return mean(scores{all[cut : len(all)-cut]})
}

// sum is the sum of all scores.
func sum(s scores) float64 {
	total := 0.0
	for _, run := range s {
		for _, v := range run {
			total += v
		}
	}
	return total
}

// ratioTo returns the ratio of the sums of two scores of the same episodes, times a scale.
// Numerator and denominator have the same samples of the bootstrap.
func (s scores) ratioTo(per scores, scale float64) Estimate {
	r, values := rng.New(1, "evaluate", "bootstrap"), make([]float64, samples)
	a, b := s.clone(), per.clone()
	for i := range values {
		again := r
		s.resample(&r, a)
		per.resample(&again, b)
		values[i] = scale * quotient(sum(a), sum(b))
	}
	return interval(scale*quotient(sum(s), sum(per)), values)
}

// quotient is a/b, 0 for 0/0.
func quotient(a, b float64) float64 {
	if a == 0 {
		return 0
	}
	return a / b
}

// Upper bounds of 95 % where nothing happened, which a bootstrap cannot know.
var (
	// noEvents is the mean of a Poisson distribution of which 0 is a sample in 2.5 % of the
	// cases: the upper end of the exact two-sided interval.
	noEvents = -math.Log(.025)
	// noShare returns the same of a binomial distribution of n trials (Clopper and Pearson 1934).
	noShare = func(n int) float64 { return 1 - math.Pow(.025, 1/float64(n)) }
)

// shareOf returns the mean of shares. If all are 0 or all are 1, the interval is that of a
// binomial distribution over the episodes of one run.
func (s scores) shareOf() Estimate {
	e := s.estimates(mean)[0]
	for _, run := range s {
		for _, v := range run {
			if v != e.Value {
				return e
			}
		}
	}
	switch e.Value {
	case 0:
		e.High = noShare(len(s[0]))
	case 1:
		e.Low = 1 - noShare(len(s[0]))
	}
	return e
}

// deviation is the standard deviation of all scores.
func deviation(s scores) float64 {
	m, squares, n := mean(s), 0.0, 0
	for _, run := range s {
		for _, v := range run {
			squares += (v - m) * (v - m)
		}
		n += len(run)
	}
	return math.Sqrt(squares / float64(n))
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
	total := 0.0
	for k := range x[0] {
		for i := range x {
			for j := range y {
				switch {
				case x[i][k] > y[j][k]:
					total++
				case x[i][k] == y[j][k]:
					total += .5
				}
			}
		}
	}
	return total / float64(len(x)*len(y)*len(x[0]))
}

// first returns the first n episodes of all runs.
func (s scores) first(n int) scores {
	out := make(scores, len(s))
	for i := range s {
		out[i] = s[i][:n]
	}
	return out
}

// improvementOver returns the probability of improvement with its interval, over the episodes
// that both have. Two single runs are drawn together, by episodes.
func (s scores) improvementOver(y scores) Estimate {
	both := min(len(s[0]), len(y[0]))
	s, y = s.first(both), y.first(both)
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
