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
	Distance float64  // from the camera along the ground, m
	Pos      geom.Vec // middle, vehicle frame
	Heading  float64  // relative to the vehicle's x axis, rad
	// Length and Width of the object seen from above, m; 0 where nobody knows.
	Length, Width float64
	// Visible is the fraction of the object in the image that nothing hides, Truncated
	// that of its box outside of the image.
	Visible, Truncated float64
	// Ignore marks what need not be found but may be, such as hidden objects.
	Ignore bool
}

// Range is a range of distances, Near <= distance < Far, in m.
type Range struct {
	Near float64 `json:"near"`
	Far  float64 `json:"far"`
}

func (r Range) holds(d float64) bool { return r.Near <= d && d < r.Far }

// admits is holds, but a zero range holds everything.
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
}

// boxes is the rule of COCO: boxes in the image with at least the given IoU.
func boxes(class perception.Class, iou float64, ignore func(*Truth) bool) rule {
	return rule{class, func(t *Truth, d *perception.Detection) float64 { return t.Box.IoU(d.Box) }, iou, ignore}
}

// pair matches the detections of a class to truths as COCO does (Lin et al.
// 2014): in order of falling score, each takes the free truth of its class that it
// overlaps most; truths that need not be found come after all others, and what they
// match is ignored.
func (p *pairing) pair(truths []Truth, dets []perception.Detection, r rule) {
	p.order, p.found = p.order[:0], p.found[:0]
	p.taken = append(p.taken[:0], make([]bool, len(truths))...)
	for i := range dets {
		if dets[i].Class == r.class {
			p.order = append(p.order, i)
		}
	}
	slices.SortStableFunc(p.order, func(a, b int) int { return cmp.Compare(dets[b].Score, dets[a].Score) })
	for _, i := range p.order {
		p.found = append(p.found, p.take(truths, &dets[i], &r))
	}
}

// take returns the truth that a detection found.
func (p *pairing) take(truths []Truth, d *perception.Detection, r *rule) int {
	best, most := unmatched, r.least
	loose := false
	for i := range truths {
		t := &truths[i]
		if t.Class != d.Class {
			continue
		}
		overlap := r.overlap(t, d)
		switch {
		case overlap < r.least:
		case r.ignore(t):
			loose = true
		case !p.taken[i] && overlap >= most:
			best, most = i, overlap
		}
	}
	if best >= 0 {
		p.taken[best] = true
		return best
	}
	if loose {
		return ignored
	}
	return unmatched
}
