package training

import (
	"math"

	"roadloop/internal/adam"
)

// AdamW is Adam with decoupled weight decay (Loshchilov and Hutter 2019).
type AdamW struct {
	Beta1, Beta2, Epsilon float64
	Decay                 float64 // of the weights per unit of learning rate
}

// DefaultAdamW returns the usual constants with the decay of the bundled network.
func DefaultAdamW() AdamW { return AdamW{Beta1: .9, Beta2: .999, Epsilon: 1e-8, Decay: .02} }

// Update applies one step to w with the gradient g, the step number t, counted from 1,
// and the learning rate lr; m and v are the running moments.
func (a *AdamW) Update(w, g, m, v []float32, t int64, lr float64, decay bool) {
	c1 := 1 - math.Pow(a.Beta1, float64(t))
	c2 := 1 - math.Pow(a.Beta2, float64(t))
	b1, b2 := float32(a.Beta1), float32(a.Beta2)
	rate, root, eps := float32(lr/c1), float32(1/math.Sqrt(c2)), float32(a.Epsilon)
	keep := float32(1)
	if decay {
		keep = float32(1 - lr*a.Decay)
	}
	adam.Update(w, g, m, v, adam.Factors{B1: b1, A1: 1 - b1, B2: b2, A2: 1 - b2, Keep: keep, Rate: rate, Root: root, Epsilon: eps})
}

// Schedule is a learning rate that warms up linearly and then falls along half a
// cosine to Floor times its peak.
type Schedule struct {
	Peak   float64
	Warmup int64 // steps
	Total  int64
	Floor  float64
}

// Rate returns the learning rate of a step, counted from 1.
func (s *Schedule) Rate(step int64) float64 {
	if step <= s.Warmup {
		return s.Peak * float64(step) / float64(s.Warmup)
	}
	t := math.Min(1, float64(step-s.Warmup)/math.Max(1, float64(s.Total-s.Warmup)))
	return s.Peak * (s.Floor + (1-s.Floor)*(1+math.Cos(math.Pi*t))/2)
}
