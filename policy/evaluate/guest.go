package evaluate

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"roadloop/policy"
)

// Guest is a driver that drives episodes without actions, such as the modular stack. It is in
// the table as a baseline.
type Guest struct {
	Name string
	// Episodes is how many it drives, the first ones of the evaluation; all if there are fewer.
	Episodes int
	// Open opens the driver for one goroutine.
	Open func() (Chauffeur, error)
}

// Chauffeur opens episodes for a driver. It is used by one goroutine, and must be closed.
type Chauffeur interface {
	// Begin returns the drive of the episode that Reset began in an environment.
	Begin(env policy.Env) (Drive, error)
	Close() error
}

// Drive is an episode that a driver drives.
type Drive interface {
	// Step drives to the next decision.
	Step(ctx context.Context) (policy.Result, error)
}

// drive returns the episodes of a guest, in the order of the seeds. It calls done with the
// number of episodes so far.
func (e *Evaluation) drive(ctx context.Context, g *Guest, create func() (policy.Env, error), seeds []uint64, done func(n int)) ([]Episode, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	out, workers := make([]Episode, len(seeds)), max(1, min(e.Workers, len(seeds)))
	errs := make([]error, workers)
	var next, finished atomic.Int64
	var shown sync.Mutex
	var wg sync.WaitGroup
	for k := range workers {
		wg.Go(func() {
			errs[k] = g.work(ctx, create, seeds, out, &next, func() {
				shown.Lock()
				defer shown.Unlock()
				done(int(finished.Add(1)))
			})
			if errs[k] != nil {
				cancel()
			}
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil && !errors.Is(err, context.Canceled) {
			return nil, err
		}
	}
	return out, errors.Join(errs...)
}

// work drives episodes, one after the other, until none is left.
func (g *Guest) work(ctx context.Context, create func() (policy.Env, error), seeds []uint64, out []Episode, next *atomic.Int64, done func()) (err error) {
	env, err := create()
	if err != nil {
		return err
	}
	driver, err := g.Open()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, driver.Close()) }()
	for i := next.Add(1) - 1; i < int64(len(seeds)); i = next.Add(1) - 1 {
		if out[i], err = driveEpisode(ctx, env, driver, seeds[i]); err != nil {
			return fmt.Errorf("episode of seed %d: %w", seeds[i], err)
		}
		done()
	}
	return nil
}

// driveEpisode drives one episode.
func driveEpisode(ctx context.Context, env policy.Env, driver Chauffeur, seed uint64) (Episode, error) {
	e := Episode{Seed: seed, Measures: make([]float64, len(env.Spec().Measures))}
	if err := env.Reset(seed); err != nil {
		return e, err
	}
	d, err := driver.Begin(env)
	if err != nil {
		return e, err
	}
	for r := (policy.Result{}); !r.Done(); {
		if r, err = d.Step(ctx); err != nil {
			return e, err
		}
		e.Return += r.Reward
		e.Steps++
		e.Terminated = r.Terminated
	}
	env.Measure(e.Measures)
	return e, nil
}
