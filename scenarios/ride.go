package scenarios

import (
	"context"
	"fmt"

	"roadloop"
	"roadloop/scenarios/measure"
	"roadloop/scenarios/record"
	"roadloop/sim/vehicle"
)

// Ride is a case being driven, judged and recorded, decision by decision. A fork
// of it goes on alone, so that another way out of the same situation can be tried.
type Ride struct {
	Plan    *Plan
	Session *roadloop.Session
	// Watch, if set, sees every moment before it is judged. Forks do not have it.
	Watch func(*roadloop.Step)
	rec   *record.Recorder
	over  bool
}

// DriverFunc creates the driver of a case. blind reports that it needs no sensors, which
// are then switched off.
type DriverFunc func(c *roadloop.Case) (d roadloop.Driver, blind bool, err error)

// NewRide begins a case with the driver that create returns.
func NewRide(p *Plan, create DriverFunc) (*Ride, error) {
	drive := p.Drive
	d, blind, err := create(&drive)
	if err != nil {
		return nil, fmt.Errorf("creating the driver: %w", err)
	}
	drive.Blind = blind
	s, err := roadloop.NewSession(&drive, d)
	if err != nil {
		return nil, err
	}
	return &Ride{Plan: p, Session: s, rec: record.New(&p.Drive, p.Names, p.Traffic)}, nil
}

// Step makes one decision and lets the world go on to the next, at which it judges.
// It reports whether there is more to drive: not after the end, nor once something
// happened that must not.
func (r *Ride) Step(ctx context.Context) (more bool, err error) { return r.StepBy(ctx, nil) }

// StepBy is Step with somebody's hands at the wheel, unless they are nil: the driver
// decides, and their command is carried out.
func (r *Ride) StepBy(ctx context.Context, hands *vehicle.Command) (more bool, err error) {
	switch {
	case r.over:
		return false, nil
	case r.Session.Done():
		r.over = true
		r.take(r.Session.End(), hands)
		return false, nil
	}
	m, err := r.Session.Decide(ctx)
	if err != nil {
		return false, err
	}
	if !r.take(m, hands) {
		r.over = true
		return false, nil
	}
	r.Session.Advance(hands)
	return true, nil
}

// take records and judges a moment.
func (r *Ride) take(m *roadloop.Step, hands *vehicle.Command) bool {
	if r.Watch != nil {
		r.Watch(m)
	}
	r.rec.Watch(m, hands)
	offended := len(m.Events) > 0 && len(r.Plan.Expect.offenses(r.Log(), measure.Collisions(r.Log()))) > 0
	r.Log().Overdue = r.Plan.overdue(r.Log()) != nil
	return !offended && !r.Log().Overdue && m.World.EgoProgress() < r.Plan.End
}

// Finish drives the rest and returns the verdict.
func (r *Ride) Finish(ctx context.Context) (Verdict, error) {
	err := r.rest(ctx)
	return r.Verdict(), err
}

// rest drives on to the end.
func (r *Ride) rest(ctx context.Context) error {
	for {
		if more, err := r.Step(ctx); err != nil || !more {
			return err
		}
	}
}

// Verdict judges what was driven; before the end it is that of a case that ends here.
func (r *Ride) Verdict() Verdict { return r.Plan.Judge(r.Log()) }

// Over reports whether there is nothing more to drive.
func (r *Ride) Over() bool { return r.over }

// Log returns the record so far.
func (r *Ride) Log() *record.Log { return r.rec.Log() }

// Clone returns a ride that goes on exactly as r would.
func (r *Ride) Clone() *Ride {
	return &Ride{Plan: r.Plan, Session: r.Session.Clone(), rec: r.rec.Fork(), over: r.over}
}
