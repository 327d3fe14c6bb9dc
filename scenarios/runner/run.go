package runner

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"roadloop"
	"roadloop/scenarios"
	"roadloop/scenarios/metrics"
	"roadloop/scenarios/metrics/leaderboard"
	"roadloop/sim/clock"
	"roadloop/trace"
)

// Options configures how Run drives cases.
type Options struct {
	Jobs int // cases driven in parallel; 0 means 1
	// Timeout is the maximum simulated time of a case. A case that takes longer fails. 0
	// leaves only the limit of the scenario.
	Timeout clock.Tick
	// NewFactory creates the driver factory of a worker. Run calls it once for each worker; the
	// factory can keep a network between cases.
	NewFactory func() (DriverFactory, error)
	// Watch, if set, receives every step of a case, in the goroutine that drives it.
	Watch func(*Spec) func(*roadloop.Step)
	// Prepare, if set, changes the session of a case before it starts, for example to
	// inject a fault.
	Prepare func(*roadloop.Session) error
	// Ended, if set, is called when a case ends, in the goroutine that drove it. It is
	// called before the sink, which may wait for earlier cases.
	Ended func(*Outcome) error
	// DriverID is recorded in results and traces.
	trace.DriverID
	// Expert is the driver that gives the reference progress of scores.
	Expert Expert
	// Repeat makes the commands in results.
	Repeat Repeat
}

// expert returns the expert for scores. A driver that Prepare changed differs from the
// stack with ground truth.
func (o *Options) expert() Expert {
	if o.Expert == DriverIsExpert && o.Prepare != nil {
		return GroundTruth
	}
	return o.Expert
}

// DriverFactory creates the drivers of cases.
type DriverFactory interface {
	// Driver is a DriverFunc.
	Driver(c *roadloop.Case) (d roadloop.Driver, blind bool, err error)
	Close() error
}

// Outcome is the outcome of a case, driven or invalid.
type Outcome struct {
	Case    *scenarios.Case
	Spec    *Spec
	Verdict Verdict
	Log     *metrics.DriveLog
	// Measures are computed from the log: over time, extremes, by collision and by
	// encounter.
	Measures *metrics.Safety
	// Preventability says whether the case is preventable.
	Preventability Preventability
	Trace          *trace.Trace
	Scores         []leaderboard.Score // published scores, computed from the log
	// Perception holds the perception metrics. It is nil for a driver without perception
	// output.
	Perception *metrics.Detection
	Wall       time.Duration
	// Err is set if the case is invalid or its driver failed.
	Err error
}

// maxPending is the maximum number of outcomes per job that wait for an earlier case.
const maxPending = 4

// Run drives cases and passes their outcomes to sink in the order of the cases, for any
// number of jobs. Few outcomes are in memory at a time. Run returns early if ctx ends, or
// if a driver factory or sink returns an error. Finished outcomes are still passed to
// sink, unless sink failed.
func Run(ctx context.Context, cases []*scenarios.Case, o Options, sink func(*Outcome) error) error {
	g, within := errgroup.WithContext(ctx)
	results := make([]chan *Outcome, len(cases))
	for i := range results {
		results[i] = make(chan *Outcome, 1)
	}
	jobs := max(1, min(o.Jobs, len(cases)))
	q := queue{cases: cases, results: results, pending: make(chan struct{}, maxPending*jobs)}
	for range jobs {
		g.Go(func() error { return q.work(within, &o) })
	}
	handed, sinkFailed := 0, false
	g.Go(func() error {
		for ; handed < len(results); handed++ {
			select {
			case out := <-results[handed]:
				results[handed] = nil
				if err := sink(out); err != nil {
					sinkFailed = true
					return err
				}
				<-q.pending
			case <-within.Done():
				return within.Err()
			}
		}
		return nil
	})
	err := g.Wait()
	if sinkFailed {
		return err
	}
	return errors.Join(err, drain(results[handed:], sink))
}

// drain passes on the finished outcomes of a run that ended early.
func drain(results []chan *Outcome, sink func(*Outcome) error) error {
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

// queue is the list of cases that the workers share.
type queue struct {
	cases   []*scenarios.Case
	results []chan *Outcome
	next    atomic.Int64
	pending chan struct{} // one element for each case started and not passed to the sink
}

// work drives cases until none is left or ctx ends. A case that ctx interrupts has no
// outcome.
func (q *queue) work(ctx context.Context, o *Options) (err error) {
	factory, err := o.NewFactory()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, factory.Close()) }()
	for {
		select {
		case q.pending <- struct{}{}:
		case <-ctx.Done():
			return ctx.Err()
		}
		i := int(q.next.Add(1)) - 1
		if i >= len(q.cases) {
			<-q.pending
			return nil
		}
		out := drive(ctx, q.cases[i], factory, o)
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
func drive(ctx context.Context, c *scenarios.Case, drivers DriverFactory, o *Options) *Outcome {
	start := time.Now()
	out := &Outcome{Case: c, Preventability: Preventability{Preventable: true}} // until shown otherwise
	if out.Spec, out.Err = Compile(c); out.Err != nil {
		return out
	}
	out.Spec.Timeout = o.Timeout
	var r *CaseRun
	if r, out.Err = NewCaseRun(out.Spec, drivers.Driver); out.Err == nil {
		if o.Watch != nil {
			r.Watch = o.Watch(out.Spec)
		}
		if o.Prepare != nil {
			out.Err = o.Prepare(r.Session)
		}
		if out.Err == nil {
			out.Err = r.runToEnd(ctx)
		}
		out.Trace = r.Session.Trace()
	}
	if out.Err != nil {
		out.Err = fmt.Errorf("%s: %w", c.ID(), out.Err)
		return out
	}
	out.Trace.Header = out.Spec.Header()
	out.Trace.Header.DriverID = o.DriverID
	out.Log = r.Log()
	out.Verdict, out.Measures = out.Spec.Examine(out.Log)
	out.Perception = metrics.ComputeDetection(out.Log)
	var expert *metrics.DriveLog
	if expert, out.Err = o.expert().log(ctx, out); out.Err != nil {
		out.Err = fmt.Errorf("%s: %w", c.ID(), out.Err)
		return out
	}
	out.Scores = scores(out.Log, expert)
	out.Wall = time.Since(start)
	known := knownDrives{expert: expert}
	if f, ok := drivers.(*factory); ok && f.detector == nil && o.Prepare == nil {
		known.reference, known.referenceLog = f.reference, out.Log
	}
	if out.Preventability, out.Err = out.Spec.preventable(ctx, known); out.Err != nil {
		out.Err = fmt.Errorf("%s: %w", c.ID(), out.Err)
	}
	return out
}
