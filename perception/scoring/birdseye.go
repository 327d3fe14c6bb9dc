package scoring

import (
	"roadloop/perception"
	"roadloop/sim/geom"
)

// Difficulty is a KITTI difficulty (Geiger et al. 2012): it selects the objects that
// must be found.
type Difficulty struct {
	Name      string
	Height    float64 // minimum height of the box, in pixels of KITTI's images
	Visible   float64 // minimum visible fraction
	Truncated float64 // maximum
}

// Difficulties returns KITTI's difficulties, easiest first. KITTI has three degrees
// of occlusion, judged by eye: fully visible, partly occluded, difficult to see.
func Difficulties() []Difficulty {
	return []Difficulty{
		{"easy", 40, .85, .15},
		{"moderate", 25, .5, .30},
		{"hard", 25, .3, .50},
	}
}

// BirdsEye accumulates KITTI's bird's-eye-view average precision of one class and
// difficulty: AP|R40 (Simonelli et al. 2019). As in KITTI's development kit, a
// detection in a DontCare region is wrong, because the region has no position on the
// ground.
type BirdsEye struct {
	Class      perception.Class
	Difficulty Difficulty
	IoU        float64  // minimum IoU of the boxes on the ground
	Size       geom.Vec // length and width that the detector assumes for objects of the class, m

	truths int
	hits   []hit
	pairs  matching
}

// Add counts one image. px is the number of the boxes' pixels per pixel of KITTI's
// images: 1 for boxes in KITTI's own images.
func (b *BirdsEye) Add(truths []Truth, dets []perception.Detection, px float64) {
	least := b.Difficulty.Height * px
	ignores := func(t *Truth) bool { return b.ignores(t, least) }
	b.pairs.pair(truths, dets, rule{class: b.Class, overlap: b.overlap, minOverlap: b.IoU, ignore: ignores})
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

// ignores reports whether an object is ignored because it is more difficult; height
// is the difficulty's minimum height in pixels of the boxes.
func (b *BirdsEye) ignores(t *Truth, height float64) bool {
	d := &b.Difficulty
	return t.Ignore || t.Box.Y1-t.Box.Y0 < height || t.Visible < d.Visible || t.Truncated > d.Truncated
}

func (b *BirdsEye) overlap(t *Truth, d *perception.Detection) float64 {
	return geom.IoU(
		geom.OBB{Center: t.Pos, Yaw: t.Heading, Length: t.Length, Width: t.Width},
		geom.OBB{Center: d.Pos, Yaw: d.Heading, Length: b.Size.X, Width: b.Size.Y})
}

// Truths returns the number of objects to be found.
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
