package scoring

import (
	"cmp"
	"math"
	"slices"
	"sort"

	"roadloop/perception"
	"roadloop/sim/geom"
)

var nan = math.NaN() // not measured

// centerLimits are nuScenes' maximum distances between the centers of a detection and
// its object, m.
var centerLimits = [...]float64{.5, 1, 2, 4}

// errorLimit is the one of centerLimits at which errors are measured.
const errorLimit = 2

// nuScenes regards recalls up to 0.1 and precisions below 0.1 as noise.
const (
	firstRecall    = 11 // %
	leastPrecision = .1
)

// NDS accumulates the nuScenes detection score (Caesar et al. 2020): objects are
// matched by the distance between centers on the ground. Single images give no velocities and attributes; nuScenes counts such errors as 1.
type NDS struct {
	// Classes are the scored classes, each up to a distance from the vehicle.
	Classes []Center
}

// Center accumulates the center-distance metrics of a class.
type Center struct {
	Class perception.Class
	Range float64  // m
	Size  geom.Vec // length and width that the detector assumes for objects of the class, m

	truths int
	hits   [len(centerLimits)][]hit
	errors []centerErrors // of the true positives at errorLimit
	pairs  matching
}

// centerErrors are the errors of a found object.
type centerErrors struct {
	score float64
	terms [numTerms]float64
}

// The error terms of a detection: translation (m), scale (1 − IoU of the aligned
// boxes) and orientation (rad).
const (
	translation = iota
	scale
	orientation
	numTerms
	// allTerms is the number of nuScenes' terms: also velocity and attributes
	allTerms = 5
)

// NewNDS returns the nuScenes metric: vehicles up to 50 m, pedestrians and cyclists
// up to 40 m, cones up to 30 m. sizes holds the length and width that the detector
// assumes for each class.
func NewNDS(sizes [perception.NumClasses]geom.Vec) *NDS {
	n := &NDS{}
	for c, reach := range map[perception.Class]float64{perception.Car: 50, perception.Truck: 50, perception.Pedestrian: 40, perception.Cyclist: 40, perception.Cone: 30} {
		n.Classes = append(n.Classes, Center{Class: c, Range: reach, Size: sizes[c]})
	}
	slices.SortFunc(n.Classes, func(a, b Center) int { return cmp.Compare(a.Class, b.Class) })
	return n
}

// Add counts one image.
func (n *NDS) Add(truths []Truth, dets []perception.Detection) {
	for i := range n.Classes {
		n.Classes[i].add(truths, dets)
	}
}

func (c *Center) add(truths []Truth, dets []perception.Detection) {
	ignores := func(t *Truth) bool { return t.Ignore || t.Pos.Norm() >= c.Range }
	for i := range truths {
		if truths[i].Class == c.Class && !ignores(&truths[i]) {
			c.truths++
		}
	}
	near := func(t *Truth, d *perception.Detection) float64 {
		if t.Length == 0 { // a region of the image without a position on the ground
			return math.Inf(-1)
		}
		return -t.Pos.Dist(d.Pos)
	}
	for k, limit := range centerLimits {
		c.pairs.pair(truths, dets, rule{class: c.Class, overlap: near, minOverlap: math.Nextafter(-limit, 0), ignore: ignores})
		for j, i := range c.pairs.order {
			d, found := &dets[i], c.pairs.found[j]
			if found == ignored || found == unmatched && d.Pos.Norm() >= c.Range {
				continue
			}
			c.hits[k] = append(c.hits[k], hit{d.Score, found >= 0})
			if limit == errorLimit && found >= 0 {
				c.errors = append(c.errors, c.measure(&truths[found], d))
			}
		}
	}
}

// measure returns the errors of a found object.
func (c *Center) measure(t *Truth, d *perception.Detection) centerErrors {
	e := centerErrors{score: d.Score}
	e.terms[translation] = t.Pos.Dist(d.Pos)
	e.terms[scale] = 1 - geom.IoU(geom.OBB{Length: t.Length, Width: t.Width}, geom.OBB{Length: c.Size.X, Width: c.Size.Y})
	e.terms[orientation] = math.Abs(geom.WrapAngle(d.Heading - t.Heading))
	return e
}

// AP returns the mean, over the matching distances, of the average precision above a
// recall and precision of 0.1, NaN without truths.
func (c *Center) AP() float64 {
	if c.truths == 0 {
		return nan
	}
	sum := 0.0
	for k := range c.hits {
		recall, precision := curve(c.hits[k], c.truths)
		area := 0.0
		for r := firstRecall; r <= 100; r++ {
			area += math.Max(linear(float64(r)*.01, recall, precision, 0)-leastPrecision, 0)
		}
		sum += area / (101 - firstRecall) / (1 - leastPrecision)
	}
	return sum / float64(len(c.hits))
}

// linear interpolates linearly between the points (xs, ys) at x, with rising xs: the
// first of ys before the first point, beyond after the last point, and the last one
// of points with equal x. It equals numpy's interp, with which nuScenes' development
// kit resamples its curves.
func linear(x float64, xs, ys []float64, beyond float64) float64 {
	i := sort.Search(len(xs), func(i int) bool { return xs[i] > x }) - 1 // the last point at or before x
	switch {
	case len(xs) == 0 || x > xs[len(xs)-1]:
		return beyond
	case i < 0:
		return ys[0]
	case i == len(xs)-1 || xs[i] == x:
		return ys[i]
	}
	return ys[i] + (x-xs[i])*(ys[i+1]-ys[i])/(xs[i+1]-xs[i])
}

// means returns the errors: the mean over the recalls from 0.1 to the highest recall
// of the running mean error at the score of that recall; 1 if the recall stays below
// 0.1. As in nuScenes' development kit, the mean error is linear in the score between
// found objects, and the score is linear in the recall between detections.
func (c *Center) means() (out [numTerms]float64) {
	scores := c.scores()
	reached := len(scores) - 1
	for reached > 0 && scores[reached] == 0 {
		reached--
	}
	for t := range out {
		out[t] = 1
	}
	if reached < firstRecall || len(c.errors) == 0 {
		return out
	}
	errors := slices.Clone(c.errors)
	slices.SortStableFunc(errors, func(a, b centerErrors) int { return cmp.Compare(b.score, a.score) })
	n := len(errors)
	rising, running := make([]float64, n), make([]float64, n) // by rising score
	for i := range errors {
		rising[n-1-i] = errors[i].score
	}
	for t := range out {
		sum := 0.0
		for i := range errors {
			sum += errors[i].terms[t]
			running[n-1-i] = sum / float64(i+1)
		}
		total := 0.0
		for r := firstRecall; r <= reached; r++ {
			total += linear(scores[r], rising, running, running[n-1])
		}
		out[t] = total / float64(reached-firstRecall+1)
	}
	return out
}

// scores returns the score of the detections at the recalls 0, 0.01 … 1, matched at
// errorLimit; 0 beyond the highest recall.
func (c *Center) scores() (at [101]float64) {
	k := slices.Index(centerLimits[:], errorLimit)
	hits := slices.Clone(c.hits[k])
	recall, _ := curve(hits, c.truths)
	slices.SortStableFunc(hits, func(a, b hit) int { return cmp.Compare(b.score, a.score) })
	scores := make([]float64, len(hits))
	for i, h := range hits {
		scores[i] = h.score
	}
	for r := range at {
		at[r] = linear(float64(r)*.01, recall, scores, 0)
	}
	return at
}

// NDSReport is the score and its terms.
type NDSReport struct {
	NDS float64 `json:"nds"`
	MAP float64 `json:"map"`
	ATE float64 `json:"ate"` // m
	ASE float64 `json:"ase"`
	AOE float64 `json:"aoe"` // rad
	AVE float64 `json:"ave"` // 1: not measurable in single images
	AAE float64 `json:"aae"` // 1: not measurable in single images
}

// Report returns the score over the classes with objects. It reports false if there
// are none. Cones have no orientation.
func (n *NDS) Report() (NDSReport, bool) {
	var sums [numTerms]float64
	var counts [numTerms]int
	aps, classes := 0.0, 0
	for i := range n.Classes {
		c := &n.Classes[i]
		if c.truths == 0 {
			continue
		}
		classes++
		aps += c.AP()
		for t, e := range c.means() {
			if t != orientation || c.Class != perception.Cone {
				sums[t] += e
				counts[t]++
			}
		}
	}
	if classes == 0 {
		return NDSReport{}, false
	}
	r := NDSReport{MAP: aps / float64(classes), AVE: 1, AAE: 1}
	for t, to := range [...]*float64{&r.ATE, &r.ASE, &r.AOE} {
		*to = 1
		if counts[t] > 0 {
			*to = sums[t] / float64(counts[t])
		}
	}
	r.NDS = allTerms * r.MAP
	for _, e := range [allTerms]float64{r.ATE, r.ASE, r.AOE, r.AVE, r.AAE} {
		r.NDS += 1 - math.Min(1, e)
	}
	r.NDS /= 2 * allTerms
	return r, true
}
