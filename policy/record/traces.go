package record

import (
	"context"
	"errors"
	"fmt"
	"io"

	"roadloop/policy"
	"roadloop/policy/drive"
	"roadloop/policy/learn"
	"roadloop/scenarios/timeline"
	"roadloop/sim/clock"
	"roadloop/trace"
)

// Traces are recorded drives in the files of traces.
type Traces struct {
	New   func() (policy.Env, error) // of the task
	Files []string
	// Read reads a file, such as trace.ReadFile does.
	Read func(ctx context.Context, path string) (*trace.Trace, error)
}

// Record simulates the drives again, observes each decision of the task, and writes what is kept
// to a file, atomically. It needs no driver: the commands are those of the trace. It returns an
// error for a world that differs from the recorded one or was changed during the drive, and
// for a case with which the task is evaluated.
func (t *Traces) Record(ctx context.Context, path string, o Options) (*Summary, error) {
	env, err := t.New()
	if err != nil {
		return nil, err
	}
	in, ok := env.(world)
	if !ok {
		return nil, fmt.Errorf("the task %s is not driven in the worlds of traces", env.Spec().Task)
	}
	if err := in.CanImitate(); err != nil {
		return nil, err
	}
	return write(path, env.Spec(), o, func(r *recorder) error {
		// Workers share the environment, which is not stepped.
		w := traceWorker{Traces: t, spec: env.Spec(), world: in, options: o}
		return r.all(ctx, len(t.Files), func() (worker, error) { return w, nil })
	})
}

type traceWorker struct {
	*Traces
	spec    *policy.Spec
	world   world
	options Options
}

func (traceWorker) close() error { return nil }

// record records a trace.
func (w traceWorker) record(ctx context.Context, i int) (*part, error) {
	t, err := w.Read(ctx, w.Files[i])
	if err != nil {
		return nil, err
	}
	p, err := w.observe(ctx, t)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", w.Files[i], err)
	}
	return p, nil
}

// observe simulates the drive of a trace again and observes it.
func (w traceWorker) observe(ctx context.Context, t *trace.Trace) (*part, error) {
	log, err := timeline.NewCommandLog(t)
	if err != nil {
		return nil, err
	}
	again, err := timeline.NewResim(log)
	switch {
	case err != nil:
		return nil, err
	case again.Len() == 0:
		return nil, errors.New("the trace has no decisions")
	}
	plan := again.Plan()
	if w.world.IsHeldOut(plan.Case) {
		return nil, fmt.Errorf("%s is evaluated with the case %s: no policy may learn from it", w.spec.Task, plan.Case.ID())
	}
	observer, err := w.world.Attach(&plan.Drive)
	if err != nil {
		return nil, err
	}
	decisions := 0
	for i := range again.Len() {
		if observer.Decides(clock.Tick(i) * clock.DriverPeriod) {
			decisions++
		}
	}
	p := newPart(w.spec, decisions, &w.options)
	p.by = learn.Drive{Driver: timeline.DriversText(timeline.DriverSpans(t)), Case: plan.Case.ID(), Trace: t.SHA256()}
	if err := w.follow(ctx, t, again, observer, p); err != nil {
		return nil, err
	}
	p.imitate(w.world)
	verdict := again.Outcome().Verdict
	if p.by.Success, p.by.Ending = verdict.Passed, "passed"; !verdict.Passed {
		p.by.Ending = string(verdict.First().Code)
	}
	return p, nil
}

// follow simulates the drive and collects its decisions.
func (w traceWorker) follow(ctx context.Context, t *trace.Trace, again *timeline.Resim, o *drive.Observer, p *part) error {
	obs := policy.NewArrays(w.spec.Observation, 1)
	for i := 0; ; i++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		step, err := again.Next()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("%w: the trace comes from another version of roadloop or was changed; record the case again with --trace", err)
		case i == again.Len() || !o.Decides(step.Time): // the end of the run has no decision
			continue
		}
		if err := o.Observe(step.World, obs); err != nil {
			return err
		}
		_, human := t.OverrideAt(i)
		switch {
		case i == again.Len()-1 && t.End == (trace.Digest{}): // the run ended before the command was executed
		case len(p.did)%w.options.every() != 0:
		case w.options.Hands && !human:
			p.leftOut[notHuman]++
		case o.AtEnd():
			p.leftOut[atEnd]++
		default:
			if err := p.keep(obs, human); err != nil {
				return err
			}
		}
		p.did = append(p.did, o.Execute(step.Command))
	}
}
