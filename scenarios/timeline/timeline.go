package timeline

import (
	"context"
	"fmt"
	"math"
	"sync"

	"roadloop"
	"roadloop/scenarios/metrics"
	"roadloop/scenarios/runner"
	"roadloop/sim/vehicle"
	"roadloop/trace"
)

// Timeline is the timeline of a drive in progress.
type Timeline struct {
	plan *runner.Spec

	driving  sync.Mutex // held during a step
	now      present
	script   *script          // the trace that is followed, nil for none
	override *vehicle.Command // in the step in progress
	fresh    *Step            // in the step in progress

	rewinding sync.Mutex // held while a part of the past is re-simulated

	mu          sync.Mutex // guards the fields below
	checkpoints []checkpoint
	frames      *frameCache
	log         metrics.DriveLog // as of the last step; only grows
	trace       trace.Trace      // as of the last step; only grows
	began       trace.DriverID
	changes     []appliedChange // in order
	over        bool
	failed      error // of the driver
	verdict     verdict
	// recorded is the number of frames of the trace that is followed, 0 for none.
	recorded int
}

// New starts a case with the driver that a crew creates for it.
func New(plan *runner.Spec, driver runner.DriverFunc) (*Timeline, error) {
	ride, err := newRide(plan, driver)
	if err != nil {
		return nil, err
	}
	t := &Timeline{plan: plan, frames: newFrameCache(), now: present{plan: plan, ride: ride}}
	t.begin()
	return t, nil
}

// newRide starts a case with a driver that caches its detections.
func newRide(plan *runner.Spec, driver runner.DriverFunc) (*runner.CaseRun, error) {
	return runner.NewCaseRun(plan, func(c *roadloop.Case) (d roadloop.Driver, blind bool, err error) {
		if d, blind, err = driver(c); err == nil {
			cacheDetections(d)
		}
		return d, blind, err
	})
}

// begin publishes the present and takes the first checkpoint.
func (t *Timeline) begin() {
	ride := t.now.ride
	copied := ride.Clone()
	ride.Watch = func(m *roadloop.Step) { t.fresh = capture(m, t.override, t.plan.Drive.Rig.FrontCamera()) }
	t.log, t.trace, t.over = *ride.Log(), *ride.Session.Trace(), ride.Over()
	t.checkpoints = append(t.checkpoints, checkpoint{at: len(t.log.Steps), ride: copied})
}

// Step drives one step: a decision, and the world up to the next one. A non-nil
// override is executed instead of the driver's command; the driver still decides, for
// comparison. Step reports whether there is more to drive. After an error of the driver
// the tape keeps its past and can be forked, but not stepped.
func (t *Timeline) Step(ctx context.Context, override *vehicle.Command) (more bool, err error) {
	if err := ctx.Err(); err != nil {
		return !t.Over(), err
	}
	t.driving.Lock()
	defer t.driving.Unlock()
	if err := t.Err(); err != nil {
		return false, err
	}
	if err := t.prepare(override == nil); err != nil {
		return false, err
	}
	if override = t.now.activeOverride(override); override == nil {
		override = t.script.override(t.Len())
	}
	t.override, t.fresh = override, nil
	// A step is never cancelled midway; it would not be reproducible.
	more, err = t.now.ride.StepOverride(context.WithoutCancel(ctx), override)
	t.publish(err)
	return more && err == nil, err
}

// prepare applies the script's changes before the next decision and takes a checkpoint
// if one is due. An override leaves the script.
func (t *Timeline) prepare(scripted bool) error {
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
	t.addCheckpoint(n, len(changes) > 0)
	return nil
}

// leaveScript stops following the trace.
func (t *Timeline) leaveScript() {
	t.script = nil
	t.mu.Lock()
	defer t.mu.Unlock()
	t.recorded = 0
}

// change applies a change before decision n, the next one.
func (t *Timeline) change(n int, c Change) error {
	if err := c.apply(&t.now); err != nil {
		return fmt.Errorf("%s: %w", c, err)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.changes = append(t.changes, appliedChange{n, c, t.now.who, t.now.held})
	return nil
}

// publish makes the result of the last step visible to other goroutines.
func (t *Timeline) publish(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.failed = err
	t.over = t.now.ride.Over()
	t.log, t.trace = *t.now.ride.Log(), *t.now.ride.Session.Trace()
	if t.fresh != nil {
		t.frames.add(t.checkpoints[len(t.checkpoints)-1].at, len(t.log.Steps)-1, t.fresh)
	}
}

// Plan returns the case of the drive.
func (t *Timeline) Plan() *runner.Spec { return t.plan }

// Len returns the number of frames so far.
func (t *Timeline) Len() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.log.Steps)
}

// Recorded returns the number of frames of the trace that the tape follows. It is 0 for
// a drive that follows no trace, or has left it.
func (t *Timeline) Recorded() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.recorded
}

// Over reports whether the drive ended: the time of the case is up, an expectation is
// violated, or the driver failed.
func (t *Timeline) Over() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.over || t.failed != nil
}

// Err returns the error of the driver, nil for none.
func (t *Timeline) Err() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.failed
}

// Log returns the drive log so far, one step for each frame: states, beliefs, plans and
// commands over time. It is cheap. The caller must not change it.
func (t *Timeline) Log() *metrics.DriveLog {
	t.mu.Lock()
	defer t.mu.Unlock()
	l := t.log
	return &l
}

// SetDriverID sets the initial driver's identity for the trace. It is called before the first
// Step.
func (t *Timeline) SetDriverID(w trace.DriverID) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.began, t.now.who = w, w
}

// DriverID returns the identity of the present driver, as set by SetDriverID and handovers.
func (t *Timeline) DriverID() trace.DriverID { return t.DriverIDAt(math.MaxInt) }

// DriverIDAt returns the identity of the driver at decision i, as set by SetDriverID and handovers. A
// human may have overridden it; see Frame.Manual.
func (t *Timeline) DriverIDAt(i int) trace.DriverID {
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
