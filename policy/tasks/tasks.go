// Package tasks has the tasks that policies learn, by name, each with the recipe that is
// known to solve it.
package tasks

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"roadloop/internal/spelling"
	"roadloop/policy"
	"roadloop/policy/drive"
	"roadloop/policy/highway"
	"roadloop/policy/learn"
)

// Task is a kind of environment.
type Task struct {
	Name        string
	Short       string // description in a few words
	Description string // with the traffic
	New         func() (policy.Env, error)
	// Steps is the usual length of a training, in steps of the environments.
	Steps int64
	// Algorithm is that of the recommended recipe.
	Algorithm string
	// Tune changes the default recipe of an algorithm to the recommended one.
	Tune func(*learn.Recipe)
}

// imitationSteps is the most steps of a recipe that imitates: an expert teaches faster than
// rewards do.
const imitationSteps = 240_000

// Recipe returns the recommended recipe for one of learn.Algorithms and a number of steps. An
// empty algorithm and 0 steps are those of the task.
func (t *Task) Recipe(algorithm string, steps int64) (learn.Recipe, error) {
	if algorithm == "" {
		algorithm = t.Algorithm
	}
	if steps == 0 {
		if steps = t.Steps; algorithm == learn.BC || algorithm == learn.DAgger {
			steps = min(steps, imitationSteps)
		}
	}
	r := learn.Recipe{Task: t.Name}
	switch algorithm {
	case "dqn":
		c := learn.DefaultDQN(steps)
		r.Environments, r.DQN = 8, &c
	case "ppo":
		c := learn.DefaultPPO(steps)
		r.Environments, r.PPO = 64, &c
	case learn.BC, learn.DAgger:
		// A student has fewer states to try than labels to get, and images are large.
		c := learn.DefaultImitation(algorithm, steps)
		r.Environments, r.Validations, r.Imitation = 32, 5, &c
	default:
		return r, fmt.Errorf("unknown algorithm %q: must be one of %s", algorithm, strings.Join(learn.Algorithms(), ", "))
	}
	if t.Tune != nil {
		t.Tune(&r)
	}
	return r, nil
}

// Registry is a list of tasks with different names.
type Registry []Task

// All returns the tasks of roadloop.
func All() Registry {
	all := Registry{
		{
			Name: "highway-fast-v0", Short: "HighwayEnv's fast highway: 3 lanes, 20 vehicles", Description: "HighwayEnv's highway-fast-v0: 3 lanes, 20 vehicles, 30 decisions",
			New: highwayEnv(highway.FastV0()), Steps: 100000, Algorithm: "dqn", Tune: tuneHighway,
		},
		{
			Name: "highway-v0", Short: "HighwayEnv's highway: 4 lanes, 50 vehicles", Description: "HighwayEnv's highway-v0: 4 lanes, 50 vehicles, 40 decisions",
			New: highwayEnv(highway.V0()), Steps: 100000, Algorithm: "dqn", Tune: tuneHighway,
		},
	}
	for _, name := range drive.Tasks() {
		all = append(all, driveTask(name))
	}
	return all
}

// driveTask returns a task over roadloop's own worlds. Its environments share their maps.
func driveTask(name string) Task {
	open := sync.OnceValues(func() (*drive.Task, error) {
		c, err := drive.FindTask(name)
		if err != nil {
			return nil, err
		}
		return drive.Open(c)
	})
	t := Task{Name: name, Steps: 8_000_000, Algorithm: "ppo", New: func() (policy.Env, error) {
		task, err := open()
		if err != nil {
			return nil, err
		}
		return task.Env()
	}}
	if c, err := drive.FindTask(name); err == nil {
		t.Short, t.Description = c.Summary(), c.Describe()
		switch {
		case c.Weather != "": // only cameras see it
			t.Algorithm, t.Steps, t.Tune = learn.DAgger, imitationSteps, tuneCamera
			if len(c.Sources) == 1 {
				t.Steps = 120_000
			}
		case slices.Contains(c.Observations, drive.State):
			t.Tune = tuneState
		case slices.Contains(c.Observations, drive.Perceived): // sensors take long
			t.Algorithm, t.Steps = learn.DAgger, 120_000
		}
	}
	return t
}

// tuneCamera bounds the memory of a batch and of a rollout of images, and imitates with many
// small batches.
func tuneCamera(r *learn.Recipe) {
	r.Environments = 32
	if c := r.PPO; c != nil {
		c.Rollout, c.Batch = 64, 256
	}
	if c := r.Imitation; c != nil {
		r.Validations = 6
		c.Every, c.Updates, c.Batch, c.Rate, c.Average = 4, 48, 32, 4e-4, .995
		if c.Method == learn.DAgger {
			c.Mix = .12
		}
	}
}

func highwayEnv(c highway.Config) func() (policy.Env, error) {
	return func() (policy.Env, error) { return highway.New(c) }
}

// longHighway is the least number of steps with which a policy can learn to be fast first and
// careful then.
const longHighway = 400_000

// tuneHighway prices the risk of a crash. A short training has a short horizon, because most
// crashes follow within a few decisions. A long one looks farther ahead, since the lowest speed is
// 20 m/s: an ego that is boxed in behind a slower vehicle crashes many decisions later, whatever
// it does. Its loss is the square of all errors that occur, so that a rare crash counts in full, and
// its price rises after the policy has learned to overtake, and the buffer has lost the random actions of
// the beginning, which make everything seem risky.
func tuneHighway(r *learn.Recipe) {
	if r.PPO != nil {
		r.PPO.Discount = .9
	}
	c := r.DQN
	if c == nil {
		return
	}
	if c.Discount, c.Terminal = .9, -10; c.Steps < longHighway {
		return
	}
	r.Validations, r.ValidationEpisodes, r.Tolerance = 45, 1000, .004
	c.Discount, c.Shift, c.Terminal, c.Ramp, c.Huber, c.Clip = .97, -.6, -20, [2]float64{.5, .6}, 100, 50
	c.Rate, c.Every, c.Buffer, c.Start, c.Explore, c.Average, c.Normalize = 8e-4, 2, 300_000, 5000, .05, .9995, true
}

// tuneState lengthens the horizon to the half minute that a red light lasts, and updates
// often.
func tuneState(r *learn.Recipe) {
	if c := r.PPO; c != nil {
		r.Environments = 128
		c.Rate, c.Discount, c.Lambda, c.Rollout, c.Epochs, c.Entropy = 6e-4, .998, .97, 64, 3, .0005
	}
}

// Names returns the names of the tasks.
func (r Registry) Names() []string {
	out := make([]string, len(r))
	for i := range r {
		out[i] = r[i].Name
	}
	return out
}

// Find returns the task of a name.
func (r Registry) Find(name string) (*Task, error) {
	for i := range r {
		if r[i].Name == name {
			return &r[i], nil
		}
	}
	if similar := spelling.Closest(name, r.Names()); similar != "" {
		return nil, fmt.Errorf("unknown task %q; did you mean %q?", name, similar)
	}
	return nil, fmt.Errorf("unknown task %q: must be one of %s", name, strings.Join(r.Names(), ", "))
}
