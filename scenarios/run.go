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
	"roadloop/scenarios/score"
	"roadloop/scenarios/seen"
	"roadloop/sim/clock"
	"roadloop/trace"
)

// Options say how to drive cases.
type Options struct {
	Jobs int // cases at once; 0 stands for 1
	// Timeout bounds the simulated time of a case, which fails when it is not over by
	// then; 0 for no bound but the one of its scenario.
	Timeout clock.Tick
	// Crew makes what a worker keeps from case to case, such as a network; it is
	// called once for each worker.
	Crew func() (Crew, error)
	// Watch, if set, sees every moment of a case, from the goroutine that drives it.
	Watch func(*Plan) func(*roadloop.Step)
	// Prepare, if set, changes the session of a case before it starts, as by planting a
	// fault.
	Prepare func(*roadloop.Session) error
	// Ended, if set, is called for every case as soon as it ended, before the sink, which
	// may wait for earlier ones, from the goroutine that drove it.
	Ended func(*Outcome) error
	// Driver and Perception name what drives, for the record.
	Driver, Perception string
	Model              string // SHA-256 of the network, "" for none
	ISA                string // instruction set that the network computes with, "" for none
	// Expert is whose progress scores compare with.
	Expert Expert
	// Flags are what roadloop run needs beside the name of a case to drive it in the
	// same way, such as --perception oracle.
	Flags string
}

// expert returns the expert to score with. A driver that Prepare changes is another one
// than the stack under ground truth.
func (o *Options) expert() Expert {
	if o.Expert == Itself && o.Prepare != nil {
		return GroundTruth
	}
	return o.Expert
}

// Crew makes the driver of a case.
type Crew interface {
	// Driver is a DriverFunc.
	Driver(c *roadloop.Case) (d roadloop.Driver, blind bool, err error)
	Close() error
}

// Outcome is a case that was driven, or that could not be.
type Outcome struct {
	Case    *Case
	Plan    *Plan
	Verdict Verdict
	Log     *record.Log
	// Measures are taken from the log: over time, at their extremes, by collision
	// and by whom the ego met.
	Measures *measure.Set
	// Label says whether a known driver gets through.
	Label  Label
	Trace  *trace.Trace
	Scores []score.Score // published ones, taken from the log
	// Seen is what perception saw of the road users; nil for a driver that does not tell.
	Seen *seen.Report
	Wall time.Duration
	// Err is set when the case is invalid or its driver broke.
	Err error
}

// ahead is how many outcomes for each job may wait for an earlier case to end.
const ahead = 4

// Run drives cases and hands their outcomes to sink in the order of the cases,
// whatever the number of jobs. Few outcomes exist at a time. It returns early when
// ctx ends or a crew or sink fails; what was driven until then has been handed over,
// unless sink failed.
func Run(ctx context.Context, cases []*Case, o Options, sink func(*Outcome) error) error {
	g, within := errgroup.WithContext(ctx)
	results := make([]chan *Outcome, len(cases))
	for i := range results {
		results[i] = make(chan *Outcome, 1)
	}
	jobs := max(1, min(o.Jobs, len(cases)))
	q := queue{cases: cases, results: results, room: make(chan struct{}, ahead*jobs)}
	for range jobs {
		g.Go(func() error { return q.work(within, &o) })
	}
	handed, broken := 0, false
	g.Go(func() error {
		for ; handed < len(results); handed++ {
			select {
			case out := <-results[handed]:
				results[handed] = nil
				if err := sink(out); err != nil {
					broken = true
					return err
				}
				<-q.room
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

// queue is the cases of a run as its workers share them.
type queue struct {
	cases   []*Case
	results []chan *Outcome
	next    atomic.Int64
	room    chan struct{} // holds an element for every case begun and not handed over
}

// work drives one case after the other until none is left or ctx ends. A case in
// which ctx ends has no outcome.
func (q *queue) work(ctx context.Context, o *Options) (err error) {
	crew, err := o.Crew()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, crew.Close()) }()
	for {
		select {
		case q.room <- struct{}{}:
		case <-ctx.Done():
			return ctx.Err()
		}
		i := int(q.next.Add(1)) - 1
		if i >= len(q.cases) {
			<-q.room
			return nil
		}
		out := drive(ctx, q.cases[i], crew, o)
		if ctx.Err() != nil && errors.Is(out.Err, ctx.Err()) {
			return ctx.Err()
		}
		q.results[i] <- out
		if o.Ended != nil {
			if err := o.Ended(out); err != nil {
				return err
			}
		}
	}
}

// drive drives one case.
func drive(ctx context.Context, c *Case, crew Crew, o *Options) *Outcome {
	start := time.Now()
	out := &Outcome{Case: c, Label: Label{Preventable: true}} // until shown otherwise
	if out.Plan, out.Err = c.Compile(); out.Err != nil {
		return out
	}
	out.Plan.Timeout = o.Timeout
	var r *Ride
	if r, out.Err = NewRide(out.Plan, crew.Driver); out.Err == nil {
		if o.Watch != nil {
			r.Watch = o.Watch(out.Plan)
		}
		if o.Prepare != nil {
			out.Err = o.Prepare(r.Session)
		}
		if out.Err == nil {
			out.Err = r.rest(ctx)
		}
		out.Trace = r.Session.Trace()
	}
	if out.Err != nil {
		out.Err = fmt.Errorf("%s: %w", c.ID(), out.Err)
		return out
	}
	out.Trace.Header = out.Plan.Header()
	h := &out.Trace.Header
	h.Driver, h.Perception, h.Model, h.ISA = o.Driver, o.Perception, o.Model, o.ISA
	out.Log = r.Log()
	out.Verdict, out.Measures = out.Plan.Examine(out.Log)
	out.Seen = seen.Of(out.Log)
	var expert *record.Log
	if expert, out.Err = o.expert().log(ctx, out); out.Err != nil {
		out.Err = fmt.Errorf("%s: %w", c.ID(), out.Err)
		return out
	}
	out.Scores = scores(out.Log, expert)
	out.Wall = time.Since(start)
	if out.Label, out.Err = out.Plan.preventable(ctx, expert); out.Err != nil {
		out.Err = fmt.Errorf("%s: %w", c.ID(), out.Err)
	}
	return out
}
