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

// bootstrap keeps the average precision of each frame from disk.
type bootstrap struct {
	frames []*[perception.NumClasses]scoring.Precision
	over   bool // there were too many frames
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
	var p [perception.NumClasses]scoring.Precision
	for c := range p {
		p[c].Class = perception.Class(c)
		p[c].Add(o.truths, o.found)
	}
	b.frames = append(b.frames, &p)
}

// ap50 returns the interval of the average precision of a class at an IoU of 0.5; nil if it
// cannot be estimated.
func (b *bootstrap) ap50(c perception.Class) *Interval {
	if len(b.frames) < leastResampled {
		return nil
	}
	r := rng.New(0, c.String(), "bootstrap")
	values := make([]float64, 0, resamples)
	for range resamples {
		p := scoring.Precision{Class: c}
		for range b.frames {
			p.Merge(&b.frames[r.IntN(len(b.frames))][c])
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
