package record

import (
	"context"
	"errors"
	"fmt"

	"roadloop/policy"
	"roadloop/policy/drive"
	"roadloop/policy/learn"
	"roadloop/scenarios/runner"
)

// Driver drives episodes, for one goroutine at a time.
type Driver struct {
	// act writes the action in the present state; nil for a driver that gives commands.
	act     func(env policy.Env, obs []policy.Array, action []float32) error
	factory runner.DriverFactory
	free    func()
}

// Expert returns the expert of a task.
func Expert() *Driver {
	return &Driver{act: func(env policy.Env, _ []policy.Array, action []float32) error {
		e, ok := env.(policy.Expert)
		if !ok {
			return fmt.Errorf("the task %s has no expert", env.Spec().Task)
		}
		return e.Expert(action)
	}}
}

// Baseline returns a baseline of a task.
func Baseline(name string) *Driver {
	return &Driver{act: func(env policy.Env, _ []policy.Array, action []float32) error {
		e, ok := env.(policy.Guided)
		if !ok {
			return fmt.Errorf("the task %s has no baseline %s", env.Spec().Task, name)
		}
		return e.Baseline(name, action)
	}}
}

// Actor returns a policy that fits the task. free, which may be nil, is called at the end.
func Actor(a policy.Actor, free func()) *Driver {
	return &Driver{free: free, act: func(_ policy.Env, obs []policy.Array, action []float32) error { return a.Act(obs, 1, action) }}
}

// Commands returns the drivers of a factory, such as the modular stack. Their actions follow
// from their commands. The factory is closed at the end.
func Commands(f runner.DriverFactory) *Driver { return &Driver{factory: f} }

// Episodes are episodes of a task to record.
type Episodes struct {
	New    func() (policy.Env, error)
	Driver string                  // its name, for the file
	Open   func() (*Driver, error) // opens the driver for a worker
	// Seed is the number of the first episode, of training; the others follow.
	Seed  uint64
	Count int
}

// Record drives the episodes and writes what is kept to a file, atomically.
func (e *Episodes) Record(ctx context.Context, path string, o Options) (*Summary, error) {
	env, err := e.New()
	if err != nil {
		return nil, err
	}
	return write(path, env.Spec(), o, func(r *recorder) error {
		return r.all(ctx, e.Count, func() (worker, error) { return e.begin(o) })
	})
}

// begin returns a worker.
func (e *Episodes) begin(o Options) (worker, error) {
	env, err := e.New()
	if err != nil {
		return nil, err
	}
	ends, ok := env.(ender)
	if !ok {
		return nil, fmt.Errorf("episodes of the task %s do not say how they ended", env.Spec().Task)
	}
	w := &episodeWorker{Episodes: e, env: env, ends: ends, options: o, obs: policy.NewArrays(env.Spec().Observation, 1), action: make([]float32, env.Spec().Action.Size())}
	if w.driver, err = e.Open(); err != nil {
		return nil, err
	}
	return w, nil
}

// ender is an Env that says how an episode ended, and whether that is a failure.
type ender interface {
	Ending() (text string, failed bool)
}

type episodeWorker struct {
	*Episodes
	env     policy.Env
	ends    ender
	driver  *Driver
	options Options
	obs     []policy.Array
	action  []float32
}

func (w *episodeWorker) close() error {
	if w.driver.free != nil {
		w.driver.free()
	}
	if w.driver.factory != nil {
		return w.driver.factory.Close()
	}
	return nil
}

// record records an episode.
func (w *episodeWorker) record(ctx context.Context, i int) (*part, error) {
	seed := policy.TrainingSeed(w.Seed + uint64(i))
	p := newPart(w.env.Spec(), w.env.Spec().Horizon, &w.options)
	p.by = learn.Drive{Driver: w.Driver, Seed: seed}
	err := w.env.Reset(seed)
	if err == nil {
		err = w.drive(ctx, p)
	}
	if err != nil {
		return nil, fmt.Errorf("%s in the episode of seed %d: %w", w.Driver, seed, err)
	}
	return p, nil
}

// drive drives the episode that Reset began.
func (w *episodeWorker) drive(ctx context.Context, p *part) error {
	step := w.act
	var in world
	if w.driver.factory != nil {
		var ok bool
		if in, ok = w.env.(world); !ok {
			return fmt.Errorf("the task %s has no car with sensors", w.env.Spec().Task)
		}
		if err := in.CanImitate(); err != nil {
			return err
		}
		d, err := in.DriveWith(w.driver.factory.Driver)
		if err != nil {
			return err
		}
		step = func(ctx context.Context, p *part, keeps bool) (policy.Result, error) {
			return w.command(ctx, d, p, keeps)
		}
	}
	r := policy.Result{}
	for n := 0; !r.Done(); n++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		w.env.Observe(w.obs)
		var err error
		if r, err = step(ctx, p, n%w.options.every() == 0); err != nil {
			return err
		}
	}
	if in != nil {
		p.imitate(in)
	}
	text, failed := w.ends.Ending()
	p.by.Success, p.by.Ending = !failed, text
	return nil
}

// act makes a step with an action of the driver.
func (w *episodeWorker) act(_ context.Context, p *part, keeps bool) (policy.Result, error) {
	if err := w.driver.act(w.env, w.obs, w.action); err != nil {
		return policy.Result{}, err
	}
	if keeps {
		if err := p.data.Append(w.obs, 0, w.action); err != nil {
			return policy.Result{}, err
		}
	}
	return w.env.Step(w.action)
}

// command makes a step with commands of the driver.
func (w *episodeWorker) command(ctx context.Context, d *drive.Driven, p *part, keeps bool) (policy.Result, error) {
	if keeps {
		if err := p.keep(w.obs, false); err != nil {
			return policy.Result{}, err
		}
	}
	r, err := d.Step(ctx)
	p.did = append(p.did, d.Executed())
	return r, err
}

// write creates the file of a data set, calls record, and completes the file.
func write(path string, spec *policy.Spec, o Options, record func(*recorder) error) (s *Summary, err error) {
	out, err := learn.CreateDataset(path, spec)
	if err != nil {
		return nil, err
	}
	defer func() {
		if failed := out.Close(); failed != nil {
			s, err = nil, errors.Join(err, failed)
		}
	}()
	r := newRecorder(spec.Task, o, out)
	if err := record(r); err != nil {
		return nil, err
	}
	return r.end()
}
