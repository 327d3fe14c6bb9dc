package timeline

import (
	"context"
	"fmt"

	"roadloop/scenarios"
	"roadloop/scenarios/runner"
	"roadloop/sim/vehicle"
	"roadloop/trace"
)

// OpenDriver returns the factory of a driver. The caller that supplies the function closes
// the factories.
type OpenDriver func(trace.DriverID) (runner.DriverFactory, error)

// script is a trace to re-simulate: its overrides and its changes.
type script struct {
	trace   *trace.Trace
	drivers OpenDriver
}

// override returns the recorded override at decision n, nil if there was none.
func (s *script) override(n int) *vehicle.Command {
	if s == nil {
		return nil
	}
	if c, held := s.trace.OverrideAt(n); held {
		return &c
	}
	return nil
}

// changes returns the recorded changes before decision n.
func (s *script) changes(n int) (list []Change, err error) {
	if s == nil {
		return nil, nil
	}
	for _, c := range s.trace.Header.Changes {
		if c.Record != n {
			continue
		}
		change, err := decodeChange(&s.trace.Header, c, s.drivers)
		if err != nil {
			return nil, err
		}
		list = append(list, change)
	}
	return list, nil
}

// Open returns a tape that re-simulates a trace step by step, with the same driver,
// overrides and changes. An override passed to Step, or a fork, stops following the
// trace.
func Open(recorded *trace.Trace, drivers OpenDriver) (*Timeline, error) {
	plan, ride, err := begin(recorded, drivers)
	if err != nil {
		return nil, err
	}
	t := &Timeline{plan: plan, frames: newFrameCache(), now: present{plan: plan, ride: ride}, script: &script{recorded, drivers}}
	t.recorded = len(recorded.Records)
	if recorded.End != (trace.Digest{}) {
		t.recorded++ // the end of the run has its own frame
	}
	t.SetDriverID(recorded.Header.DriverID)
	t.begin()
	return t, nil
}

// compile compiles the case of a trace.
func compile(h *trace.Header) (*runner.Spec, error) {
	c, err := scenarios.RecordedCase(h)
	if err != nil {
		return nil, err
	}
	plan, err := runner.Compile(c)
	if err != nil {
		return nil, fmt.Errorf("compiling the scenario of the trace: %w", err)
	}
	plan.Timeout = h.Timeout
	return plan, nil
}

// begin compiles the case of a trace and starts its ride.
func begin(recorded *trace.Trace, drivers OpenDriver) (*runner.Spec, *runner.CaseRun, error) {
	h := &recorded.Header
	plan, err := compile(h)
	if err != nil {
		return nil, nil, err
	}
	factory, err := drivers(h.DriverID)
	if err != nil {
		return nil, nil, err
	}
	ride, err := newRide(plan, factory.Driver)
	return plan, ride, err
}

// Verify re-simulates a trace, overrides and changes included, and returns the first
// difference. Only the recorded part of a cut-off trace is compared. The drivers must use
// the networks that the trace names.
func Verify(ctx context.Context, recorded *trace.Trace, drivers OpenDriver) (d trace.Difference, differ bool, err error) {
	h := &recorded.Header
	plan, ride, err := begin(recorded, drivers)
	if err != nil {
		return d, false, err
	}
	at := present{plan: plan, ride: ride, who: h.DriverID}
	s := &script{recorded, drivers}
	for n, more := 0, true; more && !(h.Cut && n == len(recorded.Records)); n++ {
		if more, err = s.step(ctx, &at, n); err != nil {
			return d, false, err
		}
	}
	d, differ = trace.Compare(recorded, ride.Session.Trace())
	return d, differ, nil
}

// step re-simulates decision n of the script.
func (s *script) step(ctx context.Context, at *present, n int) (more bool, err error) {
	changes, err := s.changes(n)
	if err != nil {
		return false, err
	}
	for _, c := range changes {
		if err := c.apply(at); err != nil {
			return false, fmt.Errorf("%s: %w", c, err)
		}
	}
	return at.ride.StepOverride(ctx, s.override(n))
}
