package training

import (
	"context"
	"fmt"
	"math"
)

// Mix takes frames of two sources in turn, at a fixed ratio in every batch: frame p of the
// training, counted from 0, is of First if ⌊(p+1)·Share⌋ > ⌊p·Share⌋. Each source counts its
// own frames, so that none is left out. Both sources fill batches of any size.
type Mix struct {
	First, Second Source
	Share         float64 // of First, above 0 and below 1
	Image, Target int     // number of values of a frame
}

var _ Source = Mix{}

// Filler returns a function that fills batches.
func (m Mix) Filler() (Filler, error) {
	if !(m.Share > 0 && m.Share < 1) {
		return nil, fmt.Errorf("mixing frames: the share is %g, want a number above 0 and below 1", m.Share)
	}
	first, err := m.First.Filler()
	if err != nil {
		return nil, err
	}
	second, err := m.Second.Filler()
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, index int64, dst *Batch) error {
		n := int64(len(dst.Images) / m.Image)
		for k := range n {
			one := Batch{Images: dst.Images[int(k)*m.Image:][:m.Image], Targets: dst.Targets[int(k)*m.Target:][:m.Target]}
			p := index*n + k
			before, after := m.firsts(p), m.firsts(p+1)
			fill, at := second, p-before
			if after > before {
				fill, at = first, before
			}
			if err := fill(ctx, at, &one); err != nil {
				return err
			}
		}
		return nil
	}, nil
}

// firsts returns the number of frames of First among the first n.
func (m *Mix) firsts(n int64) int64 { return int64(math.Floor(float64(n) * m.Share)) }
