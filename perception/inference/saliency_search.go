package inference

import (
	"context"
	"errors"
	"fmt"
	"math"

	"roadloop/perception"
	"roadloop/sim/sensor"
)

// search covers the places of a frame one after another.
type search struct {
	detector  perception.Detector
	frame     sensor.Frame // with its own copy of the pixels
	original  []byte
	target    perception.Detection
	config    SaliencyConfig
	baseScore float64 // score of the target in the uncovered image
	image     perception.Image
	looks     int

	width, height int // in cells of config.Fine
	sum, count    []float64
	covered       map[[2]int]bool // patches, by their upper left corner
}

// gray is the value of a patch: the middle of the range of a pixel.
const gray = 128

func newSearch(d perception.Detector, f *sensor.Frame, target perception.Detection, c SaliencyConfig) (*search, error) {
	if c.Patch < 1 || c.Fine < 1 || c.Coarse < c.Fine || c.Coarse%c.Fine != 0 || !(c.Near >= 0 && c.Near <= 1) {
		return nil, fmt.Errorf("saliency: patches of %d px, %d and then %d px apart, near %g: want sizes above 0, the first step a multiple of the second, and near from 0 to 1",
			c.Patch, c.Coarse, c.Fine, c.Near)
	}
	if f.Cal == nil || f.Cal.Width < 1 || len(f.Pix) != 3*f.Cal.Width*f.Cal.Height {
		return nil, errors.New("saliency: a frame without calibration, or with a size that differs from it")
	}
	s := &search{detector: d, frame: *f, original: f.Pix, target: target, config: c, covered: make(map[[2]int]bool)}
	s.frame.Pix = append([]byte(nil), f.Pix...)
	s.width, s.height = (f.Cal.Width+c.Fine-1)/c.Fine, (f.Cal.Height+c.Fine-1)/c.Fine
	s.sum, s.count = make([]float64, s.width*s.height), make([]float64, s.width*s.height)
	return s, nil
}

// minOverlap is the minimum IoU of a detection with the target's box in the uncovered
// image to be regarded as the target.
const minOverlap = 0.4

// score returns the score of the target, 0 if it is not found. A detection of another
// class is not the target.
func (s *search) score(pix []byte) (float64, error) {
	f := s.frame
	f.Pix = pix
	if err := s.detector.Detect(&f, &s.image); err != nil {
		return 0, fmt.Errorf("saliency: detecting in the image of %v: %w", f.Time, err)
	}
	s.looks++
	best := 0.0
	for i := range s.image.Detections {
		d := &s.image.Detections[i]
		if d.Class == s.target.Class && d.Box.IoU(s.target.Box) >= minOverlap {
			best = math.Max(best, d.Score)
		}
	}
	return best, nil
}

// pass covers the patches of a grid that matter and were not covered yet. Patches at
// the edges lie partly outside of the image, so that all pixels are covered equally.
func (s *search) pass(ctx context.Context, step int, matters func(x, y int) bool) error {
	margin := (s.config.Patch - 1) / step * step
	for y := -margin; y < s.frame.Cal.Height; y += step {
		for x := -margin; x < s.frame.Cal.Width; x += step {
			if s.covered[[2]int{x, y}] || !matters(x, y) {
				continue
			}
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := s.cover(x, y); err != nil {
				return err
			}
		}
	}
	return nil
}

// cover covers a place, runs the detector, and uncovers the place.
func (s *search) cover(x, y int) error {
	s.covered[[2]int{x, y}] = true
	w, h, size := s.frame.Cal.Width, s.frame.Cal.Height, s.config.Patch
	x0, x1, y0, y1 := max(x, 0), min(x+size, w), max(y, 0), min(y+size, h)
	for v := y0; v < y1; v++ {
		row := s.frame.Pix[3*(v*w+x0) : 3*(v*w+x1)]
		for i := range row {
			row[i] = gray
		}
	}
	score, err := s.score(s.frame.Pix)
	if err != nil {
		return err
	}
	for v := y0; v < y1; v++ {
		from, to := 3*(v*w+x0), 3*(v*w+x1)
		copy(s.frame.Pix[from:to], s.original[from:to])
	}
	s.note(x0, y0, x1, y1, s.baseScore-score)
	return nil
}

// note adds a drop to the cells with a covered center.
func (s *search) note(x0, y0, x1, y1 int, drop float64) {
	cell := s.config.Fine
	for v := y0 / cell; v < s.height && v*cell+cell/2 < y1; v++ {
		for u := x0 / cell; u < s.width && u*cell+cell/2 < x1; u++ {
			if v*cell+cell/2 >= y0 && u*cell+cell/2 >= x0 {
				s.sum[v*s.width+u] += drop
				s.count[v*s.width+u]++
			}
		}
	}
}

// result returns the map so far.
func (s *search) result() *SaliencyMap {
	m := &SaliencyMap{Cell: s.config.Fine, Width: s.width, Height: s.height, Score: s.baseScore, Runs: s.looks, Drop: make([]float64, len(s.sum))}
	for i := range m.Drop {
		if s.count[i] > 0 {
			m.Drop[i] = s.sum[i] / s.count[i]
		}
	}
	return m
}
