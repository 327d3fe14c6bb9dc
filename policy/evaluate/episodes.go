// Package evaluate measures policies on episodes that training never saw, together with baselines
// without learning, with the statistics of Agarwal et al., "Deep Reinforcement Learning at
// the Edge of the Statistical Precipice" (2021).
package evaluate

import (
	"context"
	"fmt"

	"roadloop/policy"
	"roadloop/sim/rng"
)

// Episode is the outcome of an episode.
type Episode struct {
	Seed       uint64    `json:"seed"`
	Return     float64   `json:"return"` // sum of the rewards
	Steps      int       `json:"steps"`
	Terminated bool      `json:"terminated"` // false: the time was over
	Measures   []float64 `json:"measures"`   // named by policy.Spec
}

// driver acts in a vector.
type driver interface {
	// begin prepares for the episode of a seed in environment i.
	begin(i int, seed uint64)
	act(v *policy.Vector, actions []float32) error
}

// batch is the number of environments that are stepped together.
const batch = 64

// Episodes runs one episode for each seed with a policy. Results do not depend on the
// number of workers, and are in the order of the seeds. It calls done with the number of
// episodes so far, if not nil.
func Episodes(ctx context.Context, create func() (policy.Env, error), a policy.Actor, seeds []uint64, workers int, done func(n int)) ([]Episode, error) {
	return episodes(ctx, create, actorDriver{a}, seeds, workers, done)
}

func episodes(ctx context.Context, create func() (policy.Env, error), d driver, seeds []uint64, workers int, done func(n int)) ([]Episode, error) {
	if len(seeds) == 0 {
		return nil, nil
	}
	v, err := policy.NewVector(min(batch, len(seeds)), workers, policy.NextStep, create)
	if err != nil {
		return nil, err
	}
	defer v.Close()
	r := runner{vector: v, driver: d, seeds: seeds, out: make([]Episode, len(seeds)), current: make([]int, v.Len()),
		mask: make([]bool, v.Len()), begin: make([]uint64, v.Len())}
	for i := range r.mask {
		r.start(i)
	}
	actions := make([]float32, v.Len()*v.Spec().Action.Size())
	for r.finished < len(seeds) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := v.ResetSome(r.mask, r.begin); err != nil {
			return nil, err
		}
		clear(r.mask)
		if err := d.act(v, actions); err != nil {
			return nil, err
		}
		if err := v.Step(actions); err != nil {
			return nil, err
		}
		r.record()
		if done != nil {
			done(r.finished)
		}
	}
	return r.out, nil
}

// runner distributes seeds over the environments of a vector.
type runner struct {
	vector   *policy.Vector
	driver   driver
	seeds    []uint64
	out      []Episode
	next     int   // of seeds
	current  []int // index of the seed of each environment, -1 for none
	finished int
	mask     []bool // environments to reset
	begin    []uint64
}

// start gives environment i the next seed. Without one, the environment repeats what it does,
// unobserved, until the others are done.
func (r *runner) start(i int) {
	if r.current[i] = -1; r.next == len(r.seeds) {
		return
	}
	r.current[i], r.begin[i], r.mask[i] = r.next, r.seeds[r.next], true
	r.out[r.next].Seed = r.seeds[r.next]
	r.driver.begin(i, r.seeds[r.next])
	r.next++
}

// record adds the results of a step.
func (r *runner) record() {
	m := len(r.vector.Spec().Measures)
	for i, res := range r.vector.Results {
		if r.current[i] < 0 {
			continue
		}
		e := &r.out[r.current[i]]
		e.Return += res.Reward
		e.Steps++
		if res.Done() {
			e.Terminated = res.Terminated
			e.Measures = append([]float64{}, r.vector.Measures[i*m:(i+1)*m]...)
			r.finished++
			r.start(i)
		}
	}
}

type actorDriver struct{ policy.Actor }

func (actorDriver) begin(int, uint64) {}
func (d actorDriver) act(v *policy.Vector, actions []float32) error {
	return d.Act(v.Obs, v.Len(), actions)
}

// constant always gives the same action.
type constant []float32

func (constant) begin(int, uint64) {}
func (c constant) act(v *policy.Vector, actions []float32) error {
	for i := range v.Len() {
		copy(actions[i*len(c):], c)
	}
	return nil
}

// random draws uniform actions, from a stream for each episode.
type random struct {
	space   policy.Space
	streams [batch]rng.Stream
}

func (r *random) begin(i int, seed uint64) {
	r.streams[i] = rng.New(seed, "evaluate", "random actions")
}
func (r *random) act(v *policy.Vector, actions []float32) error {
	size := r.space.Size()
	for i := range v.Len() {
		for k := range size {
			if s := &r.streams[i]; r.space.Kind == policy.Discrete {
				actions[i*size+k] = float32(s.IntN(r.space.N))
			} else {
				actions[i*size+k] = min(max(float32(s.Range(r.space.Low, r.space.High)), float32(r.space.Low)), float32(r.space.High))
			}
		}
	}
	return nil
}

// guide acts as a baseline of the environments.
type guide string

func (guide) begin(int, uint64) {}
func (g guide) act(v *policy.Vector, actions []float32) error {
	size := v.Spec().Action.Size()
	for i := range v.Len() {
		e, ok := v.Env(i).(policy.Guided)
		if !ok {
			return fmt.Errorf("%s has no baseline %s", v.Spec().Task, g)
		}
		if err := e.Baseline(string(g), actions[i*size:(i+1)*size]); err != nil {
			return fmt.Errorf("baseline %s: %w", g, err)
		}
	}
	return nil
}
