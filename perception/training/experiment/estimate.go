package experiment

import (
	"context"
	"errors"
	"time"

	"roadloop/internal/memory"
	"roadloop/perception/training"
	"roadloop/perception/training/synth"
)

// Estimate is the expected cost of a run on this machine.
type Estimate struct {
	Parameters   int           `json:"parameters"` // learned values of the network
	MACs         int           `json:"macs"`       // multiplications of a forward pass for one frame
	Steps        int64         `json:"steps"`
	Frames       int64         `json:"frames"`
	FramesPerSec float64       `json:"frames_per_sec"`
	Time         time.Duration `json:"time_ns"`
	Memory       int64         `json:"memory"` // peak of this process so far, bytes
}

// estimateSteps is the number of measured steps, after one that is not measured.
const estimateSteps = 4

// errEstimateDone stops the training after the measured steps.
var errEstimateDone = errors.New("enough")

// DryRun runs a few steps of a recipe, without a folder, and returns an estimate for all
// steps.
func DryRun(ctx context.Context, r Recipe, initial *Initial) (Estimate, error) {
	if err := r.check(); err != nil {
		return Estimate{}, err
	}
	m, err := r.open()
	if err != nil {
		return Estimate{}, err
	}
	r.protect(m, initial != nil)
	if err := m.prepare(ctx, nil, nil); err != nil {
		return Estimate{}, err
	}
	t, err := newTrainer(&r, initial)
	if err != nil {
		return Estimate{}, err
	}
	defer t.Close()
	src, err := m.source(synth.Train)
	if err != nil {
		return Estimate{}, err
	}
	var begun time.Time
	var last int64
	err = t.Run(ctx, src, func(s training.Step) error {
		if s.Number == 1 {
			begun = time.Now()
		}
		last = s.Number
		if s.Number > estimateSteps {
			return errEstimateDone
		}
		return nil
	})
	if err != nil && !errors.Is(err, errEstimateDone) {
		return Estimate{}, err
	}
	c := t.Config()
	w, _ := t.Weights()
	e := Estimate{Parameters: w.Count(), MACs: c.Network.MACs(), Steps: c.Schedule.Total, Frames: c.Schedule.Total * int64(c.Batch), Memory: memory.Peak()}
	if last > 1 {
		e.FramesPerSec = float64((last-1)*int64(c.Batch)) / time.Since(begun).Seconds()
		e.Time = time.Duration(float64(e.Frames) / e.FramesPerSec * float64(time.Second))
	}
	return e, nil
}
