package scoring

import (
	"cmp"
	"math"
	"slices"

	"roadloop/perception"
)

// thresholds is the number of IoU thresholds of COCO: 0.50, 0.55 … 0.95.
const thresholds = 10

// Precision accumulates the average precision of one class of objects within a
// range of distances. Set Class and Range before the first Add.
type Precision struct {
	Class perception.Class
	Range Range

	truths int
	hits   [thresholds][]hit
	pairs  pairing
}

// hit is a detection that counts.
type hit struct {
	score float64
	right bool
}

// Add counts one image. Truths outside the range need not be found; detections
// outside of it that match nothing are not held against anyone.
func (p *Precision) Add(truths []Truth, dets []perception.Detection) {
	ignore := func(t *Truth) bool { return t.Ignore || !p.Range.holds(t.Distance) }
	for i := range truths {
		if truths[i].Class == p.Class && !ignore(&truths[i]) {
			p.truths++
		}
	}
	for k := range thresholds {
		p.pairs.pair(truths, dets, p.Class, 0.5+0.05*float64(k), ignore)
		for j, i := range p.pairs.order {
			found := p.pairs.found[j]
			if found == ignored || found == unmatched && !p.Range.holds(dets[i].Distance) {
				continue
			}
			p.hits[k] = append(p.hits[k], hit{dets[i].Score, found >= 0})
		}
	}
}

// Truths returns the number of objects that were to be found.
func (p *Precision) Truths() int { return p.truths }

// AP50 returns the average precision at an IoU of 0.5, NaN without truths.
func (p *Precision) AP50() float64 { return p.average(0) }

// AP returns the mean of the average precisions at IoUs of 0.50, 0.55 … 0.95,
// COCO's main measure, NaN without truths.
func (p *Precision) AP() float64 {
	sum := 0.0
	for k := range thresholds {
		sum += p.average(k)
	}
	return sum / thresholds
}

// average is the mean over the recalls 0, 0.01 … 1 of the best precision at that
// recall or a higher one.
func (p *Precision) average(k int) float64 {
	if p.truths == 0 {
		return math.NaN()
	}
	recall, precision := p.curve(k)
	for i := len(precision) - 2; i >= 0; i-- {
		precision[i] = math.Max(precision[i], precision[i+1])
	}
	sum, i := 0.0, 0
	for r := range 101 {
		for i < len(recall) && recall[i] < float64(r)/100-1e-9 {
			i++
		}
		if i < len(precision) {
			sum += precision[i]
		}
	}
	return sum / 101
}

// curve returns recall and precision after each hit in order of falling score.
func (p *Precision) curve(k int) (recall, precision []float64) {
	hits := slices.Clone(p.hits[k])
	slices.SortStableFunc(hits, func(a, b hit) int { return cmp.Compare(b.score, a.score) })
	right := 0
	for i, h := range hits {
		if h.right {
			right++
		}
		recall = append(recall, float64(right)/float64(p.truths))
		precision = append(precision, float64(right)/float64(i+1))
	}
	return recall, precision
}

// At returns precision and recall at an IoU of 0.5 of the detections whose score
// is at least min; precision is NaN without any, recall without truths.
func (p *Precision) At(min float64) (precision, recall float64) {
	right, all := 0, 0
	for _, h := range p.hits[0] {
		if h.score >= min {
			all++
			if h.right {
				right++
			}
		}
	}
	return float64(right) / float64(all), float64(right) / float64(p.truths)
}
