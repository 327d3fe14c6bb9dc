package inference

import (
	"context"
	"fmt"
	"math"

	"roadloop/perception"
	"roadloop/sim/sensor"
)

// SaliencyConfig sets the resolution. The zero value means Default.
type SaliencyConfig struct {
	Patch  int // side of the gray patch, px
	Coarse int // step of the patches in the first pass, px
	Fine   int // step in the second pass, near places that mattered in the first, px; at most half of Coarse
	// Near is the share of the greatest drop from which a place of the first pass is
	// refined.
	Near float64
}

// DefaultSaliency returns patches of 24 px with steps of 16 px, then 8 px where it matters:
// some 240 and up to 100 runs of the detector for an image of 320×192 px.
func DefaultSaliency() SaliencyConfig {
	return SaliencyConfig{Patch: 24, Coarse: 16, Fine: 8, Near: .25}
}

// SaliencyMap shows on which parts of an image a detection depends, by occlusion: a gray
// patch covers one place after another, and the score of the detection drops where the
// place matters (Zeiler & Fergus, "Visualizing and Understanding Convolutional Networks",
// ECCV 2014, section 4.2). It shows which places the detection needs, not how the detector
// uses them: if either of two places suffices, both seem unimportant. Drops are in cells of
// Cell×Cell px, row by row from the upper left.
type SaliencyMap struct {
	Cell, Width, Height int
	// Drop is the mean drop of the score under the patches that cover a cell, 0 to 1;
	// negative where covering raises the score.
	Drop  []float64
	Score float64 // of the detection in the uncovered image
	Runs  int     // number of runs of the detector
}

// At returns the drop at a pixel, 0 outside of the image.
func (m *SaliencyMap) At(u, v float64) float64 {
	x, y := int(math.Floor(u/float64(m.Cell))), int(math.Floor(v/float64(m.Cell)))
	if x < 0 || y < 0 || x >= m.Width || y >= m.Height {
		return 0
	}
	return m.Drop[y*m.Width+x]
}

// Peak returns the middle of the cell with the greatest drop, px, and the drop.
func (m *SaliencyMap) Peak() (u, v, drop float64) {
	best := 0
	for i, d := range m.Drop {
		if d > m.Drop[best] {
			best = i
		}
	}
	c := float64(m.Cell)
	return (float64(best%m.Width) + .5) * c, (float64(best/m.Width) + .5) * c, m.Drop[best]
}

// Saliency returns the saliency map of a detection in a frame. The frame is not changed.
// The same detector, frame and detection give the same map. If shown is not nil, it
// is called with the map after the coarse pass and may keep it; the fine pass adds
// detail. Saliency returns an error when ctx ends, when the detector fails, and when the
// detector does not find the detection in the frame.
func Saliency(ctx context.Context, d perception.Detector, f *sensor.Frame, target perception.Detection, c SaliencyConfig, shown func(*SaliencyMap)) (*SaliencyMap, error) {
	if c == (SaliencyConfig{}) {
		c = DefaultSaliency()
	}
	s, err := newSearch(d, f, target, c)
	if err != nil {
		return nil, err
	}
	if s.baseScore, err = s.score(f.Pix); err != nil {
		return nil, err
	}
	if s.baseScore == 0 {
		return nil, fmt.Errorf("the detector finds no %s there in the picture of %v", target.Class, f.Time)
	}
	if err := s.pass(ctx, c.Coarse, func(int, int) bool { return true }); err != nil {
		return nil, err
	}
	first := s.result()
	if shown != nil {
		shown(first)
	}
	_, _, most := first.Peak()
	near := func(x, y int) bool {
		middle := float64(c.Patch) / 2
		return most > 0 && first.At(float64(x)+middle, float64(y)+middle) >= c.Near*most
	}
	if err := s.pass(ctx, c.Fine, near); err != nil {
		return nil, err
	}
	return s.result(), nil
}
