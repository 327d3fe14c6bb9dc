package scenarios

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"roadloop"
	"roadloop/scenarios/measure"
	"roadloop/scenarios/record"
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
	Model              string // see ModelSHA256
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
	Log     *record.Log
	// Measures are taken from the log: over time, at their extremes, by collision
	// and by whom the ego met.
	Measures *measure.Set
	Trace    *roadloop.Trace
	Wall     time.Duration
	// Err is set when the case is invalid or its driver broke.
	Err error
}

// Run drives cases and hands their outcomes to sink in the order of the cases,
// whatever the number of jobs. It returns early when ctx ends or a crew or sink
// fails; what was driven until then has been handed over, unless sink failed.
func Run(ctx context.Context, cases []*Case, o Options, sink func(*Outcome) error) error {
	g, within := errgroup.WithContext(ctx)
	results := make([]chan *Outcome, len(cases))
	for i := range results {
		results[i] = make(chan *Outcome, 1)
	}
	var next atomic.Int64
	for range max(1, min(o.Jobs, len(cases))) {
		g.Go(func() error { return work(within, cases, &o, &next, results) })
	}
	handed, broken := 0, false
	g.Go(func() error {
		for ; handed < len(results); handed++ {
			select {
			case out := <-results[handed]:
				if err := sink(out); err != nil {
					broken = true
					return err
				}
			case <-within.Done():
				return within.Err()
			}
		}
		return nil
	})
	err := g.Wait()
	if broken {
		return err
	}
	return errors.Join(err, rest(results[handed:], sink))
}

// rest hands over what was finished when a run ended early.
func rest(results []chan *Outcome, sink func(*Outcome) error) error {
	for _, c := range results {
		select {
		case out := <-c:
			if err := sink(out); err != nil {
				return err
			}
		default:
		}
	}
	return nil
}

// work drives one case after the other until none is left or ctx ends. A case in
// which ctx ends has no outcome.
func work(ctx context.Context, cases []*Case, o *Options, next *atomic.Int64, results []chan *Outcome) (err error) {
	crew, err := o.Crew()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, crew.Close()) }()
	for i := int(next.Add(1)) - 1; i < len(cases); i = int(next.Add(1)) - 1 {
		out := drive(ctx, cases[i], crew, o)
		if ctx.Err() != nil && errors.Is(out.Err, ctx.Err()) {
			return ctx.Err()
		}
		results[i] <- out
	}
	return nil
}

// drive drives one case.
func drive(ctx context.Context, c *Case, crew Crew, o *Options) *Outcome {
	start := time.Now()
	out := &Outcome{Case: c}
	if out.Plan, out.Err = c.Compile(); out.Err != nil {
		return out
	}
	var r *Ride
	if r, out.Err = NewRide(out.Plan, crew.Driver(out.Plan)); out.Err == nil {
		if o.Watch != nil {
			r.Watch = o.Watch(out.Plan)
		}
		out.Verdict, out.Err = r.Finish(ctx)
		out.Trace = r.Session.Trace()
	}
	if out.Err != nil {
		out.Err = fmt.Errorf("%s: %w", c.ID(), out.Err)
		return out
	}
	out.Trace.Header = roadloop.Header{Scenario: c.Scenario.path, Source: string(c.Scenario.Source), Seed: c.Seed, Case: c.Label(),
		Driver: o.Driver, Perception: o.Perception, Model: o.Model}
	out.Samples, out.Log = r.judge.samples, r.Log()
	out.Measures = measure.Of(out.Log)
	out.Wall = time.Since(start)
	return out
}
