package scoring

import (
	"math"

	"roadloop/perception"
)

// calibrationBins is the number of bins of a reliability diagram.
const calibrationBins = 10

// Calibration accumulates how well the scores of detections equal the probability
// that they are right (Guo et al. 2017; for detections Küppers et al. 2020): of
// detections with score 0.7, 70 % should be right.
type Calibration struct {
	// MinScore is the minimum score of a counted detection.
	MinScore float64

	bins    [calibrationBins]Bin
	samples []scoreOutcome
	pairs   matching
}

// Bin is a bin of a reliability diagram.
type Bin struct {
	Detections int     `json:"detections"`
	Score      float64 `json:"score"`     // mean
	Precision  float64 `json:"precision"` // share of right detections
}

// scoreOutcome is a detection's score as a logit and its outcome.
type scoreOutcome struct {
	logit float64
	right bool
}

// Add counts one image. A detection is right when it has an IoU of at least 0.5
// with an object of its class; detections matched to ignored objects do not count.
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
	c.samples = append(c.samples, scoreOutcome{logit(score), right})
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

// ECE returns the expected calibration error: the mean over all detections of |score
// − precision| of their bin, NaN without detections.
func (c *Calibration) ECE() float64 {
	sum, n := 0.0, 0
	for i := range c.bins {
		b := &c.bins[i]
		sum += math.Abs(b.Score - b.Precision)
		n += b.Detections
	}
	return sum / float64(n)
}

// Scaling calibrates scores to probabilities: a score of logit x becomes σ((x − Shift)/Temperature).
type Scaling struct {
	Temperature float64 `json:"temperature"`
	Shift       float64 `json:"shift"`
}

// Apply scales a score.
func (s Scaling) Apply(score float64) float64 {
	return 1 / (1 + math.Exp(-(logit(score)-s.Shift)/s.Temperature))
}

// logit is the inverse of the logistic function, finite for all scores.
func logit(p float64) float64 {
	const least = 1e-9
	p = math.Min(math.Max(p, least), 1-least)
	return math.Log(p / (1 - p))
}

// Fit returns the scaling of maximum likelihood (Platt 1999; with shift 0 it is the
// temperature scaling of Guo et al. 2017). Scores trained with a focal loss need the
// shift: the probability is one half at scores below one half. It reports false if no
// scaling is best, for example if all detections are right.
func (c *Calibration) Fit() (Scaling, bool) {
	// Newton's method on a·x + b; the likelihood has one maximum. Steps that go too
	// far are halved.
	a, b := 1.0, 0.0
	loss := c.negLogLikelihood(a, b)
	for range 100 {
		da, db, ok := c.step(a, b)
		if !ok {
			return Scaling{}, false
		}
		next := c.negLogLikelihood(a-da, b-db)
		for k := 0; next > loss && k < 50; k++ {
			da, db = da/2, db/2
			next = c.negLogLikelihood(a-da, b-db)
		}
		a, b, loss = a-da, b-db, next
		if math.Abs(da)+math.Abs(db) < 1e-9 {
			break
		}
	}
	const most = 1e3
	if !(a > 1/most && a < most && math.Abs(b) < most) {
		return Scaling{}, false
	}
	return Scaling{Temperature: 1 / a, Shift: -b / a}, true
}

// step returns the step of Newton's method, to be subtracted. It reports false if the
// samples determine none.
func (c *Calibration) step(a, b float64) (da, db float64, ok bool) {
	var ga, gb, haa, hab, hbb float64
	for _, s := range c.samples {
		p := 1 / (1 + math.Exp(-(a*s.logit + b)))
		e, v := p, p*(1-p)
		if s.right {
			e--
		}
		ga, gb = ga+e*s.logit, gb+e
		haa, hab, hbb = haa+v*s.logit*s.logit, hab+v*s.logit, hbb+v
	}
	det := haa*hbb - hab*hab
	return (ga*hbb - gb*hab) / det, (gb*haa - ga*hab) / det, det > 1e-12
}

// negLogLikelihood returns the negative log-likelihood of a scaling.
func (c *Calibration) negLogLikelihood(a, b float64) float64 {
	sum := 0.0
	for _, s := range c.samples {
		x := a*s.logit + b
		if !s.right {
			x = -x
		}
		// −ln σ(x) without overflow
		sum += math.Max(0, -x) + math.Log1p(math.Exp(-math.Abs(x)))
	}
	return sum
}
