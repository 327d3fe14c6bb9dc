package learn

import (
	"bytes"
	"encoding/gob"
	"errors"
	"fmt"

	"roadloop/policy"
)

// Learner is a training in progress. It is used by one goroutine at a time.
type Learner interface {
	// Step makes one step in all environments, and the updates that are due.
	Step() error
	// Steps returns the number of steps of the environments so far; Done reports whether
	// it is that of the recipe.
	Steps() int64
	Done() bool
	// Metrics returns means since the last call, always with the same names. It returns
	// nil if there was no update.
	Metrics() []Metric
	// Policy returns the policy so far.
	Policy() *Policy
	// Save returns everything that the next step depends on, the environments included.
	// Load continues from it, in a learner of the same recipe: all further steps are those
	// of the learner that was saved. A recipe of more steps continues a training that was over.
	Save() ([]byte, error)
	Load(state []byte) error
	// Close frees the networks. The environments stay.
	Close()
}

var _, _, _ Learner = (*DQN)(nil), (*PPO)(nil), (*Imitation)(nil)

// Metric is a named number about a training.
type Metric struct {
	Name  string
	Value float64
}

// Recipe holds everything that determines a policy, but the version of the program: a task,
// and the configuration of one algorithm.
type Recipe struct {
	Task         string           `json:"task"`
	Environments int              `json:"environments"`
	DQN          *DQNConfig       `json:"dqn,omitempty"`
	PPO          *PPOConfig       `json:"ppo,omitempty"`
	Imitation    *ImitationConfig `json:"imitation,omitempty"`
	// Validations is the number of validations of a training; 0 means 20.
	Validations int `json:"validations,omitempty"`
	// ValidationEpisodes is the number of episodes of a validation; 0 means 50.
	ValidationEpisodes int `json:"validation_episodes,omitempty"`
	// Tolerance is the share of these that may terminate: a policy within it is better than one
	// beyond it, at any return. It is for tasks in which every termination is a failure; 0 means
	// that the return alone decides.
	Tolerance float64 `json:"tolerance,omitempty"`
	// Curriculum is that of a training that continues another one; nil for others.
	Curriculum *Curriculum `json:"curriculum,omitempty"`
}

// Bounds of a recipe.
const (
	maxEnvironments = 1 << 16
	maxSamples      = 1 << 24 // in memory: of a replay buffer, a rollout, or a data set
	maxStored       = 1 << 36 // bytes of their observations
)

// Algorithms lists the names of the algorithms.
func Algorithms() []string { return []string{"dqn", "ppo", BC, DAgger} }

// Check returns an error for a recipe that cannot be followed.
func (r *Recipe) Check() error {
	if r.Curriculum != nil {
		if err := r.Curriculum.check(); err != nil {
			return err
		}
	}
	algorithms := 0
	for _, given := range []bool{r.DQN != nil, r.PPO != nil, r.Imitation != nil} {
		if given {
			algorithms++
		}
	}
	switch {
	case r.Environments < 1 || r.Environments > maxEnvironments:
		return fmt.Errorf("recipe of %d environments, want 1 to %d", r.Environments, maxEnvironments)
	case r.Validations < 0 || r.Validations > 1000 || r.ValidationEpisodes < 0 || r.ValidationEpisodes > 100_000:
		return fmt.Errorf("recipe of %d validations of %d episodes, want at most 1000 of 100000", r.Validations, r.ValidationEpisodes)
	case !(r.Tolerance >= 0 && r.Tolerance <= 1):
		return fmt.Errorf("recipe with the tolerance %g, want 0 to 1", r.Tolerance)
	case algorithms != 1:
		return errors.New("recipe without one algorithm: dqn, ppo or imitation")
	case r.DQN != nil:
		return r.DQN.check()
	case r.PPO != nil:
		return r.PPO.check(r.Environments)
	}
	return r.Imitation.check(r.Environments)
}

// Algorithm returns the name of the algorithm.
func (r *Recipe) Algorithm() string {
	switch {
	case r.DQN != nil:
		return "dqn"
	case r.PPO != nil:
		return "ppo"
	}
	return r.Imitation.Method
}

// settings returns what the configurations of all algorithms have.
func (r *Recipe) settings() (steps *int64, seed *uint64) {
	switch {
	case r.DQN != nil:
		return &r.DQN.Steps, &r.DQN.Seed
	case r.PPO != nil:
		return &r.PPO.Steps, &r.PPO.Seed
	}
	return &r.Imitation.Steps, &r.Imitation.Seed
}

// Steps returns the number of steps of the environments.
func (r *Recipe) Steps() int64 {
	steps, _ := r.settings()
	return *steps
}

// Seed returns the seed of everything random.
func (r *Recipe) Seed() uint64 {
	_, seed := r.settings()
	return *seed
}

// WithSeed returns a copy of the recipe with another seed.
func (r *Recipe) WithSeed(seed uint64) Recipe {
	out := r.clone()
	_, s := out.settings()
	*s = seed
	return out
}

// WithSteps returns a copy of the recipe with another number of steps.
func (r *Recipe) WithSteps(steps int64) Recipe {
	out := r.clone()
	s, _ := out.settings()
	*s = steps
	return out
}

// clone returns a copy with a configuration of its own.
func (r *Recipe) clone() Recipe {
	out := *r
	switch {
	case r.DQN != nil:
		c := *r.DQN
		out.DQN = &c
	case r.PPO != nil:
		c := *r.PPO
		out.PPO = &c
	default:
		c := *r.Imitation
		out.Imitation = &c
	}
	return out
}

// Stored returns the size of all observations that a training keeps in memory at most, bytes:
// those of its replay buffer, rollout or data set, without recorded drives.
func (r *Recipe) Stored(spec *policy.Spec) int64 {
	each := int64(0)
	for i := range spec.Observation {
		s := &spec.Observation[i]
		each += int64(s.Size()) * bytesOf(s)
	}
	switch {
	case r.DQN != nil:
		return 2 * each * int64(r.DQN.Buffer)
	case r.PPO != nil:
		return each * int64(r.Environments*r.PPO.Rollout)
	}
	return each * r.Imitation.labels(r.Environments)
}

// New returns a learner for environments in mode policy.SameStep, as many as the recipe
// says, and for the recorded drives that the recipe names. It resets the environments if it
// needs them.
func (r *Recipe) New(envs *policy.Vector, recorded ...*Dataset) (Learner, error) {
	if err := r.Check(); err != nil {
		return nil, err
	}
	if r.Imitation == nil && len(recorded) > 0 {
		return nil, fmt.Errorf("recorded drives have no effect on %s", r.Algorithm())
	}
	if envs.Len() != r.Environments {
		return nil, fmt.Errorf("%d environments for a recipe of %d", envs.Len(), r.Environments)
	}
	if n := r.Stored(envs.Spec()); n > maxStored {
		return nil, fmt.Errorf("%s: %d GiB of observations in memory, want at most %d", r.Algorithm(), n>>30, maxStored>>30)
	}
	switch {
	case r.DQN != nil:
		return NewDQN(*r.DQN, envs)
	case r.PPO != nil:
		return NewPPO(*r.PPO, envs)
	}
	return NewImitation(*r.Imitation, envs, recorded...)
}

// means averages metrics.
type means struct {
	Sums  []float64
	Count int
}

// add includes one value of each metric.
func (m *means) add(values ...float64) {
	if m.Sums == nil {
		m.Sums = make([]float64, len(values))
	}
	for i, v := range values {
		m.Sums[i] += v
	}
	m.Count++
}

// take returns the means and begins again.
func (m *means) take(names ...string) []Metric {
	if m.Count == 0 {
		return nil
	}
	out := make([]Metric, len(names))
	for i, name := range names {
		out[i] = Metric{name, m.Sums[i] / float64(m.Count)}
	}
	*m = means{}
	return out
}

// encodeState and decodeState convert the state of a learner.
func encodeState(state any) ([]byte, error) {
	var b bytes.Buffer
	if err := gob.NewEncoder(&b).Encode(state); err != nil {
		return nil, fmt.Errorf("saving a training: %w", err)
	}
	return b.Bytes(), nil
}

func decodeState(data []byte, state any) error {
	if err := gob.NewDecoder(bytes.NewReader(data)).Decode(state); err != nil {
		return fmt.Errorf("loading a training: %w", err)
	}
	return nil
}

var errState = errors.New("loading a training: the state is that of another recipe")

// tensors returns the values of the weights.
func (w *Weights) tensors() [][]float32 {
	var out [][]float32
	for i := range w.Params {
		out = append(out, w.Params[i].Data)
	}
	return out
}

// copyTensors copies values if all sizes are the same, and reports whether they are.
func copyTensors(dst, src [][]float32) bool {
	if len(dst) != len(src) {
		return false
	}
	for i := range dst {
		if len(dst[i]) != len(src[i]) {
			return false
		}
	}
	for i := range dst {
		copy(dst[i], src[i])
	}
	return true
}
