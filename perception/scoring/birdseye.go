package scoring

import (
	"roadloop/perception"
	"roadloop/sim/geom"
)

// Difficulty is one of KITTI's (Geiger et al. 2012): who need be found.
type Difficulty struct {
	Name      string
	Height    float64 // least, of the box, px
	Visible   float64 // least fraction that nothing hides
	Truncated float64 // most
}

// Difficulties returns KITTI's for images of the given height, easiest first. Its
// own are 375 px high. It has three degrees of occlusion by eye: fully visible,
// partly occluded, difficult to see.
func Difficulties(imageHeight int) []Difficulty {
	px := float64(imageHeight) / 375
	return []Difficulty{
		{"easy", 40 * px, .85, .15},
		{"moderate", 25 * px, .5, .30},
		{"hard", 25 * px, .3, .50},
	}
}

// BirdsEye accumulates KITTI's average precision of boxes seen from above, of one
// class and difficulty: AP|R40 (Simonelli et al. 2019).
type BirdsEye struct {
	Class      perception.Class
	Difficulty Difficulty
	IoU        float64  // least, of the boxes on the ground
	Size       geom.Vec // length and width that the detector takes objects of the class to have, m

	truths int
	hits   []hit
	pairs  pairing
}

// Add counts one image.
func (b *BirdsEye) Add(truths []Truth, dets []perception.Detection) {
	b.pairs.pair(truths, dets, rule{b.Class, b.overlap, b.IoU, b.ignores})
	for i := range truths {
		if truths[i].Class == b.Class && !b.ignores(&truths[i]) {
			b.truths++
		}
	}
	for j, i := range b.pairs.order {
		d, found := &dets[i], b.pairs.found[j]
		if found == ignored || found == unmatched && d.Box.Y1-d.Box.Y0 < b.Difficulty.Height {
			continue
		}
		b.hits = append(b.hits, hit{d.Score, found >= 0})
	}
}

func (b *BirdsEye) ignores(t *Truth) bool {
	d := &b.Difficulty
	return t.Ignore || t.Box.Y1-t.Box.Y0 < d.Height || t.Visible < d.Visible || t.Truncated > d.Truncated
}

func (b *BirdsEye) overlap(t *Truth, d *perception.Detection) float64 {
	return geom.IoU(
		geom.OBB{Center: t.Pos, Yaw: t.Heading, Length: t.Length, Width: t.Width},
		geom.OBB{Center: d.Pos, Yaw: d.Heading, Length: b.Size.X, Width: b.Size.Y})
}

// Truths returns the number of objects that were to be found.
func (b *BirdsEye) Truths() int { return b.truths }

// AP returns the mean of the best precisions at the recalls 1/40 … 40/40, NaN
// without truths.
func (b *BirdsEye) AP() float64 {
	recall, precision := curve(b.hits, b.truths)
	sum := 0.0
	for _, v := range interpolate(recall, precision, 40)[1:] {
		sum += v
	}
	if b.truths == 0 {
		return nan
	}
	return sum / 40
}
