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
	"math"
	"sync"

	"roadloop"
	"roadloop/scenarios"
	"roadloop/scenarios/record"
	"roadloop/sim/vehicle"
	"roadloop/trace"
)

// Tape is a drive in progress that keeps all of its past.
type Tape struct {
	plan *scenarios.Plan

	driving sync.Mutex // held while the present moves on
	now     site
	script  *script          // of a drive that is driven again, nil for none
	hands   *vehicle.Command // at the wheel in the step under way
	fresh   *Frame           // of the step under way

	rewinding sync.Mutex // held while a part of the past is driven again

	mu      sync.Mutex // guards what follows
	keys    []key
	reel    *reel
	log     record.Log  // as of the last step; only grows
	trace   trace.Trace // as of the last step; only grows
	began   Who
	changes []made // in order
	over    bool
	failed  error // of the driver
	verdict verdict
	// recorded is the number of frames of the trace that is driven again, 0 for none.
	recorded int
}

// Who names what drives.
type Who struct {
	Driver, Perception string
	Model              string // SHA-256 of the network, "" for none
	ISA                string // instruction set that the network computes with, "" for none
}

// New begins a case with the driver that a crew makes for it.
func New(plan *scenarios.Plan, driver scenarios.DriverFunc) (*Tape, error) {
	ride, err := newRide(plan, driver)
	if err != nil {
		return nil, err
	}
	t := &Tape{plan: plan, reel: newReel(), now: site{plan: plan, ride: ride}}
	t.begin()
	return t, nil
}

// newRide begins a case with a driver that need not look at the same picture twice.
func newRide(plan *scenarios.Plan, driver scenarios.DriverFunc) (*scenarios.Ride, error) {
	return scenarios.NewRide(plan, func(c *roadloop.Case) (d roadloop.Driver, blind bool, err error) {
		if d, blind, err = driver(c); err == nil {
			remember(d)
		}
		return d, blind, err
	})
}

// begin shows the present of the tape to others and makes a key of it.
func (t *Tape) begin() {
	ride := t.now.ride
	copied := ride.Clone()
	ride.Watch = func(m *roadloop.Step) { t.fresh = capture(m, t.hands) }
	t.log, t.trace, t.over = *ride.Log(), *ride.Session.Trace(), ride.Over()
	t.keys = append(t.keys, key{at: len(t.log.Steps), ride: copied})
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
	if err := t.prepare(hands == nil); err != nil {
		return false, err
	}
	if hands = t.now.wheel(hands); hands == nil {
		hands = t.script.hands(t.Len())
	}
	t.hands, t.fresh = hands, nil
	// A decision that was begun is carried through: half of one could not be repeated.
	more, err = t.now.ride.StepBy(context.WithoutCancel(ctx), hands)
	t.publish(err)
	return more && err == nil, err
}

// prepare makes the changes that the script has for the next decision, and takes a key
// where one is due. Who takes the wheel leaves the script.
func (t *Tape) prepare(scripted bool) error {
	n := t.Len()
	if !scripted && t.script != nil {
		t.leaveScript()
	}
	changes, err := t.script.changes(n)
	if err != nil {
		return err
	}
	for _, c := range changes {
		if err := t.change(n, c); err != nil {
			return err
		}
	}
	t.mark(n, len(changes) > 0)
	return nil
}

// leaveScript ends following the trace: what comes from now on is not recorded.
func (t *Tape) leaveScript() {
	t.script = nil
	t.mu.Lock()
	defer t.mu.Unlock()
	t.recorded = 0
}

// change makes a change before decision n, the next one.
func (t *Tape) change(n int, c Change) error {
	if err := c.make(&t.now); err != nil {
		return fmt.Errorf("%s: %w", c, err)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.changes = append(t.changes, made{n, c, t.now.who, t.now.held})
	return nil
}

// publish shows others what the last step did.
func (t *Tape) publish(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.failed = err
	t.over = t.now.ride.Over()
	t.log, t.trace = *t.now.ride.Log(), *t.now.ride.Session.Trace()
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

// Recorded returns the number of frames of the trace that the tape drives again: there
// will be as many. It is 0 for a drive that follows no trace, or none any more.
func (t *Tape) Recorded() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.recorded
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

// Sign says who drives from the beginning, for the trace. It is called before the
// first Step.
func (t *Tape) Sign(w Who) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.began, t.now.who = w, w
}

// Who tells who drives now, as Sign and handovers said.
func (t *Tape) Who() Who { return t.WhoAt(math.MaxInt) }

// WhoAt returns who made decision i, as Sign and handovers said. A human may have
// overridden it; see Frame.Manual.
func (t *Tape) WhoAt(i int) Who {
	t.mu.Lock()
	defer t.mu.Unlock()
	who := t.began
	for _, m := range t.changes {
		if m.at <= i {
			who = m.who
		}
	}
	return who
}
