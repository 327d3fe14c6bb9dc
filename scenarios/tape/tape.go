// Package tape keeps the past of a drive: every decision can be looked at again,
// the drive can go on from any of them, with or without a change, and two futures
// can be compared. It needs no display; windows, the browser and commands build on it.
//
// What is far back is not stored but driven again, from copies of the whole drive
// that are taken every few decisions. Drives repeat to the byte: a decision that came
// out differently the second time would be an error, never another picture.
//
// A Tape is driven from one goroutine at a time and may be looked at from others
// meanwhile.
package tape

import (
	"context"
	"fmt"
	"sync"

	"roadloop"
	"roadloop/scenarios"
	"roadloop/scenarios/record"
	"roadloop/sim"
	"roadloop/sim/vehicle"
)

// Tape is a drive in progress that keeps all of its past.
type Tape struct {
	plan *scenarios.Plan

	driving sync.Mutex // held while the present moves on
	ride    *scenarios.Ride
	hands   *vehicle.Command // at the wheel in the step under way
	fresh   *Frame           // of the step under way

	rewinding sync.Mutex // held while a part of the past is driven again

	mu      sync.Mutex // guards what follows
	keys    []key
	reel    *reel
	log     record.Log     // as of the last step; only grows
	trace   roadloop.Trace // as of the last step; only grows
	who     Who
	over    bool
	failed  error // of the driver
	verdict verdict
	changes []made
}

// Who names what drives, for the trace.
type Who struct {
	Driver, Perception string
	Model              string // SHA-256 of the network, "" for none
}

// New begins a case with the driver that a crew makes for it. It fails for a driver
// that cannot be copied: it could not be wound back.
func New(plan *scenarios.Plan, driver func(*sim.World) (roadloop.Driver, error)) (*Tape, error) {
	t := &Tape{plan: plan, reel: newReel()}
	ride, err := scenarios.NewRide(plan, func(w *sim.World) (roadloop.Driver, error) {
		d, err := driver(w)
		remember(d)
		return d, err
	})
	if err != nil {
		return nil, err
	}
	return t, t.begin(ride)
}

// begin makes a ride the present of the tape, and a key.
func (t *Tape) begin(ride *scenarios.Ride) error {
	copied, err := ride.Fork()
	if err != nil {
		return fmt.Errorf("a drive that cannot be copied cannot be wound back: %w", err)
	}
	t.ride = ride
	t.ride.Watch = func(m *roadloop.Moment) { t.fresh = capture(m, t.hands) }
	t.log, t.trace, t.over = *ride.Log(), *ride.Session.Trace(), ride.Over()
	t.keys = append(t.keys, key{at: len(t.log.Steps), ride: copied})
	return nil
}

// Step makes one more decision and lets the world go on to the next. Where hands is
// not nil, they have the wheel: the driver decides all the same, which shows what it
// would have done. It reports whether there is more to drive. After an error of the
// driver the tape keeps its past and can be forked, but goes on no more.
func (t *Tape) Step(ctx context.Context, hands *vehicle.Command) (more bool, err error) {
	if err := ctx.Err(); err != nil {
		return !t.Over(), err
	}
	t.driving.Lock()
	defer t.driving.Unlock()
	if err := t.Err(); err != nil {
		return false, err
	}
	if err := t.mark(); err != nil {
		return false, err
	}
	if hands != nil {
		held := *hands
		hands = &held
	}
	t.hands, t.fresh = hands, nil
	// A decision that was begun is carried through: half of one could not be repeated.
	more, err = t.ride.StepBy(context.WithoutCancel(ctx), hands)
	t.publish(err)
	return more && err == nil, err
}

// publish shows others what the last step did.
func (t *Tape) publish(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.failed = err
	t.over = t.ride.Over()
	t.log, t.trace = *t.ride.Log(), *t.ride.Session.Trace()
	if t.fresh != nil {
		t.reel.add(t.keys[len(t.keys)-1].at, len(t.log.Steps)-1, t.fresh)
	}
}

// Plan returns the case that is driven.
func (t *Tape) Plan() *scenarios.Plan { return t.plan }

// Len returns the number of frames so far.
func (t *Tape) Len() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.log.Steps)
}

// Over reports whether there is nothing more to drive: the time of the case is up,
// or something happened that must not.
func (t *Tape) Over() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.over || t.failed != nil
}

// Err returns the error with which the driver failed, nil for none.
func (t *Tape) Err() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.failed
}

// Log returns the record of the drive so far, one step for each frame: states,
// beliefs, intents and commands over time. It is cheap, and what to draw curves from.
// The caller must not change it.
func (t *Tape) Log() *record.Log {
	t.mu.Lock()
	defer t.mu.Unlock()
	l := t.log
	return &l
}

// Sign says who drives, for the trace.
func (t *Tape) Sign(w Who) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.who = w
}

// Trace returns the trace of the drive so far.
func (t *Tape) Trace() *roadloop.Trace {
	t.mu.Lock()
	defer t.mu.Unlock()
	out := t.trace.Fork()
	out.Header = t.plan.Header()
	out.Header.Driver, out.Header.Perception, out.Header.Model = t.who.Driver, t.who.Perception, t.who.Model
	out.Header.Cut = !t.over
	return out
}
