package runner

import (
	"context"
	"fmt"

	"roadloop"
	"roadloop/scenarios/metrics"
	"roadloop/sim/vehicle"
)

// CaseRun drives, judges and records a case step by step. A clone continues independently, so
// that an alternative can be tried from the same situation.
type CaseRun struct {
	Spec    *Spec
	Session *roadloop.Session
	// Watch, if set, receives every step before it is judged. Clones do not inherit it.
	Watch func(*roadloop.Step)
	rec   *metrics.Recorder
	done  bool
}

// DriverFunc creates the driver of a case. blind reports whether the driver needs no
// sensors; the sensors are then switched off.
type DriverFunc func(c *roadloop.Case) (d roadloop.Driver, blind bool, err error)

// NewCaseRun starts a case with the driver that newDriver returns.
func NewCaseRun(p *Spec, newDriver DriverFunc) (*CaseRun, error) {
	drive := p.Drive
	drive.Rig = drive.Rig.Clone()
	d, blind, err := newDriver(&drive)
	if err != nil {
		return nil, fmt.Errorf("creating the driver: %w", err)
	}
	drive.Blind = blind
	s, err := roadloop.NewSession(&drive, d)
	if err != nil {
		return nil, err
	}
	return &CaseRun{Spec: p, Session: s, rec: metrics.NewRecorder(&p.Drive, p.Names, p.FirstTraffic)}, nil
}

// Step makes one decision, advances the world to the next one and judges the new state.
// It reports whether the run continues. A run ends at its end, or with the first event
// that must not happen.
func (r *CaseRun) Step(ctx context.Context) (more bool, err error) { return r.StepOverride(ctx, nil) }

// StepOverride is Step with a manual override. If override is not nil, the driver decides as
// usual, but override is applied instead of its command.
func (r *CaseRun) StepOverride(ctx context.Context, override *vehicle.Command) (more bool, err error) {
	switch {
	case r.done:
		return false, nil
	case r.Session.Done():
		r.done = true
		r.record(r.Session.End(), override)
		return false, nil
	}
	m, err := r.Session.Decide(ctx)
	if err != nil {
		return false, err
	}
	if !r.record(m, override) {
		r.done = true
		return false, nil
	}
	r.Session.Advance(override)
	return true, nil
}

// record records and judges a step.
func (r *CaseRun) record(m *roadloop.Step, override *vehicle.Command) bool {
	if r.Watch != nil {
		r.Watch(m)
	}
	r.rec.Record(m, override)
	offended := len(m.Events) > 0 && len(r.Spec.Expect.violations(r.Log(), metrics.Collisions(r.Log()))) > 0
	r.Log().TimedOut = r.Spec.timedOut(r.Log()) != nil
	return !offended && !r.Log().TimedOut && m.World.EgoProgress() < r.Spec.End
}

// Finish drives to the end and returns the verdict.
func (r *CaseRun) Finish(ctx context.Context) (Verdict, error) {
	err := r.runToEnd(ctx)
	return r.Verdict(), err
}

// runToEnd drives to the end.
func (r *CaseRun) runToEnd(ctx context.Context) error {
	for {
		if more, err := r.Step(ctx); err != nil || !more {
			return err
		}
	}
}

// DriverFailed returns the verdict of a run that ended because the driver returned err.
func (r *CaseRun) DriverFailed(err error) Verdict {
	at := r.Session.World().Time()
	f := fail(CodeDriverError, at.Seconds(), "the driver broke %v", err) // Session's errors begin with the time
	return Verdict{Reason: f.Message, At: at, Failures: []Failure{*f}}
}

// Verdict judges the drive so far, as if the run ended now.
func (r *CaseRun) Verdict() Verdict { return r.Spec.Judge(r.Log()) }

// Over reports whether the run has ended.
func (r *CaseRun) Over() bool { return r.done }

// Log returns the drive log so far.
func (r *CaseRun) Log() *metrics.DriveLog { return r.rec.Log() }

// Clone returns an independent copy that continues exactly as r would.
func (r *CaseRun) Clone() *CaseRun {
	return &CaseRun{Spec: r.Spec, Session: r.Session.Clone(), rec: r.rec.Clone(), done: r.done}
}
