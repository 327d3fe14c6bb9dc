package scoring

import (
	"math"

	"roadloop/perception"
	"roadloop/sim/geom"
)

// Ranging accumulates the position errors of found objects of one class in a range of
// distances; objects count with an IoU of at least 0.5 and a score of at least
// MinScore.
type Ranging struct {
	Class    perception.Class
	Range    Range
	MinScore float64

	n                                int
	bias, square, share, pos, turned float64
	pairs                            matching
}

// Add counts one image.
func (r *Ranging) Add(truths []Truth, dets []perception.Detection) {
	r.pairs.pair(truths, dets, boxes(r.Class, 0.5, func(t *Truth) bool { return t.Ignore || !r.Range.holds(t.Distance) }))
	for j, i := range r.pairs.order {
		if k := r.pairs.found[j]; k >= 0 && dets[i].Score >= r.MinScore {
			r.count(&truths[k], &dets[i])
		}
	}
}

func (r *Ranging) count(t *Truth, d *perception.Detection) {
	e := d.Distance - t.Distance
	r.n++
	r.bias += e
	r.square += e * e
	r.share += math.Abs(e) / t.Distance
	r.pos += d.Pos.Dist(t.Pos)
	r.turned += math.Abs(geom.WrapAngle(d.Heading - t.Heading))
}

// Found returns the number of measured objects.
func (r *Ranging) Found() int { return r.n }

// Bias returns the mean error of the distance, m, positive if too far.
func (r *Ranging) Bias() float64 { return r.bias / float64(r.n) }

// RMS returns the root mean square error of the distance, m.
func (r *Ranging) RMS() float64 { return math.Sqrt(r.square / float64(r.n)) }

// Relative returns the mean of |distance error| / distance.
func (r *Ranging) Relative() float64 { return r.share / float64(r.n) }

// Position returns the mean distance between measured and true middle, m.
func (r *Ranging) Position() float64 { return r.pos / float64(r.n) }

// Heading returns the mean absolute error of the heading, rad.
func (r *Ranging) Heading() float64 { return r.turned / float64(r.n) }
