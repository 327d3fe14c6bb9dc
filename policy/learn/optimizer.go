package learn

import (
	"math"

	"roadloop/perception/training"
)

// optimizer is Adam with a limit on the norm of the gradient.
type optimizer struct {
	adam training.AdamW
	clip float64 // 0 means no limit
	Step int64
	M, V [][]float32
}

func newOptimizer(w *Weights, epsilon, clip float64) *optimizer {
	o := &optimizer{adam: training.AdamW{Beta1: .9, Beta2: .999, Epsilon: epsilon}, clip: clip}
	for i := range w.Params {
		o.M = append(o.M, make([]float32, len(w.Params[i].Data)))
		o.V = append(o.V, make([]float32, len(w.Params[i].Data)))
	}
	return o
}

// update applies one step and returns the norm of the gradient before it was limited.
func (o *optimizer) update(w *Weights, gradients [][]float32, rate float64) float64 {
	sum := 0.0
	for _, g := range gradients {
		for _, v := range g {
			sum += float64(v) * float64(v)
		}
	}
	norm := math.Sqrt(sum)
	if o.clip > 0 && norm > o.clip {
		f := float32(o.clip / norm)
		for _, g := range gradients {
			for i := range g {
				g[i] *= f
			}
		}
	}
	o.Step++
	for i, g := range gradients {
		o.adam.Update(w.Params[i].Data, g, o.M[i], o.V[i], o.Step, rate, false)
	}
	return norm
}

// load copies a saved state, and reports whether it is one of the same weights.
func (o *optimizer) load(s *optimizer) bool {
	o.Step = s.Step
	return copyTensors(o.M, s.M) && copyTensors(o.V, s.V)
}
