package scenarios

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"roadloop"
	"roadloop/sim"
)

// Options say how to drive cases.
type Options struct {
	Jobs int // cases at once; 0 stands for 1
	// Crew makes what a worker keeps from case to case, such as a network; it is
	// called once for each worker.
	Crew func() (Crew, error)
	// Watch, if set, sees every moment of a case, from the goroutine that drives it.
	Watch func(*Plan) func(*roadloop.Moment)
	// Driver and Perception name what drives, for the record.
	Driver, Perception string
}

// Crew makes the driver of a case.
type Crew interface {
	Driver(p *Plan) func(*sim.World) (roadloop.Driver, error)
	Close() error
}

// Outcome is a case that was driven, or that could not be.
type Outcome struct {
	Case    *Case
	Plan    *Plan
	Verdict Verdict
	Samples []Sample
	Trace   *roadloop.Trace
	Wall    time.Duration
	// Err is set when the case is invalid or its driver broke.
	Err error
}

// Run drives cases and hands their outcomes to sink in the order of the cases,
// whatever the number of jobs. It returns early when ctx ends or sink fails; what
// was driven until then has been handed over.
func Run(ctx context.Context, cases []*Case, o Options, sink func(*Outcome) error) error {
	jobs := max(1, min(o.Jobs, len(cases)))
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	results := make([]chan *Outcome, len(cases))
	for i := range results {
		results[i] = make(chan *Outcome, 1)
	}
	next := make(chan int)
	var wg sync.WaitGroup
	errs := make([]error, jobs)
	for w := range jobs {
		wg.Go(func() { errs[w] = work(ctx, cases, &o, next, results) })
	}
	wg.Go(func() {
		defer close(next)
		for i := range cases {
			select {
			case next <- i:
			case <-ctx.Done():
				return
			}
		}
	})
	err := collect(ctx, results, sink, func() error { return errors.Join(errs...) }, &wg)
	cancel()
	wg.Wait()
	return err
}

// collect hands outcomes over in order.
func collect(ctx context.Context, results []chan *Outcome, sink func(*Outcome) error, failed func() error, wg *sync.WaitGroup) error {
	ended := make(chan struct{})
	go func() { wg.Wait(); close(ended) }()
	for _, c := range results {
		var out *Outcome
		select {
		case out = <-c:
		case <-ended:
			select {
			case out = <-c:
			default:
				return errors.Join(ctx.Err(), failed())
			}
		}
		if errors.Is(out.Err, context.Canceled) {
			return out.Err
		}
		if err := sink(out); err != nil {
			return err
		}
	}
	return nil
}

// work drives the cases that next names.
func work(ctx context.Context, cases []*Case, o *Options, next <-chan int, results []chan *Outcome) error {
	crew, err := o.Crew()
	if err != nil {
		return err
	}
	for i := range next {
		results[i] <- drive(ctx, cases[i], crew, o)
	}
	return crew.Close()
}

// drive drives one case.
func drive(ctx context.Context, c *Case, crew Crew, o *Options) *Outcome {
	start := time.Now()
	out := &Outcome{Case: c}
	if out.Plan, out.Err = c.Compile(); out.Err != nil {
		return out
	}
	j := newJudge(out.Plan)
	watch := func(*roadloop.Moment) {}
	if o.Watch != nil {
		watch = o.Watch(out.Plan)
	}
	driver := crew.Driver(out.Plan)
	out.Trace, out.Err = roadloop.Drive(ctx, &out.Plan.Drive, driver, func(m *roadloop.Moment) bool {
		watch(m)
		return j.watch(m)
	})
	if out.Err != nil {
		out.Err = fmt.Errorf("%s, seed %d: %w", c.Scenario.Slug(), c.Seed, out.Err)
		return out
	}
	out.Trace.Header = roadloop.Header{Scenario: c.Scenario.path, Source: string(c.Scenario.Source), Seed: c.Seed,
		Driver: o.Driver, Perception: o.Perception}
	out.Verdict, out.Samples = j.finish(), j.samples
	out.Wall = time.Since(start)
	return out
}
