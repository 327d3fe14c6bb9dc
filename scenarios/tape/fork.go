package tape

import (
	"context"
	"fmt"
	"slices"

	"roadloop/scenarios"
)

// Fork returns a tape that shares the past before decision at, which must be one that
// t made, or the next one, and goes on from there by itself after the changes. Without
// changes it goes on as t did, to the byte. The two may be driven at the same time.
func (t *Tape) Fork(ctx context.Context, at int, changes ...Change) (*Tape, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	ride, err := t.ridden(at)
	if err != nil {
		return nil, fmt.Errorf("forking at decision %d: %w", at, err)
	}
	learnApart(ride.Session.Driver())
	f := t.upTo(at)
	f.now.ride = ride
	for _, c := range changes {
		if err := f.change(at, c); err != nil {
			return nil, err
		}
	}
	f.begin()
	return f, nil
}

// ridden returns the ride as it was before decision i.
func (t *Tape) ridden(i int) (*scenarios.Ride, error) {
	t.driving.Lock()
	defer t.driving.Unlock()
	n := t.Len()
	switch {
	case i < 0 || i > n:
		return nil, fmt.Errorf("there are decisions 0 to %d", n)
	case i >= len(t.trace.Records) && (t.Over() || t.now.ride.Session.Done()):
		return nil, fmt.Errorf("the drive is over by then; its last decision is number %d", len(t.trace.Records)-1)
	case i == n:
		return t.now.ride.Clone(), nil
	}
	return t.drive(t.keys[keyOf(t.keys, i)], i, nil)
}

// upTo returns a tape with the past before decision n and no present.
func (t *Tape) upTo(n int) *Tape {
	t.mu.Lock()
	defer t.mu.Unlock()
	k := slices.IndexFunc(t.keys, func(k key) bool { return k.at >= n })
	if k < 0 {
		k = len(t.keys)
	}
	f := &Tape{plan: t.plan, keys: slices.Clip(t.keys[:k]), reel: t.reel.fork(t.keys[:k], n), began: t.began}
	f.now = site{plan: t.plan, who: t.began}
	for _, m := range t.changes {
		if m.at <= n {
			f.changes = append(f.changes, m)
			f.now.who, f.now.held = m.who, m.held
		}
	}
	return f
}

// Changes returns what was changed on the way to the present, in order, with the
// decisions before which that was.
func (t *Tape) Changes() (changes []Change, at []int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, m := range t.changes {
		changes, at = append(changes, m.change), append(at, m.at)
	}
	return changes, at
}

// made is a change, the decision before which it was made, and what is from then on.
type made struct {
	at     int
	change Change
	who    Who
	held   *held
}
