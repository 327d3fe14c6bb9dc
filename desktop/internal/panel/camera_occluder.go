package panel

import (
	"context"
	"errors"
	"io"
	"math"
	"sync"

	"roadloop/perception"
	"roadloop/perception/inference"
	"roadloop/scenarios/timeline"
)

// Occluder computes saliency in the background; its Saliency method fits a Camera. It
// uses separate networks, because those of the drive are busy.
type Occluder struct {
	// Changed, if set, is called from another goroutine when there is a new result.
	Changed func()

	open      []func() (perception.Detector, error)
	stop      context.CancelFunc
	ctx       context.Context
	work      sync.WaitGroup
	detectors []perception.Detector // of the worker

	mu   sync.Mutex
	of   question
	heat *inference.SaliencyMap
	busy bool
}

// question is a request.
type question struct {
	frame     *timeline.Step
	camera    string
	detection int
}

// NewOccluder returns an occluder with the networks that may have made the detections.
// They are opened on first use.
func NewOccluder(open ...func() (perception.Detector, error)) *Occluder {
	o := &Occluder{open: open}
	o.ctx, o.stop = context.WithCancel(context.Background())
	return o
}

// Saliency returns the saliency of a detection in a frame's last image of a camera. It is nil while
// the computation runs, and if no network reproduces the detection.
func (o *Occluder) Saliency(f *timeline.Step, camera string, detection int) *inference.SaliencyMap {
	q := question{f, camera, detection}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.of == q {
		return o.heat
	}
	if im := f.Image(camera); !o.busy && im != nil && detection < len(im.Detections) {
		o.busy = true
		o.work.Go(func() { o.serve(q) })
	}
	return nil
}

// serve computes a request and stores the result, with early partial results.
func (o *Occluder) serve(q question) {
	heat := o.compute(q)
	o.mu.Lock()
	o.of, o.heat, o.busy = q, heat, false
	o.mu.Unlock()
	if o.Changed != nil {
		o.Changed()
	}
}

// compute tries one network after another.
func (o *Occluder) compute(q question) *inference.SaliencyMap {
	det := q.frame.Image(q.camera).Detections[q.detection]
	for i := range o.open {
		if i == len(o.detectors) {
			d, err := o.open[i]()
			if err != nil {
				return nil // continue without saliency
			}
			o.detectors = append(o.detectors, d)
		}
		early := func(m *inference.SaliencyMap) { o.publish(q, m, det.Score) }
		m, err := inference.Saliency(o.ctx, o.detectors[i], q.frame.Frame(q.camera), det, inference.SaliencyConfig{}, early)
		if err == nil && reproduces(m, det.Score) {
			return m
		}
	}
	return nil
}

// reproduces reports whether a map belongs to the network that made a detection with this
// score: the same network reproduces the score.
func reproduces(m *inference.SaliencyMap, score float64) bool { return math.Abs(m.Score-score) < 1e-6 }

// publish publishes a partial map.
func (o *Occluder) publish(q question, m *inference.SaliencyMap, score float64) {
	if !reproduces(m, score) {
		return
	}
	o.mu.Lock()
	o.of, o.heat = q, m
	o.mu.Unlock()
	if o.Changed != nil {
		o.Changed()
	}
}

// Close waits for the current request and frees the networks.
func (o *Occluder) Close() error {
	o.stop()
	o.work.Wait()
	var err error
	for _, d := range o.detectors {
		if c, ok := d.(io.Closer); ok {
			err = errors.Join(err, c.Close())
		}
	}
	o.detectors = nil
	return err
}
