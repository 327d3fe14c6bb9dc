package roadloop

import (
	"slices"

	"roadloop/sim/clock"
)

// PolicyView is what a trained policy observed and computed in its last decision. A policy
// may decide less often than its driver, which repeats the view in between.
type PolicyView struct {
	Task        string
	Time        clock.Tick // of the decision
	Observation []PolicyArray
	// Action is what the policy decided: the most probable action, or that of the largest
	// value.
	Action PolicyArray
	// Choices are the names of the values of a discrete action, nil for a continuous one.
	Choices []string
	// Probabilities of the choices, nil for a continuous action.
	Probabilities []float64
	// Values of the choices: discounted returns. Only DQN has them.
	Values []float64
	// Mean and Std of the values of a continuous action before it is clipped, in its units.
	Mean, Std []float64
	// Value is the discounted return that the policy expects. Valued is false if it expects
	// none.
	Value  float64
	Valued bool
}

// PolicyArray is a named array of an observation, or an action.
type PolicyArray struct {
	Name string
	// Shape is [height, width, channels] for an image. A stack of frames has the channels of
	// the oldest frame first.
	Shape []int
	// Colors is the number of channels of one camera frame, 0 for other arrays.
	Colors    int
	Low, High float64   // bounds of Floats
	Floats    []float32 // nil for an image
	Bytes     []byte    // of an image
}

// Clone returns a copy that the driver does not overwrite, nil for nil.
func (v *PolicyView) Clone() *PolicyView {
	if v == nil {
		return nil
	}
	c := *v
	c.Observation = slices.Clone(v.Observation)
	for i := range c.Observation {
		c.Observation[i] = v.Observation[i].clone()
	}
	c.Action = v.Action.clone()
	c.Probabilities, c.Values = slices.Clone(v.Probabilities), slices.Clone(v.Values)
	c.Mean, c.Std = slices.Clone(v.Mean), slices.Clone(v.Std)
	return &c
}

func (a PolicyArray) clone() PolicyArray {
	a.Floats, a.Bytes = slices.Clone(a.Floats), slices.Clone(a.Bytes)
	return a
}
