package scoring

import (
	"roadloop/perception"
	"roadloop/sim/geom"
)

// Difficulty is one of KITTI's (Geiger et al. 2012): who need be found.
type Difficulty struct {
	Name      string
	Height    float64 // least, of the box, in pixels of KITTI's pictures
	Visible   float64 // least fraction that nothing hides
	Truncated float64 // most
}

// Difficulties returns KITTI's, easiest first. It has three degrees of occlusion by
// eye: fully visible, partly occluded, difficult to see.
func Difficulties() []Difficulty {
	return []Difficulty{
		{"easy", 40, .85, .15},
		{"moderate", 25, .5, .30},
		{"hard", 25, .3, .50},
	}
}

// BirdsEye accumulates KITTI's average precision of boxes seen from above, of one
// class and difficulty: AP|R40 (Simonelli et al. 2019). As in KITTI's development kit
// a detection within a DontCare region, which has no place on the ground, is wrong.
type BirdsEye struct {
	Class      perception.Class
	Difficulty Difficulty
	IoU        float64  // least, of the boxes on the ground
	Size       geom.Vec // length and width that the detector takes objects of the class to have, m

	truths int
	hits   []hit
	pairs  pairing
}

// Add counts one image. A pixel of KITTI's pictures is px pixels of the boxes: 1
// for boxes in the pixels of KITTI's own pictures.
func (b *BirdsEye) Add(truths []Truth, dets []perception.Detection, px float64) {
	least := b.Difficulty.Height * px
	ignores := func(t *Truth) bool { return b.ignores(t, least) }
	b.pairs.pair(truths, dets, rule{class: b.Class, overlap: b.overlap, least: b.IoU, ignore: ignores})
	for i := range truths {
		if truths[i].Class == b.Class && !ignores(&truths[i]) {
			b.truths++
		}
	}
	for j, i := range b.pairs.order {
		d, found := &dets[i], b.pairs.found[j]
		if found == ignored || found == unmatched && d.Box.Y1-d.Box.Y0 < least {
			continue
		}
		b.hits = append(b.hits, hit{d.Score, found >= 0})
	}
}

// ignores reports whether an object need not be found: KITTI's difficulty asks for a
// height of at least the given pixels.
func (b *BirdsEye) ignores(t *Truth, height float64) bool {
	d := &b.Difficulty
	return t.Ignore || t.Box.Y1-t.Box.Y0 < height || t.Visible < d.Visible || t.Truncated > d.Truncated
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
