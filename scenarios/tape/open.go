package tape

import (
	"context"
	"fmt"

	"roadloop/scenarios"
	"roadloop/sim/vehicle"
	"roadloop/trace"
)

// Crews makes the crew of a driver and a perception by their names. Who gives it closes
// the crews that it made.
type Crews func(driver, perception string) (scenarios.Crew, error)

// script is a trace that is driven again: its hands and its changes.
type script struct {
	trace *trace.Trace
	crews Crews
}

// hands returns what hands did at decision n, nil where the driver had the wheel.
func (s *script) hands(n int) *vehicle.Command {
	if s == nil {
		return nil
	}
	if c, held := s.trace.OverrideAt(n); held {
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
func Open(recorded *trace.Trace, crews Crews) (*Tape, error) {
	plan, ride, err := begin(recorded, crews)
	if err != nil {
		return nil, err
	}
	h := &recorded.Header
	t := &Tape{plan: plan, reel: newReel(), now: site{plan: plan, ride: ride}, script: &script{recorded, crews}}
	t.recorded = len(recorded.Records)
	if recorded.End != (trace.Digest{}) {
		t.recorded++ // the end of the run has a frame of its own
	}
	t.Sign(Who{h.Driver, h.Perception, h.Model, h.ISA})
	t.begin()
	return t, nil
}

// begin compiles the case of a trace and begins to drive it.
func begin(recorded *trace.Trace, crews Crews) (*scenarios.Plan, *scenarios.Ride, error) {
	h := &recorded.Header
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
	ride, err := newRide(plan, crew.Driver)
	return plan, ride, err
}

// Verify drives a trace again, with its hands and changes, and returns where the two
// differ. A recording that was cut off is compared as far as it goes. The crews must
// have the network that the header names.
func Verify(ctx context.Context, recorded *trace.Trace, crews Crews) (d trace.Difference, differ bool, err error) {
	h := &recorded.Header
	plan, ride, err := begin(recorded, crews)
	if err != nil {
		return d, false, err
	}
	at := site{plan: plan, ride: ride, who: Who{h.Driver, h.Perception, h.Model, h.ISA}}
	s := &script{recorded, crews}
	for n, more := 0, true; more && !(h.Cut && n == len(recorded.Records)); n++ {
		if more, err = s.step(ctx, &at, n); err != nil {
			return d, false, err
		}
	}
	d, differ = trace.Compare(recorded, ride.Session.Trace())
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
