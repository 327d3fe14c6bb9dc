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
	// Ignore marks what need not be found but may be, such as hidden objects.
	Ignore bool
}

// Range is a range of distances, Near <= distance < Far, in m.
type Range struct {
	Near float64 `json:"near"`
	Far  float64 `json:"far"`
}

func (r Range) holds(d float64) bool { return r.Near <= d && d < r.Far }

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

// pair matches the detections of a class to truths as COCO does (Lin et al.
// 2014): in order of falling score, each takes the free truth of its class that it
// overlaps most, with at least the given IoU; truths that need not be found, for
// which ignore is true, come after all others, and what they match is ignored.
func (p *pairing) pair(truths []Truth, dets []perception.Detection, class perception.Class, iou float64, ignore func(*Truth) bool) {
	p.order, p.found = p.order[:0], p.found[:0]
	p.taken = append(p.taken[:0], make([]bool, len(truths))...)
	for i := range dets {
		if dets[i].Class == class {
			p.order = append(p.order, i)
		}
	}
	slices.SortStableFunc(p.order, func(a, b int) int { return cmp.Compare(dets[b].Score, dets[a].Score) })
	for _, i := range p.order {
		p.found = append(p.found, p.take(truths, &dets[i], iou, ignore))
	}
}

// take returns the truth that a detection found.
func (p *pairing) take(truths []Truth, d *perception.Detection, iou float64, ignore func(*Truth) bool) int {
	best, most := unmatched, iou
	loose := false
	for i := range truths {
		t := &truths[i]
		if t.Class != d.Class {
			continue
		}
		overlap := t.Box.IoU(d.Box)
		switch {
		case overlap < iou:
		case ignore(t):
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
