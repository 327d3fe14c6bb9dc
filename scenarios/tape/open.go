package tape

import (
	"context"
	"fmt"

	"roadloop"
	"roadloop/scenarios"
	"roadloop/sim/vehicle"
)

// Crews makes the crew of a driver and a perception by their names. Who gives it closes
// the crews that it made.
type Crews func(driver, perception string) (scenarios.Crew, error)

// script is a trace that is driven again: its hands and its changes.
type script struct {
	trace *roadloop.Trace
	crews Crews
}

// hands returns what hands did at decision n, nil where the driver had the wheel.
func (s *script) hands(n int) *vehicle.Command {
	if s == nil {
		return nil
	}
	if c, held := s.trace.HandAt(n); held {
		return &c
	}
	return nil
}

// changes returns what was changed before decision n.
func (s *script) changes(n int) (list []Change, err error) {
	if s == nil {
		return nil, nil
	}
	for _, c := range s.trace.Header.Changes {
		if c.Record != n {
			continue
		}
		change, err := traced(c, s.crews)
		if err != nil {
			return nil, err
		}
		list = append(list, change)
	}
	return list, nil
}

// Open returns a tape that drives a trace again as it is stepped: the same driver, hands
// and changes. Hands given to Step leave the trace, and so does a fork.
func Open(trace *roadloop.Trace, crews Crews) (*Tape, error) {
	plan, ride, err := begin(trace, crews)
	if err != nil {
		return nil, err
	}
	h := &trace.Header
	t := &Tape{plan: plan, reel: newReel(), now: site{plan: plan, ride: ride}, script: &script{trace, crews}}
	t.recorded = len(trace.Records)
	if trace.End != (roadloop.Digest{}) {
		t.recorded++ // the end of the run has a frame of its own
	}
	t.Sign(Who{h.Driver, h.Perception, h.Model, h.ISA})
	return t, t.begin()
}

// begin compiles the case of a trace and begins to drive it.
func begin(trace *roadloop.Trace, crews Crews) (*scenarios.Plan, *scenarios.Ride, error) {
	h := &trace.Header
	c, err := scenarios.RecordedCase(h)
	if err != nil {
		return nil, nil, err
	}
	plan, err := c.Compile()
	if err != nil {
		return nil, nil, fmt.Errorf("the scenario in the trace: %w", err)
	}
	plan.Timeout = h.Timeout
	crew, err := crews(h.Driver, h.Perception)
	if err != nil {
		return nil, nil, err
	}
	ride, err := newRide(plan, crew.Driver(plan))
	return plan, ride, err
}

// Verify drives a trace again, with its hands and changes, and returns where the two
// differ. A recording that was cut off is compared as far as it goes. The crews must
// have the network that the header names.
func Verify(ctx context.Context, trace *roadloop.Trace, crews Crews) (d roadloop.Difference, differ bool, err error) {
	h := &trace.Header
	plan, ride, err := begin(trace, crews)
	if err != nil {
		return d, false, err
	}
	at := site{plan: plan, ride: ride, who: Who{h.Driver, h.Perception, h.Model, h.ISA}}
	s := &script{trace, crews}
	for n, more := 0, true; more && !(h.Cut && n == len(trace.Records)); n++ {
		if more, err = s.step(ctx, &at, n); err != nil {
			return d, false, err
		}
	}
	d, differ = roadloop.Compare(trace, ride.Session.Trace())
	return d, differ, nil
}

// step drives decision n of the script.
func (s *script) step(ctx context.Context, at *site, n int) (more bool, err error) {
	changes, err := s.changes(n)
	if err != nil {
		return false, err
	}
	for _, c := range changes {
		if err := c.make(at); err != nil {
			return false, fmt.Errorf("%s: %w", c, err)
		}
	}
	return at.ride.StepBy(ctx, s.hands(n))
}
