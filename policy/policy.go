// Package policy defines what a driving policy learns in and is: environments with
// observations, actions and rewards, many of them at once, and policies that act.
//
// Positions and speeds are in SI units. An episode depends on its seed and actions alone:
// the same seed and actions give the same bytes, for any number of workers.
package policy

import (
	"fmt"
	"math"
	"slices"
)

// Kind is the type of the values of a space.
type Kind string

// Kinds of spaces.
const (
	Box      Kind = "box"      // float32 values within bounds
	Image    Kind = "image"    // bytes, 0..255
	Discrete Kind = "discrete" // one integer, 0..N−1
)

// Space describes one array of an observation, or an action.
type Space struct {
	Name string `json:"name"`
	Kind Kind   `json:"kind"`
	// Shape is the shape of the array; images are [height, width, channels].
	Shape []int `json:"shape,omitempty"`
	// Low and High bound every value of a Box.
	Low  float64 `json:"low,omitempty"`
	High float64 `json:"high,omitempty"`
	// N is the number of values of a Discrete space.
	N int `json:"n,omitempty"`
}

// Size returns the number of values.
func (s *Space) Size() int {
	n := 1
	for _, d := range s.Shape {
		n *= d
	}
	return n
}

// Check returns an error if the values of an action are not in the space.
func (s *Space) Check(action []float32) error {
	if len(action) != s.Size() {
		return fmt.Errorf("action %s has %d values, want %d", s.Name, len(action), s.Size())
	}
	for i, v := range action {
		x := float64(v)
		switch {
		case s.Kind == Discrete && (x != math.Trunc(x) || x < 0 || x >= float64(s.N)):
			return fmt.Errorf("action %s is %g, want an integer from 0 to %d", s.Name, x, s.N-1)
		case s.Kind == Box && !(x >= s.Low && x <= s.High):
			return fmt.Errorf("value %d of action %s is %g, want %g to %g", i, s.Name, x, s.Low, s.High)
		}
	}
	return nil
}

// Spec says what a policy receives and returns. A policy that was trained for one spec is
// refused by an environment with another.
type Spec struct {
	Task string `json:"task"` // name and version, such as "highway-fast-v0"
	// VariantOf is the name of a task that differs from this one only in what the world looks
	// like or contains. Policies of either fit the other.
	VariantOf   string  `json:"variant_of,omitempty"`
	Observation []Space `json:"observation"`
	Action      Space   `json:"action"`
	Rate        float64 `json:"rate"`    // decisions per second
	Horizon     int     `json:"horizon"` // decisions after which an episode is truncated
	// Measures names the values of Env.Measure, such as infractions and speed.
	Measures []string `json:"measures"`
}

// Fits returns an error that names the first difference that matters to a policy: task,
// observation, action or rate.
func (s *Spec) Fits(env *Spec) error {
	if s.Task != env.Task && s.family() != env.family() {
		return fmt.Errorf("the policy is for the task %s, not for %s", s.Task, env.Task)
	}
	if len(s.Observation) != len(env.Observation) {
		return fmt.Errorf("the policy needs %d observations, %s gives %d", len(s.Observation), env.Task, len(env.Observation))
	}
	for i := range s.Observation {
		if a, b := s.Observation[i].String(), env.Observation[i].String(); a != b {
			return fmt.Errorf("the policy needs the observation %s, %s gives %s", a, env.Task, b)
		}
	}
	if a, b := s.Action.String(), env.Action.String(); a != b {
		return fmt.Errorf("the policy returns the action %s, %s takes %s", a, env.Task, b)
	}
	if s.Rate != env.Rate {
		return fmt.Errorf("the policy decides %g times a second, %s %g times", s.Rate, env.Task, env.Rate)
	}
	return nil
}

// family is the task of which all variants accept the same policies.
func (s *Spec) family() string {
	if s.VariantOf != "" {
		return s.VariantOf
	}
	return s.Task
}

// String returns the space in short, such as "kinematics box[5 5] -1..1".
func (s *Space) String() string {
	switch s.Kind {
	case Discrete:
		return fmt.Sprintf("%s discrete %d", s.Name, s.N)
	case Image:
		return fmt.Sprintf("%s image%v", s.Name, s.Shape)
	}
	return fmt.Sprintf("%s box%v %g..%g", s.Name, s.Shape, s.Low, s.High)
}

// Array is the memory of one space: Bytes for an Image, Floats for the others.
type Array struct {
	Floats []float32
	Bytes  []byte
}

// NewArrays returns zeroed memory for n observations of the spaces, each array [n, shape].
func NewArrays(spaces []Space, n int) []Array {
	out := make([]Array, len(spaces))
	for i := range spaces {
		if size := n * spaces[i].Size(); spaces[i].Kind == Image {
			out[i].Bytes = make([]byte, size)
		} else {
			out[i].Floats = make([]float32, size)
		}
	}
	return out
}

// At sets dst to the arrays of observation i within batched arrays of the spaces.
func At(dst []Array, batch []Array, spaces []Space, i int) {
	for k := range spaces {
		size := spaces[k].Size()
		if spaces[k].Kind == Image {
			dst[k].Bytes = batch[k].Bytes[i*size : (i+1)*size]
		} else {
			dst[k].Floats = batch[k].Floats[i*size : (i+1)*size]
		}
	}
}

// training is the bit of a seed that separates episodes of training from all others.
const training = 1 << 63

// TrainingSeed returns the seed of training with the given number. Episodes of training and
// of evaluation never have a seed in common: only the former have the highest bit set.
func TrainingSeed(n uint64) uint64 { return n | training }

// IsTraining reports whether a seed is one of training.
func IsTraining(seed uint64) bool { return seed&training != 0 }

// Result is the outcome of one step.
type Result struct {
	Reward float64
	// Terminated: the task ended, for example by a crash; there is no future reward.
	// Truncated: only the time is over; the future still has value.
	Terminated, Truncated bool
}

// Done reports whether the episode is over.
func (r Result) Done() bool { return r.Terminated || r.Truncated }

// Env is an environment: episodes of decisions. It is used by one goroutine at a time.
type Env interface {
	// Spec returns the description, which never changes.
	Spec() *Spec
	// Reset begins the episode of a seed.
	Reset(seed uint64) error
	// Step applies an action, one float32 per value; a discrete action is its number. It
	// returns an error for an action outside of its space, and changes nothing then.
	Step(action []float32) (Result, error)
	// Observe writes the observation of the present state into arrays of Spec.Observation.
	Observe(dst []Array)
	// Measure writes the values named by Spec.Measures, for the episode so far.
	Measure(dst []float64)
}

// Renderer is an Env that draws itself for people.
type Renderer interface {
	// Render draws the present state as RGB bytes, row by row.
	Render() (rgb []byte, width, height int)
}

// Guided is an Env with baselines: drivers without learning, which may know more than the
// observation.
type Guided interface {
	// Baselines returns their names.
	Baselines() []string
	// Baseline writes the action of a baseline in the present state.
	Baseline(name string, action []float32) error
}

// Expert is an Env with a driver to learn from, which may know more than the observation.
type Expert interface {
	// Expert writes the action of the expert in the present state, however the episode got
	// there. It depends on that state alone and does not change the episode.
	Expert(action []float32) error
}

// Named is an Env with names for the numbers of its discrete action, or for the values of a
// continuous one.
type Named interface {
	ActionNames() []string
}

// Actor acts for a batch of environments: a policy, or a baseline.
type Actor interface {
	// Act writes one action for each of n observations, actions [n, size of the action].
	// It acts greedily: the same observations give the same actions.
	Act(obs []Array, n int, actions []float32) error
}

// Thought is what a policy computes for one observation.
type Thought struct {
	Action []float32 // the best one
	// Probabilities of discrete actions. DQN has no probabilities: that of the best is 1.
	Probabilities []float64
	// Values of discrete actions, of DQN only: discounted returns.
	Values []float64
	// Mean and Std of a continuous action, in its units; of imitation, Std is 0.
	Mean, Std []float64
	// Value is the expected discounted return. Valued is false for a policy that expects none:
	// imitation learns no value.
	Value  float64
	Valued bool
}

// Clone returns a copy that shares no memory.
func (t *Thought) Clone() Thought {
	return Thought{slices.Clone(t.Action), slices.Clone(t.Probabilities), slices.Clone(t.Values), slices.Clone(t.Mean), slices.Clone(t.Std), t.Value, t.Valued}
}
