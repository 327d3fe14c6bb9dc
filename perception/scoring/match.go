// Package scoring compares the output of perception with the truth: average
// precision, errors of distance and position, lane boundaries, signal states and
// drivable area. It holds the metrics only and does not depend on the source of
// images or truth; package eval feeds it.
//
// Boxes are in pixels, everything else is in meters and the vehicle frame.
package scoring

import (
	"cmp"
	"slices"

	"roadloop/perception"
	"roadloop/sim/geom"
)

// Truth is a true object.
type Truth struct {
	Class    perception.Class
	Box      perception.Box
	Distance float64  // from the camera along the ground, m; NaN if unknown
	Pos      geom.Vec // middle, vehicle frame
	Heading  float64  // relative to the vehicle's x axis, rad
	// Length and Width of the object seen from above, m; 0 if unknown.
	Length, Width float64
	// Visible is the visible fraction of the object in the image, Truncated the
	// fraction of its box outside of the image.
	Visible, Truncated float64
	// Area is that of the object's mask, px²; 0 means that of the box.
	Area float64
	// Ignore marks an object that may be found but need not: hidden objects, crowds,
	// and regions with any number of objects (COCO's iscrowd).
	Ignore bool
	// Region marks an ignored region without a place (KITTI's DontCare). KITTI matches other
	// ignored objects, such as vans for cars, as objects.
	Region bool
}

// Range is a range of distances, Near <= distance < Far, in m.
type Range struct {
	Near float64 `json:"near"`
	Far  float64 `json:"far"`
}

func (r Range) holds(d float64) bool { return r.Near <= d && d < r.Far }

// admits is holds, except that a zero range holds everything, also unknown distances.
func (r Range) admits(d float64) bool { return r == Range{} || r.holds(d) }

// matching holds one image's detections of a class in order of falling score, each
// with the index of the matched truth, or unmatched or ignored.
type matching struct {
	order []int
	found []int
	taken []bool
}

// Values of a matching for detections without a truth.
const (
	unmatched = -1
	ignored   = -2
)

// rule defines which detections of a class may match which truths.
type rule struct {
	class      perception.Class
	overlap    func(*Truth, *perception.Detection) float64 // higher is better
	minOverlap float64                                     // minimum overlap
	ignore     func(*Truth) bool                           // true for truths that need not be found
	// maxCount is the number of detections per image that count, those with the
	// highest scores; 0 means all.
	maxCount int
}

// maxDetections is the number of detections of a class that COCO counts per image.
const maxDetections = 100

// boxes is the rule of COCO (Lin et al. 2014): boxes in the image with at least the
// given IoU. For a truth with Ignore set, the intersection is divided by the
// area of the detection instead of the union, as pycocotools does for iscrowd and
// KITTI's development kit for DontCare.
func boxes(class perception.Class, iou float64, ignore func(*Truth) bool) rule {
	return rule{class: class, minOverlap: iou, ignore: ignore, maxCount: maxDetections, overlap: func(t *Truth, d *perception.Detection) float64 {
		if t.Ignore {
			return t.Box.Intersection(d.Box) / d.Box.Area()
		}
		return t.Box.IoU(d.Box)
	}}
}

// pair matches the detections of a class to truths as COCO does: in order of falling
// score, each takes the unmatched truth of its class with the highest overlap. Truths that
// need not be found come after all others, and their matches are ignored; those
// with Ignore set match any number of detections.
func (p *matching) pair(truths []Truth, dets []perception.Detection, r rule) {
	p.order, p.found = p.order[:0], p.found[:0]
	p.taken = append(p.taken[:0], make([]bool, len(truths))...)
	for i := range dets {
		if dets[i].Class == r.class {
			p.order = append(p.order, i)
		}
	}
	slices.SortStableFunc(p.order, func(a, b int) int { return cmp.Compare(dets[b].Score, dets[a].Score) })
	if r.maxCount > 0 {
		p.order = p.order[:min(r.maxCount, len(p.order))]
	}
	for _, i := range p.order {
		p.found = append(p.found, p.take(truths, &dets[i], &r))
	}
}

// take returns the truth that a detection matches.
func (p *matching) take(truths []Truth, d *perception.Detection, r *rule) int {
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

// best returns the unmatched truth with the highest overlap, among those that need
// not be found or among the others.
func (p *matching) best(truths []Truth, d *perception.Detection, r *rule, ignorable bool) int {
	best, most := unmatched, r.minOverlap
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
