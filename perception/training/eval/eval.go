// Package eval evaluates a network on labelled frames: detection, distance, lanes,
// drivable area, signals and calibration of the scores, by class, distance, height in
// the image and weather; on clean and on corrupted frames. On the held-out split it
// measures the performance on maps and in weather that training never had. The
// numbers do not depend on the number of workers.
package eval

import (
	"context"
	"fmt"
	"math"
	"sync"
	"sync/atomic"

	"roadloop/perception"
	"roadloop/perception/inference"
	"roadloop/perception/results"
	"roadloop/perception/training/synth"
	"roadloop/sim/label"
)

const (
	// minScore is the minimum score of detections in the precision curves; all other
	// metrics use the driver's threshold.
	minScore = 0.005
	// minCalibrated is the minimum score of detections in the calibration.
	minCalibrated = 0.05
)

// Frames supplies labelled frames, for example a *synth.Generator.
type Frames interface {
	// Frame returns frame i; it may overwrite the previous one.
	Frame(i int64) (*synth.Frame, error)
	// Encode writes a frame as input and target of the network.
	Encode(f *synth.Frame, image, target []float32)
}

// Evaluation configures an evaluation. Engine and Frames are called once for each
// worker.
type Evaluation struct {
	Engine func() (inference.Engine, error)
	Frames func() (Frames, error)
	Count  int // number of frames, from the first
	// Workers is the number of frames evaluated concurrently; 0 means 1.
	Workers int
	// Tiles makes the network see enlarged views of pictures, too; see
	// inference.PictureDetector.
	Tiles bool
	// Done is called with the number of frames evaluated so far; it may be nil.
	Done func(n int)
	// Truth and Found receive the true and the found objects of each frame, in order and in
	// pixels of the picture on disk; they may be nil. The caller closes them.
	Truth, Found results.Writer
}

// Evaluate runs the engine on the first n frames of the stream and scores its output.
// It returns the context's error when ctx ends.
func Evaluate(ctx context.Context, engine inference.Engine, s synth.Stream, n int) (*Report, error) {
	j := Evaluation{
		Engine: func() (inference.Engine, error) { return unclosedEngine{engine}, nil },
		Frames: func() (Frames, error) { return synth.NewGenerator(s) },
		Count:  n,
	}
	r, err := j.Run(ctx)
	if err != nil {
		return nil, err
	}
	r.Split, r.Seed = string(s.Split), s.Seed
	return r, nil
}

// unclosedEngine is an engine with a no-op Close; its owner closes it.
type unclosedEngine struct{ inference.Engine }

func (unclosedEngine) Close() error { return nil }

// block is the number of frames evaluated before they are counted; it bounds memory.
const block = 16 * synth.FramesPerMap

// Run runs the evaluation. It returns the context's error when ctx ends.
func (j *Evaluation) Run(ctx context.Context) (*Report, error) {
	if j.Count < 1 {
		return nil, fmt.Errorf("evaluating on %d frames, want at least one", j.Count)
	}
	evaluators := make([]*frameEvaluator, max(1, j.Workers))
	for i := range evaluators {
		w, err := j.newFrameEvaluator()
		if err != nil {
			return nil, err
		}
		defer w.engine.Close()
		evaluators[i] = w
	}
	c := evaluators[0].config
	t := newMetrics(c.Width, c.Height)
	seen := make([]observation, min(block, j.Count))
	for first := 0; first < j.Count; first += block {
		part := seen[:min(block, j.Count-first)]
		if err := observeAll(ctx, evaluators, int64(first), part); err != nil {
			return nil, err
		}
		for i := range part {
			t.add(&part[i])
			if err := part[i].picture.write(j.Truth, j.Found); err != nil {
				return nil, err
			}
		}
		if j.Done != nil {
			j.Done(first + len(part))
		}
	}
	r := t.report()
	r.Schema, r.Frames = Schema, j.Count
	return r, nil
}

// observeAll evaluates the frames from first; the frames of one map go to one
// evaluator.
func observeAll(ctx context.Context, evaluators []*frameEvaluator, first int64, out []observation) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var next atomic.Int64
	var wg sync.WaitGroup
	for _, w := range evaluators {
		wg.Go(func() {
			for ctx.Err() == nil {
				from := int(next.Add(synth.FramesPerMap)) - synth.FramesPerMap
				if from >= len(out) {
					return
				}
				for i := from; i < min(from+synth.FramesPerMap, len(out)); i++ {
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

// round returns v rounded to four decimals, nil for NaN, which JSON cannot represent.
func round(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	v = math.Round(v*1e4) / 1e4
	return &v
}

// newFrameEvaluator creates an engine and its frames.
func (j *Evaluation) newFrameEvaluator() (*frameEvaluator, error) {
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
	pictures := inference.NewPictureDetector(engine)
	pictures.Decoder.MinScore, pictures.Tiles = minScore, j.Tiles
	return &frameEvaluator{
		config: c, engine: engine, frames: frames, pictures: pictures,
		image: make([]float32, c.ImageSize()), heads: make([]float32, c.HeadSize()), target: make([]float32, c.TargetSize()),
	}, nil
}

var _ Frames = (*synth.Generator)(nil)
