package scoring

import (
	"math"

	"roadloop/perception"
)

// calibrationBins is the number of bins of a reliability diagram.
const calibrationBins = 10

// Calibration accumulates how far the scores of detections tell the chance that
// they are right (Guo et al. 2017; for detections Küppers et al. 2020): of those
// that say 0.7, seven of ten ought to be.
type Calibration struct {
	// MinScore is the least score that counts.
	MinScore float64

	bins    [calibrationBins]Bin
	samples []scored
	pairs   pairing
}

// Bin is a part of a reliability diagram.
type Bin struct {
	Detections int     `json:"detections"`
	Score      float64 `json:"score"`     // mean
	Precision  float64 `json:"precision"` // share of the detections that is right
}

// scored is a detection as temperature scaling sees it.
type scored struct {
	logit float64
	right bool
}

// Add counts one image. A detection is right when it has an IoU of at least 0.5
// with an object of its class; what matches an object to be ignored does not count.
func (c *Calibration) Add(truths []Truth, dets []perception.Detection) {
	ignore := func(t *Truth) bool { return t.Ignore }
	for class := range perception.NumClasses {
		c.pairs.pair(truths, dets, boxes(perception.Class(class), 0.5, ignore))
		for j, i := range c.pairs.order {
			if found := c.pairs.found[j]; found != ignored && dets[i].Score >= c.MinScore {
				c.count(dets[i].Score, found >= 0)
			}
		}
	}
}

func (c *Calibration) count(score float64, right bool) {
	b := &c.bins[min(int(score*calibrationBins), calibrationBins-1)]
	b.Detections++
	b.Score += score
	if right {
		b.Precision++
	}
	const most = 1 - 1e-9
	p := math.Min(math.Max(score, 1-most), most)
	c.samples = append(c.samples, scored{math.Log(p / (1 - p)), right})
}

// Bins returns the reliability diagram; empty bins have score and precision 0.
func (c *Calibration) Bins() []Bin {
	out := c.bins[:]
	list := make([]Bin, len(out))
	for i, b := range out {
		if n := float64(b.Detections); n > 0 {
			b.Score, b.Precision = b.Score/n, b.Precision/n
		}
		list[i] = b
	}
	return list
}

// ECE returns the expected calibration error: the mean over all detections of how
// far their bin's score is from its precision, NaN without detections.
func (c *Calibration) ECE() float64 {
	sum, n := 0.0, 0
	for i := range c.bins {
		b := &c.bins[i]
		sum += math.Abs(b.Score - b.Precision)
		n += b.Detections
	}
	return sum / float64(n)
}

// Temperature returns the T > 0 for which scores σ(logit/T) are likeliest, 1 where
// there is nothing to fit.
func (c *Calibration) Temperature() float64 {
	if len(c.samples) == 0 {
		return 1
	}
	// The likelihood has one maximum in 1/T, for it is concave there: golden section
	// over the logarithm, which keeps the order.
	const golden = 0.6180339887498949
	lo, hi := math.Log(.1), math.Log(10)
	a, b := hi-golden*(hi-lo), lo+golden*(hi-lo)
	fa, fb := c.surprise(math.Exp(a)), c.surprise(math.Exp(b))
	for hi-lo > 1e-6 {
		if fa < fb {
			hi, b, fb = b, a, fa
			a = hi - golden*(hi-lo)
			fa = c.surprise(math.Exp(a))
		} else {
			lo, a, fa = a, b, fb
			b = lo + golden*(hi-lo)
			fb = c.surprise(math.Exp(b))
		}
	}
	return math.Exp((lo + hi) / 2)
}

// surprise returns the negative logarithm of the likelihood at a temperature.
func (c *Calibration) surprise(t float64) float64 {
	sum := 0.0
	for _, s := range c.samples {
		x := s.logit / t
		if !s.right {
			x = -x
		}
		// −ln σ(x) without overflow
		sum += math.Max(0, -x) + math.Log1p(math.Exp(-math.Abs(x)))
	}
	return sum
}
