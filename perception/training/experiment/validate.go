package experiment

import (
	"context"
	"fmt"
	"math"

	"roadloop/perception/inference"
	"roadloop/perception/network"
	"roadloop/perception/scoring"
	"roadloop/perception/training"
	"roadloop/perception/training/eval"
	"roadloop/perception/training/synth"
)

// Measures holds the metrics of the averaged weights on frames of a split. Metrics
// that cannot be measured, because there are no objects or labels, are nil.
type Measures struct {
	Loss     float64             `json:"loss"`
	AP50     map[string]*float64 `json:"ap50,omitempty"` // by class
	MeanAP50 *float64            `json:"mean_ap50,omitempty"`
	Lane     *float64            `json:"lane,omitempty"` // error at 10 m, m
	Drivable *float64            `json:"drivable,omitempty"`
	Signals  *float64            `json:"signals,omitempty"` // correct state
	// Scaling calibrates the scores of objects to probabilities.
	Scaling *scoring.Scaling `json:"scaling,omitempty"`
}

// score returns the value that the best epoch maximizes.
func (m *Measures) score() float64 {
	if m.MeanAP50 != nil {
		return *m.MeanAP50
	}
	return -m.Loss
}

// validate measures weights on frames of a split.
func (m *datasets) validate(ctx context.Context, w *network.Weights, split synth.Split) (Measures, error) {
	loss, err := m.loss(ctx, w, split)
	if err != nil {
		return Measures{}, fmt.Errorf("evaluating on %s frames: %w", split, err)
	}
	if m.Training.Task != training.Driving {
		return Measures{Loss: loss}, nil
	}
	report, err := m.evaluate(ctx, w, split, m.frameCount(m.ValFrames, split))
	if err != nil {
		return Measures{}, fmt.Errorf("evaluating on %s frames: %w", split, err)
	}
	out := MeasuresOf(report)
	out.Loss = loss
	return out, nil
}

// evaluate evaluates weights on n frames of a split.
func (m *datasets) evaluate(ctx context.Context, w *network.Weights, split synth.Split, n int) (*eval.Report, error) {
	j := eval.Evaluation{
		Engine:  func() (inference.Engine, error) { return inference.NewOneDNN(w) },
		Frames:  func() (eval.Frames, error) { return m.frames(split, n) },
		Count:   n,
		Workers: m.Training.Replicas,
	}
	return j.Run(ctx)
}

// calibration returns the scaling that calibrates scores to probabilities on
// validation frames, nil if there is none.
func (m *datasets) calibration(ctx context.Context, w *network.Weights) (*scoring.Scaling, error) {
	report, err := m.evaluate(ctx, w, synth.Validation, m.frameCount(calibrationShare*m.ValFrames, synth.Validation))
	if err != nil {
		return nil, fmt.Errorf("calibrating: %w", err)
	}
	return report.Calibration.Best, nil
}

// MeasuresOf returns the measures of a report, which has no loss.
func MeasuresOf(r *eval.Report) Measures {
	m := Measures{AP50: make(map[string]*float64)}
	sum, n := 0.0, 0
	for i := range r.Classes {
		c := &r.Classes[i]
		m.AP50[c.Class] = c.AP50
		if c.AP50 != nil {
			sum, n = sum+*c.AP50, n+1
		}
	}
	if n > 0 {
		mean := sum / float64(n)
		m.MeanAP50 = &mean
	}
	for i := range r.OwnLane {
		if r.OwnLane[i].Ahead == 10 {
			m.Lane = r.OwnLane[i].MeanError
		}
	}
	m.Drivable, m.Signals, m.Scaling = r.DrivableIoU, r.Signals.Accuracy, r.Calibration.Best
	return m
}

// loss returns the mean loss on the first frames of a split, with the running
// statistics and without dropout, as in driving.
func (m *datasets) loss(ctx context.Context, w *network.Weights, split synth.Split) (float64, error) {
	src, err := m.recordedSource(split)
	if err != nil {
		return 0, err
	}
	fill, err := src.Filler()
	if err != nil {
		return 0, err
	}
	runner, err := network.NewRunner(w)
	if err != nil {
		return 0, err
	}
	defer runner.Close()
	image, heads, targets := sizes(&m.Training)
	b := training.Batch{Images: make([]float32, image), Targets: make([]float32, targets)}
	out, grad := make([]float32, heads), make([]float32, heads)
	objective := m.Training.Objective()
	sum := 0.0
	n := m.frameCount(m.ValFrames, split)
	for i := range n {
		if err := fill(ctx, int64(i), &b); err != nil {
			return 0, err
		}
		if err := runner.Run(b.Images, out); err != nil {
			return 0, err
		}
		sum += objective.Loss(out, b.Targets, grad).Total
	}
	return sum / math.Max(1, float64(n)), nil
}
