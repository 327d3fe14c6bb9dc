package scoring

import (
	"cmp"
	"math"
	"slices"

	"roadloop/perception"
)

// thresholds is the number of IoU thresholds of COCO: 0.50, 0.55 … 0.95.
const thresholds = 10

// ious are the thresholds with the bits of numpy.linspace(0.5, 0.95, 10), which
// pycocotools uses: an IoU of exactly 0.85 is enough for 0.85.
var ious = [thresholds]float64{.5, .55, .6, .65, .7, .75, .8, .85, .8999999999999999, .95}

// Areas is a range of areas in the image, Least <= area <= Most, in px².
type Areas struct{ Least, Most float64 }

// COCO's ranges of areas (Lin et al. 2014), as in pycocotools: an area of exactly 32² px
// is both small and medium.
var (
	Small  = Areas{0, 32 * 32}
	Medium = Areas{32 * 32, 96 * 96}
	Large  = Areas{96 * 96, 1e10}
)

func (a Areas) admits(area float64) bool { return a == Areas{} || a.Least <= area && area <= a.Most }

// Precision accumulates the average precision of one class of objects within a
// range of distances, of heights or of areas in the image. Set Class and the ranges
// before the first Add. Without Range and Heights the figures equal those of pycocotools.
type Precision struct {
	Class   perception.Class
	Range   Range // a zero Range is any distance
	Heights Range // of the box, px; a zero Range is any height
	Areas   Areas // of the object or of the found box; zero Areas is any area

	truths int
	hits   [thresholds][]hit
	pairs  matching
}

// hit is a counted detection.
type hit struct {
	score float64
	right bool
}

// inRange reports whether an object with this distance, box and area counts.
func (p *Precision) inRange(distance float64, box *perception.Box, area float64) bool {
	return p.Range.admits(distance) && p.Heights.admits(box.Y1-box.Y0) && p.Areas.admits(area)
}

// area returns the area of the object.
func (t *Truth) area() float64 {
	if t.Area > 0 {
		return t.Area
	}
	return t.Box.Area()
}

// Add counts one image. Truths outside the ranges need not be found; unmatched
// detections outside the ranges do not count.
func (p *Precision) Add(truths []Truth, dets []perception.Detection) {
	ignore := func(t *Truth) bool { return t.Ignore || !p.inRange(t.Distance, &t.Box, t.area()) }
	for i := range truths {
		if truths[i].Class == p.Class && !ignore(&truths[i]) {
			p.truths++
		}
	}
	for k := range thresholds {
		p.pairs.pair(truths, dets, boxes(p.Class, ious[k], ignore))
		for j, i := range p.pairs.order {
			found := p.pairs.found[j]
			if found == ignored || found == unmatched && !p.inRange(dets[i].Distance, &dets[i].Box, dets[i].Box.Area()) {
				continue
			}
			p.hits[k] = append(p.hits[k], hit{dets[i].Score, found >= 0})
		}
	}
}

// Merge adds the images of another accumulation with the same class and ranges.
func (p *Precision) Merge(q *Precision) {
	p.truths += q.truths
	for k := range thresholds {
		p.hits[k] = append(p.hits[k], q.hits[k]...)
	}
}

// Truths returns the number of objects to be found.
func (p *Precision) Truths() int { return p.truths }

// AP50 returns the average precision at an IoU of 0.5, NaN without truths.
func (p *Precision) AP50() float64 { return p.average(0) }

// AP75 returns the average precision at an IoU of 0.75, NaN without truths.
func (p *Precision) AP75() float64 { return p.average(5) }

// AP returns the mean of the average precisions at IoUs of 0.50, 0.55 … 0.95,
// COCO's main measure, NaN without truths.
func (p *Precision) AP() float64 {
	sum := 0.0
	for k := range thresholds {
		sum += p.average(k)
	}
	return sum / thresholds
}

// average returns the mean over the recalls 0, 0.01 … 1 of the best precision at that
// or a higher recall.
func (p *Precision) average(k int) float64 {
	if p.truths == 0 {
		return math.NaN()
	}
	recall, precision := p.curve(k)
	best := interpolate(recall, precision, 100)
	sum := 0.0
	for _, v := range best {
		sum += v
	}
	return sum / float64(len(best))
}

// interpolate returns the best precision at each of the recalls 0, 1/n … 1 or a
// higher recall. The recalls are k·(1/n), bit-identical to numpy's linspace.
func interpolate(recall, precision []float64, n int) []float64 {
	for i := len(precision) - 2; i >= 0; i-- {
		precision[i] = math.Max(precision[i], precision[i+1])
	}
	out := make([]float64, n+1)
	i := 0
	for r := range out {
		least := 1.0
		if r < n {
			least = float64(r) * (1 / float64(n))
		}
		for i < len(recall) && recall[i] < least {
			i++
		}
		if i < len(precision) {
			out[r] = precision[i]
		}
	}
	return out
}

// curve returns recall and precision for one IoU threshold.
func (p *Precision) curve(k int) (recall, precision []float64) {
	return curve(p.hits[k], p.truths)
}

// curve returns recall and precision after each hit in order of falling score.
func curve(hits []hit, truths int) (recall, precision []float64) {
	hits = slices.Clone(hits)
	slices.SortStableFunc(hits, func(a, b hit) int { return cmp.Compare(b.score, a.score) })
	right := 0
	for i, h := range hits {
		if h.right {
			right++
		}
		recall = append(recall, float64(right)/float64(truths))
		precision = append(precision, float64(right)/float64(i+1))
	}
	return recall, precision
}

// Curve returns precision over recall at an IoU of 0.5, in order of falling score.
func (p *Precision) Curve() (recall, precision []float64) { return p.curve(0) }

// At returns precision and recall at an IoU of 0.5 for the detections with a score of
// at least minScore; precision is NaN without detections, recall without truths.
func (p *Precision) At(minScore float64) (precision, recall float64) {
	right, all := 0, 0
	for _, h := range p.hits[0] {
		if h.score >= minScore {
			all++
			if h.right {
				right++
			}
		}
	}
	return float64(right) / float64(all), float64(right) / float64(p.truths)
}
