// Package saliency shows which parts of a picture a detection rests on, by occlusion:
// a gray patch is put over one place after the other, and where the detector is less
// sure of the detection then, it looked (Zeiler & Fergus, "Visualizing and
// Understanding Convolutional Networks", ECCV 2014, section 4.2).
//
// It asks any perception.Detector and nothing of how that works. It tells what the
// detector would miss, not what it makes of what it sees: two places of which either
// one suffices both seem unimportant.
package saliency

import (
	"context"
	"fmt"
	"math"

	"roadloop/perception"
	"roadloop/sim/sensor"
)

// Config says how closely to look. The zero value stands for Default.
type Config struct {
	Patch  int // side of the gray patch, px
	Coarse int // from one patch to the next in the first pass, px
	Fine   int // and in the second, near what mattered in the first; half of Coarse or less
	// Near is the share of the greatest drop of the score from which on a place of the
	// first pass is looked at more closely.
	Near float64
}

// Default is patches of 24 px, 16 px apart and then 8 px where it matters: some 240 and
// up to 100 looks at a picture of 320×192 px.
func Default() Config { return Config{Patch: 24, Coarse: 16, Fine: 8, Near: .25} }

// Map is how much the score of a detection drops when a place is covered, in cells of
// Cell×Cell px, row by row from the upper left.
type Map struct {
	Cell, Width, Height int
	// Drop is the mean drop of the score under the patches that cover a cell, 0 to 1;
	// negative where covering it makes the detector more sure.
	Drop  []float64
	Score float64 // of the detection in the whole picture
	Looks int     // at pictures that the detector took
}

// At returns the drop at a pixel, 0 outside of the picture.
func (m *Map) At(u, v float64) float64 {
	x, y := int(math.Floor(u/float64(m.Cell))), int(math.Floor(v/float64(m.Cell)))
	if x < 0 || y < 0 || x >= m.Width || y >= m.Height {
		return 0
	}
	return m.Drop[y*m.Width+x]
}

// Peak returns the middle of the cell of the greatest drop, px, and the drop.
func (m *Map) Peak() (u, v, drop float64) {
	best := 0
	for i, d := range m.Drop {
		if d > m.Drop[best] {
			best = i
		}
	}
	c := float64(m.Cell)
	return (float64(best%m.Width) + .5) * c, (float64(best/m.Width) + .5) * c, m.Drop[best]
}

// Of returns what a detection in a frame rests on. The frame is not changed. The same
// detector, frame and detection give the same map. Shown, if not nil, is called with a
// whole map after the coarse pass, which may be kept: the fine one adds detail where
// it matters. It fails when ctx ends, when the detector fails, and for a detection that
// the detector does not find in the frame.
func Of(ctx context.Context, d perception.Detector, f *sensor.Frame, target perception.Detection, c Config, shown func(*Map)) (*Map, error) {
	if c == (Config{}) {
		c = Default()
	}
	s, err := newSearch(d, f, target, c)
	if err != nil {
		return nil, err
	}
	if s.whole, err = s.score(f.Pix); err != nil {
		return nil, err
	}
	if s.whole == 0 {
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
