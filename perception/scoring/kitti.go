package scoring

import (
	"cmp"
	"slices"

	"roadloop/perception"
	"roadloop/sim/geom"
)

// Difficulty is a KITTI difficulty (Geiger et al. 2012): it selects the objects that
// must be found.
type Difficulty struct {
	Name   string
	Height float64 // boxes that must be found are higher, in pixels of KITTI's images
	// Visible is the minimum visible fraction; an object of unknown visibility (0) need
	// not be found.
	Visible   float64
	Truncated float64 // maximum
}

// Difficulties returns KITTI's difficulties, easiest first. KITTI has degrees of
// occlusion, judged by eye: 0 fully visible, 1 partly occluded, 2 difficult to see. They
// are 80 %, 50 % and less in roadloop's labels.
func Difficulties() []Difficulty {
	return []Difficulty{
		{"easy", 40, .8, .15},
		{"moderate", 25, .5, .30},
		{"hard", 25, 0, .50},
	}
}

// KITTI accumulates KITTI's average precision of one class and difficulty, of boxes in the
// image or of boxes on the ground (bird's eye view), by the rules of KITTI's development
// kit (evaluate_object.cpp) with 40 recalls (Simonelli et al. 2019):
//
// A detection must overlap by more than IoU. Objects choose among detections, in the order
// of the labels: the one with the largest overlap that is higher than the difficulty's
// height, otherwise a lower one. Objects that are more difficult need not be found, and
// absorb one detection. A detection with a part above IoU in an ignored region, of
// any class, is not wrong, in the image; on the ground a region has no place. Lower detections are not
// wrong. Precision is measured at up to 41 scores, at which the recall is nearest to 0, 1/40
// … 1.
type KITTI struct {
	Class      perception.Class
	Difficulty Difficulty
	IoU        float64
	// Ground compares boxes on the ground. Size holds the length and the width in m that the
	// detector assumes for objects of the class.
	Ground bool
	Size   geom.Vec

	truths int
	images []kittiImage
}

// kittiImage holds the objects of the class and the detections of an image, and their
// overlaps above the minimum.
type kittiImage struct {
	required []bool // by object
	found    []kittiDetection
	pairs    [][]kittiPair // by object, in the order of the detections
}

type kittiDetection struct {
	score   float64
	low     bool // lower than the difficulty's height
	excused bool // in a region of ignored objects
}

type kittiPair struct {
	detection int
	overlap   float64
}

// kittiRecalls is the number of recalls above 0.
const kittiRecalls = 40

// Add counts one image. px is the number of the boxes' pixels per pixel of KITTI's
// images: 1 for boxes in KITTI's own images.
func (b *KITTI) Add(truths []Truth, dets []perception.Detection, px float64) {
	var im kittiImage
	least := b.Difficulty.Height * px
	var class []*perception.Detection
	for i := range dets {
		if d := &dets[i]; d.Class == b.Class {
			class = append(class, d)
			im.found = append(im.found, kittiDetection{d.Score, d.Box.Y1-d.Box.Y0 < least, b.excused(truths, d)})
		}
	}
	for i := range truths {
		t := &truths[i]
		if t.Class != b.Class || t.Region {
			continue
		}
		required := !b.tooHard(t, least)
		if required {
			b.truths++
		}
		var pairs []kittiPair
		for j, d := range class {
			if overlap := b.overlap(t, d); overlap > b.IoU {
				pairs = append(pairs, kittiPair{j, overlap})
			}
		}
		im.required, im.pairs = append(im.required, required), append(im.pairs, pairs)
	}
	b.images = append(b.images, im)
}

// excused reports whether a detection is in an ignored region.
func (b *KITTI) excused(truths []Truth, d *perception.Detection) bool {
	return !b.Ground && slices.ContainsFunc(truths, func(t Truth) bool {
		return t.Region && t.Box.Intersection(d.Box)/d.Box.Area() > b.IoU
	})
}

// tooHard reports whether an object is more difficult; height is the difficulty's
// height in pixels of the boxes.
func (b *KITTI) tooHard(t *Truth, height float64) bool {
	d := &b.Difficulty
	return t.Ignore || t.Box.Y1-t.Box.Y0 <= height || t.Visible < d.Visible || t.Visible == 0 || t.Truncated > d.Truncated
}

func (b *KITTI) overlap(t *Truth, d *perception.Detection) float64 {
	if !b.Ground {
		return t.Box.IoU(d.Box)
	}
	return geom.IoU(
		geom.OBB{Center: t.Pos, Yaw: t.Heading, Length: t.Length, Width: t.Width},
		geom.OBB{Center: d.Pos, Yaw: d.Heading, Length: b.Size.X, Width: b.Size.Y})
}

// Truths returns the number of objects to be found.
func (b *KITTI) Truths() int { return b.truths }

// AP returns the mean of the best precisions at the recalls 1/40 … 40/40, NaN without
// truths. As in the development kit, n < 41 objects reach no more than (n − 1)/40.
func (b *KITTI) AP() float64 {
	if b.truths == 0 {
		return nan
	}
	var precision []float64
	for _, score := range b.thresholds() {
		right, wrong := 0, 0
		for i := range b.images {
			r, w := b.images[i].count(score)
			right, wrong = right+r, wrong+w
		}
		precision = append(precision, ratio(float64(right), float64(right+wrong)))
	}
	sum, best := 0.0, 0.0
	for _, p := range slices.Backward(precision[min(1, len(precision)):]) {
		best = max(best, p)
		sum += best
	}
	return sum / kittiRecalls
}

// thresholds returns the scores at which the recall is nearest to 0, 1/40 … 1, in falling
// order.
func (b *KITTI) thresholds() []float64 {
	var scores []float64
	for i := range b.images {
		scores = append(scores, b.images[i].scores()...)
	}
	slices.SortFunc(scores, func(a, b float64) int { return cmp.Compare(b, a) })
	var out []float64
	recall, n := 0.0, float64(b.truths)
	for i, s := range scores {
		this, next := float64(i+1)/n, float64(i+2)/n
		if i < len(scores)-1 && next-recall < recall-this {
			continue
		}
		out = append(out, s)
		recall += 1. / kittiRecalls
	}
	return out
}

// scores returns the scores of the detections that objects choose by score.
func (im *kittiImage) scores() (out []float64) {
	taken := make([]bool, len(im.found))
	for i, pairs := range im.pairs {
		best := -1
		for _, p := range pairs {
			if !taken[p.detection] && (best < 0 || im.found[p.detection].score > im.found[best].score) {
				best = p.detection
			}
		}
		if best < 0 {
			continue
		}
		taken[best] = true
		if im.required[i] && !im.found[best].low {
			out = append(out, im.found[best].score)
		}
	}
	return out
}

// count returns the right and the wrong detections with at least a score.
func (im *kittiImage) count(score float64) (right, wrong int) {
	taken := make([]bool, len(im.found))
	for i, pairs := range im.pairs {
		best, most := -1, 0.0
		for _, p := range pairs {
			d := &im.found[p.detection]
			switch {
			case taken[p.detection] || d.score < score:
			case !d.low && p.overlap > most:
				best, most = p.detection, p.overlap
			case d.low && best < 0:
				best = p.detection
			}
		}
		if best < 0 {
			continue
		}
		taken[best] = true
		if im.required[i] && !im.found[best].low {
			right++
		}
	}
	for j, d := range im.found {
		if !taken[j] && !d.low && !d.excused && d.score >= score {
			wrong++
		}
	}
	return right, wrong
}
