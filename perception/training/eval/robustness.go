package eval

import (
	"context"
	"fmt"

	"roadloop/perception/training/synth"
)

// Robustness holds the metrics on corrupted frames.
type Robustness struct {
	Frames int          `json:"frames"` // the same frames for every kind and severity
	Clean  Summary      `json:"clean"`  // on these frames
	Kinds  []KindScores `json:"kinds"`
	// Relative is the mean AP50 over all corruptions divided by the clean one: rPC of
	// Michaelis et al. 2019 with an IoU of 0.5.
	Relative *float64 `json:"relative"`
}

// KindScores holds the metrics under one kind of corruption, by severity from 1.
type KindScores struct {
	Kind       synth.CorruptionKind `json:"kind"`
	Severities []Summary            `json:"severities"`
}

// Summary is a summary of a report.
type Summary struct {
	AP50     *float64 `json:"ap50"` // mean over the classes, within the relevant distances
	NDS      *float64 `json:"nds"`
	LaneF1   *float64 `json:"lane_f1"`
	Drivable *float64 `json:"drivable_mean_iou"`
	Signals  *float64 `json:"signals_read_right"` // of all in range, including missed ones
}

// Summary returns a summary of the report.
func (r *Report) Summary() Summary {
	g := Summary{LaneF1: r.LaneF1, Drivable: r.DrivableMeanIoU}
	if r.NDS != nil {
		g.NDS = round(r.NDS.NDS)
	}
	var ap []*float64
	for i := range r.Classes {
		ap = append(ap, r.Classes[i].AP50)
	}
	g.AP50 = mean(ap)
	if a, f := r.Signals.Accuracy, r.Signals.Recall; a != nil && f != nil {
		g.Signals = round(*a * *f)
	} else if f != nil {
		g.Signals = round(0)
	}
	return g
}

// mean returns the mean of the numbers that are not nil, nil if there are none.
func mean(list []*float64) *float64 {
	sum, n := 0.0, 0
	for _, v := range list {
		if v != nil {
			sum, n = sum+*v, n+1
		}
	}
	if n == 0 {
		return nil
	}
	return round(sum / float64(n))
}

// mean returns the means over the severities.
func (w *KindScores) mean() Summary {
	pick := func(of func(*Summary) *float64) *float64 {
		var list []*float64
		for i := range w.Severities {
			list = append(list, of(&w.Severities[i]))
		}
		return mean(list)
	}
	return Summary{
		AP50:     pick(func(g *Summary) *float64 { return g.AP50 }),
		NDS:      pick(func(g *Summary) *float64 { return g.NDS }),
		LaneF1:   pick(func(g *Summary) *float64 { return g.LaneF1 }),
		Drivable: pick(func(g *Summary) *float64 { return g.Drivable }),
		Signals:  pick(func(g *Summary) *float64 { return g.Signals }),
	}
}

// EvaluateRobustness evaluates clean frames and the same frames with each kind of corruption in
// all severities. with returns the evaluation for a corruption; done, which may be
// nil, is called after each.
func EvaluateRobustness(ctx context.Context, kinds []synth.CorruptionKind, with func(synth.Corruption) *Evaluation, done func(c synth.Corruption)) (*Robustness, error) {
	evaluate := func(c synth.Corruption) (Summary, int, error) {
		j := with(c)
		report, err := j.Run(ctx)
		if err != nil {
			return Summary{}, 0, fmt.Errorf("corruption %v: %w", c, err)
		}
		if done != nil {
			done(c)
		}
		return report.Summary(), j.Count, nil
	}
	var r Robustness
	var err error
	if r.Clean, r.Frames, err = evaluate(synth.Corruption{}); err != nil {
		return nil, err
	}
	var left []*float64
	for _, k := range kinds {
		w := KindScores{Kind: k}
		for s := 1; s <= synth.Severities; s++ {
			g, _, err := evaluate(synth.Corruption{Kind: k, Severity: s})
			if err != nil {
				return nil, err
			}
			w.Severities = append(w.Severities, g)
			left = append(left, g.AP50)
		}
		r.Kinds = append(r.Kinds, w)
	}
	if m := mean(left); m != nil && r.Clean.AP50 != nil && *r.Clean.AP50 > 0 {
		r.Relative = round(*m / *r.Clean.AP50)
	}
	return &r, nil
}
