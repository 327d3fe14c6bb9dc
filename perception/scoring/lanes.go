package scoring

import (
	"math"
	"slices"

	"roadloop/perception"
	"roadloop/sim/geom"
)

// Lateral accumulates the lateral error of lane boundaries at one distance ahead
// of the vehicle's origin.
type Lateral struct {
	Ahead float64 // m

	truths, extra int
	errors        []float64
}

// Add counts one boundary: its true and found points, both nearest first in the
// vehicle frame; either may be empty. Boundaries that do not reach the distance are
// treated as absent.
func (l *Lateral) Add(truth, found []geom.Vec) {
	want, there := lateralAt(truth, l.Ahead)
	got, seen := lateralAt(found, l.Ahead)
	switch {
	case there && seen:
		l.truths++
		l.errors = append(l.errors, math.Abs(got-want))
	case there:
		l.truths++
	case seen:
		l.extra++
	}
}

// lateralAt returns the lateral position of a boundary at x, interpolated.
func lateralAt(pts []geom.Vec, x float64) (y float64, ok bool) {
	for i := range len(pts) - 1 {
		p, q := pts[i], pts[i+1]
		if p.X <= x && x <= q.X && q.X > p.X {
			return p.Y + (x-p.X)/(q.X-p.X)*(q.Y-p.Y), true
		}
	}
	return 0, false
}

// Truths returns the number of boundaries to be found.
func (l *Lateral) Truths() int { return l.truths }

// Recall returns the share of the boundaries that were found.
func (l *Lateral) Recall() float64 { return float64(len(l.errors)) / float64(l.truths) }

// Precision returns the share of the found boundaries that exist.
func (l *Lateral) Precision() float64 {
	return float64(len(l.errors)) / float64(len(l.errors)+l.extra)
}

// Mean returns the mean absolute lateral error, m, NaN if none was found.
func (l *Lateral) Mean() float64 {
	sum := 0.0
	for _, e := range l.errors {
		sum += e
	}
	return sum / float64(len(l.errors))
}

// Quantile returns the q-quantile of the error, m, NaN if none was found.
func (l *Lateral) Quantile(q float64) float64 {
	if len(l.errors) == 0 {
		return math.NaN()
	}
	e := slices.Clone(l.errors)
	slices.Sort(e)
	return e[min(int(q*float64(len(e))), len(e)-1)]
}

// Boundary returns the points of a side's boundary in an image, nil if it was not
// found.
func Boundary(im *perception.Image, side perception.Side) []geom.Vec {
	for i := range im.Boundaries {
		if im.Boundaries[i].Side == side {
			return im.Boundaries[i].Points
		}
	}
	return nil
}
