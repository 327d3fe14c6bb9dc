package eval

import (
	"math"
	"slices"

	"roadloop/perception"
	"roadloop/perception/scoring"
	"roadloop/sim/rng"
)

// Intervals of small sets of real frames are estimated by the bootstrap (Efron 1979): frames
// are drawn with replacement, so that the objects of one frame stay together.
const (
	resamples = 1000
	coverage  = .95
	// maxResampled is the number of frames up to which intervals are estimated: those of
	// larger sets are narrow.
	maxResampled = 500
	// leastResampled is the least number of frames: fewer say nothing about the spread.
	leastResampled = 3
)

// Interval is a confidence interval.
type Interval struct {
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// bootstrap keeps the average precision of each frame from disk, within the relevant distance
// of a class and at any distance.
type bootstrap struct {
	frames []*framePrecision
	over   bool // there were too many frames
}

type framePrecision struct {
	near, all [perception.NumClasses]scoring.Precision
}

// of returns the precision of a class.
func (f *framePrecision) of(c perception.Class, near bool) *scoring.Precision {
	if near {
		return &f.near[c]
	}
	return &f.all[c]
}

// add keeps a frame.
func (b *bootstrap) add(o *observation) {
	if !o.onDisk || b.over {
		return
	}
	if len(b.frames) == maxResampled {
		b.frames, b.over = nil, true
		return
	}
	f := new(framePrecision)
	for c := range perception.NumClasses {
		f.all[c].Class, f.near[c].Class = perception.Class(c), perception.Class(c)
		f.near[c].Range = scoring.Range{Far: maxRange[c]}
		f.all[c].Add(o.truths, o.found)
		if o.placed {
			f.near[c].Add(o.truths, o.found)
		}
	}
	b.frames = append(b.frames, f)
}

// ap50 returns the interval of the average precision of a class at an IoU of 0.5, within its
// relevant distance or at any; nil if it cannot be estimated.
func (b *bootstrap) ap50(c perception.Class, near bool) *Interval {
	if len(b.frames) < leastResampled {
		return nil
	}
	r := rng.New(0, c.String(), "bootstrap")
	values := make([]float64, 0, resamples)
	for range resamples {
		p := scoring.Precision{Class: c}
		for range b.frames {
			p.Merge(b.frames[r.IntN(len(b.frames))].of(c, near))
		}
		if v := p.AP50(); !math.IsNaN(v) {
			values = append(values, v)
		}
	}
	if len(values) < resamples/2 { // most draws have no object of the class
		return nil
	}
	slices.Sort(values)
	at := func(q float64) float64 { return *round(values[int(q*float64(len(values)-1)+.5)]) }
	return &Interval{at((1 - coverage) / 2), at((1 + coverage) / 2)}
}
