// Package scoring compares what perception found with the truth: average
// precision, errors of distance and position, lane boundaries, signal states and
// drivable area. It holds the measures only, and knows nothing of how images or
// truth come about; package eval feeds it.
//
// Boxes are in pixels, everything else is in meters and the vehicle frame.
package scoring

import (
	"cmp"
	"slices"

	"roadloop/perception"
	"roadloop/sim/geom"
)

// Truth is an object that is really there.
type Truth struct {
	Class    perception.Class
	Box      perception.Box
	Distance float64  // from the camera along the ground, m; NaN where it is unknown
	Pos      geom.Vec // middle, vehicle frame
	Heading  float64  // relative to the vehicle's x axis, rad
	// Length and Width of the object seen from above, m; 0 where nobody knows.
	Length, Width float64
	// Visible is the fraction of the object in the image that nothing hides, Truncated
	// that of its box outside of the image.
	Visible, Truncated float64
	// Ignore marks what need not be found but may be: hidden objects, crowds, and
	// regions that may hold any number of objects (COCO's iscrowd, KITTI's DontCare).
	Ignore bool
}

// Range is a range of distances, Near <= distance < Far, in m.
type Range struct {
	Near float64 `json:"near"`
	Far  float64 `json:"far"`
}

func (r Range) holds(d float64) bool { return r.Near <= d && d < r.Far }

// admits is holds, but a zero range holds everything, unknown distances too.
func (r Range) admits(d float64) bool { return r == Range{} || r.holds(d) }

// pairing is one image's detections of a class in order of falling score, each
// with the index of the truth that it found, or unmatched or ignored.
type pairing struct {
	order []int
	found []int
	taken []bool
}

// What a detection may be paired with instead of a truth.
const (
	unmatched = -1
	ignored   = -2
)

// rule says which detections of a class find which truths.
type rule struct {
	class   perception.Class
	overlap func(*Truth, *perception.Detection) float64 // the more, the better
	least   float64                                     // overlap
	ignore  func(*Truth) bool                           // true of what need not be found
	// most is how many detections of an image count, those of the highest scores; 0
	// stands for all.
	most int
}

// maxDetections is how many detections of a class COCO counts in an image.
const maxDetections = 100

// boxes is the rule of COCO (Lin et al. 2014): boxes in the image with at least the
// given IoU. For a truth with Ignore set, the intersection is divided by the
// area of the detection instead of the union, as pycocotools does for iscrowd and
// KITTI's development kit for DontCare.
func boxes(class perception.Class, iou float64, ignore func(*Truth) bool) rule {
	return rule{class: class, least: iou, ignore: ignore, most: maxDetections, overlap: func(t *Truth, d *perception.Detection) float64 {
		if t.Ignore {
			return t.Box.Intersection(d.Box) / d.Box.Area()
		}
		return t.Box.IoU(d.Box)
	}}
}

// pair matches the detections of a class to truths as COCO does: in order of falling
// score, each takes the free truth of its class that it overlaps most. Truths that
// need not be found come after all others, and what they match is ignored; those
// with Ignore set match any number of detections.
func (p *pairing) pair(truths []Truth, dets []perception.Detection, r rule) {
	p.order, p.found = p.order[:0], p.found[:0]
	p.taken = append(p.taken[:0], make([]bool, len(truths))...)
	for i := range dets {
		if dets[i].Class == r.class {
			p.order = append(p.order, i)
		}
	}
	slices.SortStableFunc(p.order, func(a, b int) int { return cmp.Compare(dets[b].Score, dets[a].Score) })
	if r.most > 0 {
		p.order = p.order[:min(r.most, len(p.order))]
	}
	for _, i := range p.order {
		p.found = append(p.found, p.take(truths, &dets[i], &r))
	}
}

// take returns the truth that a detection found.
func (p *pairing) take(truths []Truth, d *perception.Detection, r *rule) int {
	if best := p.best(truths, d, r, false); best != unmatched {
		p.taken[best] = true
		return best
	}
	if best := p.best(truths, d, r, true); best != unmatched {
		p.taken[best] = !truths[best].Ignore
		return ignored
	}
	return unmatched
}

// best returns the free truth that a detection overlaps most, among those that need
// not be found or among the others.
func (p *pairing) best(truths []Truth, d *perception.Detection, r *rule, ignorable bool) int {
	best, most := unmatched, r.least
	for i := range truths {
		t := &truths[i]
		if t.Class != d.Class || p.taken[i] || r.ignore(t) != ignorable {
			continue
		}
		if overlap := r.overlap(t, d); overlap >= most {
			best, most = i, overlap
		}
	}
	return best
}
