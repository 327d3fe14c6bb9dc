package timeline

import (
	"context"
	"fmt"
	"slices"

	"roadloop/scenarios/runner"
	"roadloop/trace"
)

// Fork returns a tape that shares the past before decision at and applies the changes
// there. at must be a decision of t, or the next one. Without changes, the fork repeats
// t byte for byte. The two may be driven concurrently.
func (t *Timeline) Fork(ctx context.Context, at int, changes ...Change) (*Timeline, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	ride, err := t.rideBefore(at)
	if err != nil {
		return nil, fmt.Errorf("forking at decision %d: %w", at, err)
	}
	splitCache(ride.Session.Driver())
	f := t.prefix(at)
	f.now.ride = ride
	for _, c := range changes {
		if err := f.change(at, c); err != nil {
			return nil, err
		}
	}
	f.begin()
	return f, nil
}

// rideBefore returns the ride as it was before decision i.
func (t *Timeline) rideBefore(i int) (*runner.CaseRun, error) {
	t.driving.Lock()
	defer t.driving.Unlock()
	n := t.Len()
	switch {
	case i < 0 || i > n:
		return nil, fmt.Errorf("decision must be within 0 to %d", n)
	case i >= len(t.trace.Records) && (t.Over() || t.now.ride.Session.Done()):
		return nil, fmt.Errorf("the drive ended; its last decision is %d", len(t.trace.Records)-1)
	case i == n:
		return t.now.ride.Clone(), nil
	}
	return t.drive(t.checkpoints[checkpointBefore(t.checkpoints, i)], i, nil)
}

// prefix returns a tape with the past before decision n and without a ride.
func (t *Timeline) prefix(n int) *Timeline {
	t.mu.Lock()
	defer t.mu.Unlock()
	k := slices.IndexFunc(t.checkpoints, func(k checkpoint) bool { return k.at >= n })
	if k < 0 {
		k = len(t.checkpoints)
	}
	f := &Timeline{plan: t.plan, checkpoints: slices.Clip(t.checkpoints[:k]), frames: t.frames.fork(t.checkpoints[:k], n), began: t.began}
	f.now = present{plan: t.plan, who: t.began}
	for _, m := range t.changes {
		if m.at <= n {
			f.changes = append(f.changes, m)
			f.now.who, f.now.held = m.who, m.held
		}
	}
	return f
}

// Changes returns the changes so far, in order, and for each the decision before which
// it was made.
func (t *Timeline) Changes() (changes []Change, at []int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, m := range t.changes {
		changes, at = append(changes, m.change), append(at, m.at)
	}
	return changes, at
}

// appliedChange is a change, the decision before which it was made, and the driver and
// the held override from then on.
type appliedChange struct {
	at     int
	change Change
	who    trace.DriverID
	held   *held
}
