package policy

import (
	"errors"
	"fmt"
	"slices"
	"sync"

	"roadloop/sim/rng"
)

// Autoreset says when a Vector begins the next episode of an environment that is done.
type Autoreset uint8

// Autoreset modes, those of Gymnasium 1.1.
const (
	// NextStep resets in the step after the last one of an episode: its action is ignored,
	// and its reward is 0.
	NextStep Autoreset = iota
	// SameStep resets in the last step; the last observation is kept in Vector.Final.
	SameStep
	// Manual leaves that to the caller. A step of an environment that is done is an error.
	Manual
)

// Vector is a batch of environments with observations and results in memory that is
// allocated once. Environments are divided among workers; results do not depend on their
// number. It is used by one goroutine at a time, and must be closed.
type Vector struct {
	// Obs are the present observations, each array [n, shape].
	Obs []Array
	// Results, one for each environment, of the last step.
	Results []Result
	// Measures are those of the last step, before any reset, [n, measures].
	Measures []float64
	// Final are the last observations of episodes that ended in the last step, in mode
	// SameStep; others are undefined.
	Final []Array

	mode  Autoreset
	envs  []Env
	spec  *Spec
	seeds []rng.Stream // of the episodes after the first
	// training reports for each environment whether its seeds are those of training.
	training []bool
	// again are seeds of training that a share of the episodes has.
	again  []uint64
	share  float64
	done   []bool
	begun  []uint64    // seeds of the present episodes
	past   [][]float32 // their actions so far
	views  [][]Array   // of Obs, for each environment
	finals [][]Array
	errs   []error

	actions []float32
	stepOne func(i int) // step, allocated once
	work    []chan func(i int)
	wg      sync.WaitGroup
}

// NewVector returns n environments made by a function, on the given number of workers.
func NewVector(n, workers int, mode Autoreset, create func() (Env, error)) (*Vector, error) {
	if n < 1 || workers < 1 {
		return nil, fmt.Errorf("vector of %d environments on %d workers", n, workers)
	}
	v := &Vector{mode: mode, envs: make([]Env, n), done: make([]bool, n), Results: make([]Result, n),
		seeds: make([]rng.Stream, n), training: make([]bool, n), errs: make([]error, n), views: make([][]Array, n), finals: make([][]Array, n),
		begun: make([]uint64, n), past: make([][]float32, n)}
	v.stepOne = v.step
	for i := range v.envs {
		var err error
		if v.envs[i], err = create(); err != nil {
			return nil, fmt.Errorf("environment %d: %w", i, err)
		}
		v.done[i] = true
	}
	v.spec = v.envs[0].Spec()
	for i := range v.past {
		v.past[i] = make([]float32, 0, v.spec.Horizon*v.spec.Action.Size())
	}
	spaces := v.spec.Observation
	v.Obs, v.Measures = NewArrays(spaces, n), make([]float64, n*len(v.spec.Measures))
	if mode == SameStep {
		v.Final = NewArrays(spaces, n)
	}
	for i := range n {
		v.views[i] = make([]Array, len(spaces))
		At(v.views[i], v.Obs, spaces, i)
		if mode == SameStep {
			v.finals[i] = make([]Array, len(spaces))
			At(v.finals[i], v.Final, spaces, i)
		}
	}
	workers = min(workers, n)
	for k := 1; k < workers; k++ { // the caller is a worker too
		c := make(chan func(int), 1)
		v.work = append(v.work, c)
		go func() {
			for f := range c {
				v.each(k, f)
				v.wg.Done()
			}
		}()
	}
	return v, nil
}

// each calls f for the environments of a worker.
func (v *Vector) each(worker int, f func(i int)) {
	workers := len(v.work) + 1
	for i := worker * len(v.envs) / workers; i < (worker+1)*len(v.envs)/workers; i++ {
		f(i)
	}
}

// all calls f for all environments, in parallel.
func (v *Vector) all(f func(i int)) error {
	v.wg.Add(len(v.work))
	for _, c := range v.work {
		c <- f
	}
	v.each(0, f)
	v.wg.Wait()
	for i, err := range v.errs {
		if err != nil {
			v.errs[i] = nil
			return fmt.Errorf("environment %d: %w", i, err)
		}
	}
	return nil
}

// Len returns the number of environments.
func (v *Vector) Len() int { return len(v.envs) }

// Spec returns the description of the environments.
func (v *Vector) Spec() *Spec { return v.spec }

// Env returns environment i. It must not be stepped.
func (v *Vector) Env(i int) Env { return v.envs[i] }

// Seed returns the seed of the present episode of environment i.
func (v *Vector) Seed(i int) uint64 { return v.begun[i] }

// Each calls f for the number of every environment, in parallel. It returns the error of the
// first one. F must not step environments, unless Reset or Resume follows.
func (v *Vector) Each(f func(i int) error) error {
	return v.all(func(i int) { v.errs[i] = f(i) })
}

// Prefer makes a share of the following episodes of training, after those that Reset begins,
// have one of the given seeds of training, each equally often.
func (v *Vector) Prefer(share float64, seeds []uint64) { v.share, v.again = share, seeds }

// Reset begins an episode in every environment: in environment i that of seed + i. Later
// episodes have seeds drawn from it, of training if it is one of training.
func (v *Vector) Reset(seed uint64) error {
	return v.all(func(i int) { v.errs[i] = v.begin(i, seed+uint64(i)) })
}

// ResetSome begins episodes with the given seeds where mask is true.
func (v *Vector) ResetSome(mask []bool, seeds []uint64) error {
	if len(mask) != len(v.envs) || len(seeds) != len(v.envs) {
		return fmt.Errorf("mask of %d and %d seeds for %d environments", len(mask), len(seeds), len(v.envs))
	}
	return v.all(func(i int) {
		if mask[i] {
			v.errs[i] = v.begin(i, seeds[i])
		}
	})
}

// begin begins the episode of a seed in environment i.
func (v *Vector) begin(i int, seed uint64) error {
	v.seeds[i], v.training[i] = rng.New(seed, "vector", "episodes"), IsTraining(seed)
	return v.reset(i, seed)
}

// next begins the next episode of environment i.
func (v *Vector) next(i int) error {
	if s := &v.seeds[i]; v.training[i] && len(v.again) > 0 && s.Chance(v.share) {
		return v.reset(i, v.again[s.IntN(len(v.again))])
	}
	seed := v.seeds[i].Uint64() &^ training
	if v.training[i] {
		seed |= training
	}
	return v.reset(i, seed)
}

func (v *Vector) reset(i int, seed uint64) error {
	v.done[i] = true
	if err := v.envs[i].Reset(seed); err != nil {
		return err
	}
	v.begun[i], v.past[i] = seed, v.past[i][:0]
	v.done[i], v.Results[i] = false, Result{}
	v.envs[i].Observe(v.views[i])
	return nil
}

var errDone = errors.New("the episode is over; reset it first")

// Step applies actions, [n, size of the action], and fills Obs, Results and Measures. An
// action outside of its space is an error, and no environment is stepped.
func (v *Vector) Step(actions []float32) error {
	size := v.spec.Action.Size()
	if want := len(v.envs) * size; len(actions) != want {
		return fmt.Errorf("%d values of actions, want %d", len(actions), want)
	}
	for i := range v.envs {
		if err := v.spec.Action.Check(actions[i*size : (i+1)*size]); err != nil {
			return fmt.Errorf("environment %d: %w", i, err)
		}
	}
	v.actions = actions
	return v.all(v.stepOne)
}

func (v *Vector) step(i int) {
	if v.done[i] {
		if v.mode == Manual {
			v.errs[i] = errDone
		} else {
			v.errs[i] = v.next(i)
		}
		return
	}
	size := v.spec.Action.Size()
	action := v.actions[i*size : (i+1)*size]
	r, err := v.envs[i].Step(action)
	if err != nil {
		v.errs[i] = err
		return
	}
	v.past[i] = append(v.past[i], action...)
	m := len(v.spec.Measures)
	v.envs[i].Measure(v.Measures[i*m : (i+1)*m])
	if v.done[i] = r.Done(); v.done[i] && v.mode == SameStep {
		v.envs[i].Observe(v.finals[i])
		v.errs[i] = v.next(i)
	} else {
		v.envs[i].Observe(v.views[i])
	}
	v.Results[i] = r
}

// Episode is the state of an environment of a Vector: what leads to it.
type Episode struct {
	Seed     uint64
	Actions  []float32  // since the reset, [steps, size of the action]
	Next     rng.Stream // seeds of the following episodes
	Training bool       // whether these are of training
}

// Episodes returns the state of all environments.
func (v *Vector) Episodes() []Episode {
	out := make([]Episode, len(v.envs))
	for i := range out {
		out[i] = Episode{v.begun[i], slices.Clone(v.past[i]), v.seeds[i], v.training[i]}
	}
	return out
}

// Resume brings all environments into a state that Episodes returned, by stepping them
// again. Results and Final are those of the next step.
func (v *Vector) Resume(episodes []Episode) error {
	if len(episodes) != len(v.envs) {
		return fmt.Errorf("%d episodes for %d environments", len(episodes), len(v.envs))
	}
	return v.all(func(i int) { v.errs[i] = v.resume(i, &episodes[i]) })
}

func (v *Vector) resume(i int, e *Episode) error {
	size := v.spec.Action.Size()
	if len(e.Actions)%size != 0 {
		return fmt.Errorf("%d values of actions of %d values each", len(e.Actions), size)
	}
	if err := v.reset(i, e.Seed); err != nil {
		return err
	}
	v.seeds[i], v.training[i] = e.Next, e.Training
	for at := 0; at < len(e.Actions); at += size {
		if v.done[i] {
			return fmt.Errorf("the episode of seed %d ends after %d of %d steps: it is of another version of %s",
				e.Seed, at/size, len(e.Actions)/size, v.spec.Task)
		}
		r, err := v.envs[i].Step(e.Actions[at : at+size])
		if err != nil {
			return fmt.Errorf("repeating the episode of seed %d: %w", e.Seed, err)
		}
		v.done[i] = r.Done()
		m := len(v.spec.Measures)
		v.envs[i].Measure(v.Measures[i*m : (i+1)*m])
	}
	v.past[i] = append(v.past[i], e.Actions...)
	v.envs[i].Observe(v.views[i])
	return nil
}

// Close ends the workers.
func (v *Vector) Close() {
	for _, c := range v.work {
		close(c)
	}
	v.work = nil
}
