// Package eval judges a network on labelled frames: detection, distance, lanes,
// drivable area, signals and how far its scores can be believed, by class, distance,
// height in the image and weather; on clean frames and on corrupted ones. Run on the
// held-out split it tells what to expect on maps and in weather that training never
// saw. The numbers do not depend on the number of workers.
package eval

import (
	"context"
	"fmt"
	"math"
	"sync"
	"sync/atomic"

	"roadloop/perception"
	"roadloop/perception/inference"
	"roadloop/perception/training/stream"
	"roadloop/sim/label"
)

const (
	// minScore is the least score of detections that enter the precision curves; all
	// other measures use the score at which the driver acts.
	minScore = 0.005
	// minBelieved is the least score of detections whose calibration is judged.
	minBelieved = 0.05
)

// Frames supplies labelled frames. *stream.Maker does.
type Frames interface {
	// Frame makes frame i; it may overwrite the one before.
	Frame(i int64) (*stream.Frame, error)
	// Encode writes a frame as input and target of the network.
	Encode(f *stream.Frame, image, target []float32)
}

// Judgment is what is judged on what. Engine and Frames make one for each worker.
type Judgment struct {
	Engine func() (inference.Engine, error)
	Frames func() (Frames, error)
	Count  int // of the frames, from the first
	// Workers is how many frames are judged at a time; 0 stands for 1.
	Workers int
	// Done is called with the number of frames judged so far; it may be nil.
	Done func(n int)
}

// Evaluate runs the engine on the first n frames of the stream and scores what it
// finds. It stops with the context's error when ctx ends.
func Evaluate(ctx context.Context, engine inference.Engine, s stream.Stream, n int) (*Report, error) {
	j := Judgment{
		Engine: func() (inference.Engine, error) { return kept{engine}, nil },
		Frames: func() (Frames, error) { return stream.NewMaker(s) },
		Count:  n,
	}
	r, err := j.Run(ctx)
	if err != nil {
		return nil, err
	}
	r.Split, r.Seed = string(s.Split), s.Seed
	return r, nil
}

// kept is an engine that its owner closes.
type kept struct{ inference.Engine }

func (kept) Close() error { return nil }

// block is how many frames are judged before they are counted, which bounds memory.
const block = 16 * stream.FramesPerMap

// Run judges. It stops with the context's error when ctx ends.
func (j *Judgment) Run(ctx context.Context) (*Report, error) {
	if j.Count < 1 {
		return nil, fmt.Errorf("evaluating on %d frames, want at least one", j.Count)
	}
	witnesses := make([]*witness, max(1, j.Workers))
	for i := range witnesses {
		w, err := j.newWitness()
		if err != nil {
			return nil, err
		}
		defer w.engine.Close()
		witnesses[i] = w
	}
	c := witnesses[0].config
	t := newTally(c.Width, c.Height)
	seen := make([]observation, min(block, j.Count))
	for first := 0; first < j.Count; first += block {
		part := seen[:min(block, j.Count-first)]
		if err := look(ctx, witnesses, int64(first), part); err != nil {
			return nil, err
		}
		for i := range part {
			t.add(&part[i])
		}
		if j.Done != nil {
			j.Done(first + len(part))
		}
	}
	r := t.report()
	r.Schema, r.Frames = Schema, j.Count
	return r, nil
}

// look has the frames from first on observed, maps apart by different witnesses.
func look(ctx context.Context, witnesses []*witness, first int64, out []observation) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var next atomic.Int64
	var wg sync.WaitGroup
	for _, w := range witnesses {
		wg.Go(func() {
			for ctx.Err() == nil {
				from := int(next.Add(stream.FramesPerMap)) - stream.FramesPerMap
				if from >= len(out) {
					return
				}
				for i := from; i < min(from+stream.FramesPerMap, len(out)); i++ {
					if err := w.observe(first+int64(i), &out[i]); err != nil {
						cancel(fmt.Errorf("evaluating frame %d: %w", first+int64(i), err))
						return
					}
				}
			}
		})
	}
	wg.Wait()
	return context.Cause(ctx)
}

// The boundaries of labels and of perception are the same, in the same order.
var _ = [1]struct{}{}[int(label.NumBoundaries)-int(perception.NumSides)]

// round returns v to four digits after the point, nil when there is nothing to
// measure, which JSON could not hold.
func round(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	v = math.Round(v*1e4) / 1e4
	return &v
}

// newWitness makes an engine and its frames.
func (j *Judgment) newWitness() (*witness, error) {
	engine, err := j.Engine()
	if err != nil {
		return nil, err
	}
	frames, err := j.Frames()
	if err != nil {
		engine.Close()
		return nil, err
	}
	c := engine.Config()
	return &witness{
		config: c, engine: engine, frames: frames,
		image: make([]float32, c.ImageSize()), heads: make([]float32, c.HeadSize()), target: make([]float32, c.TargetSize()),
	}, nil
}

var _ Frames = (*stream.Maker)(nil)
