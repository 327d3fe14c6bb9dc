package camera

import (
	"context"
	"errors"
	"io"
	"math"
	"sync"

	"roadloop/perception"
	"roadloop/perception/saliency"
	"roadloop/scenarios/tape"
)

// Occluder finds out in the background what detections rest on; its Saliency is one for
// a Panel. It looks with networks of its own: those of a drive are busy.
type Occluder struct {
	// Changed, if set, is called from another goroutine when there is a new answer.
	Changed func()

	open []func() (perception.Detector, error)
	stop context.CancelFunc
	ctx  context.Context
	work sync.WaitGroup
	eyes []perception.Detector // of the worker

	mu   sync.Mutex
	of   question
	heat *saliency.Map
	busy bool
}

// question is what is asked about.
type question struct {
	frame     *tape.Frame
	detection int
}

// NewOccluder returns an occluder with the networks that may have found what is asked
// about. They are opened when they are needed first.
func NewOccluder(open ...func() (perception.Detector, error)) *Occluder {
	o := &Occluder{open: open}
	o.ctx, o.stop = context.WithCancel(context.Background())
	return o
}

// Saliency returns what a detection of a frame's last image rests on; nil while that is
// being found out, and where none of the networks finds that detection.
func (o *Occluder) Saliency(f *tape.Frame, detection int) *saliency.Map {
	q := question{f, detection}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.of == q {
		return o.heat
	}
	if n := len(f.Images); !o.busy && f.Camera != nil && n > 0 && detection < len(f.Images[n-1].Detections) {
		o.busy = true
		o.work.Go(func() { o.answer(q) })
	}
	return nil
}

// answer finds out what is asked and keeps it: something of it early.
func (o *Occluder) answer(q question) {
	heat := o.look(q)
	o.mu.Lock()
	o.of, o.heat, o.busy = q, heat, false
	o.mu.Unlock()
	if o.Changed != nil {
		o.Changed()
	}
}

// look asks one network after the other.
func (o *Occluder) look(q question) *saliency.Map {
	images := q.frame.Images
	det := images[len(images)-1].Detections[q.detection]
	for i := range o.open {
		if i == len(o.eyes) {
			d, err := o.open[i]()
			if err != nil {
				return nil // a window without saliency is better than none
			}
			o.eyes = append(o.eyes, d)
		}
		early := func(m *saliency.Map) { o.tell(q, m, det.Score) }
		m, err := saliency.Of(o.ctx, o.eyes[i], q.frame.Camera, det, saliency.Config{}, early)
		if err == nil && found(m, det.Score) {
			return m
		}
	}
	return nil
}

// found tells that a map is of the network that found a detection with this score: the
// same network gives the same score again.
func found(m *saliency.Map, score float64) bool { return math.Abs(m.Score-score) < 1e-6 }

// tell shows a map while the work on it goes on.
func (o *Occluder) tell(q question, m *saliency.Map, score float64) {
	if !found(m, score) {
		return
	}
	o.mu.Lock()
	o.of, o.heat = q, m
	o.mu.Unlock()
	if o.Changed != nil {
		o.Changed()
	}
}

// Close waits for what is under way to end and frees the networks.
func (o *Occluder) Close() error {
	o.stop()
	o.work.Wait()
	var err error
	for _, d := range o.eyes {
		if c, ok := d.(io.Closer); ok {
			err = errors.Join(err, c.Close())
		}
	}
	o.eyes = nil
	return err
}
