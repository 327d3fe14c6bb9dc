package tape

import (
	"context"
	"fmt"
	"slices"

	"roadloop/scenarios"
)

// Change is what makes the future of a fork another one. Those of this package are
// all that there are; each says with an error why it cannot be made.
type Change interface {
	// String says in words what changes.
	String() string
	make(s *site) error
}

// site is where a change is made: a drive before a decision that nobody made yet.
type site struct {
	tape *Tape
	ride *scenarios.Ride
}

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
	forgetApart(ride.Session.Driver())
	f := t.upTo(at)
	for _, c := range changes {
		if err := c.make(&site{f, ride}); err != nil {
			return nil, fmt.Errorf("%s: %w", c, err)
		}
		f.changes = append(f.changes, made{at, c})
	}
	return f, f.begin(ride)
}

// ridden returns the ride as it was before decision i.
func (t *Tape) ridden(i int) (*scenarios.Ride, error) {
	t.driving.Lock()
	defer t.driving.Unlock()
	n := t.Len()
	switch {
	case i < 0 || i > n:
		return nil, fmt.Errorf("there are decisions 0 to %d", n)
	case i >= len(t.trace.Records) && (t.Over() || t.ride.Session.Done()):
		return nil, fmt.Errorf("the drive is over by then; its last decision is number %d", len(t.trace.Records)-1)
	case i == n:
		return t.ride.Fork()
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
	keys := slices.Clip(t.keys[:k])
	made := slices.Clip(slices.DeleteFunc(slices.Clone(t.changes), func(m made) bool { return m.at > n }))
	return &Tape{plan: t.plan, keys: keys, reel: t.reel.fork(keys, n), who: t.who, changes: made}
}

// made is a change and the decision before which it was made.
type made struct {
	at     int
	change Change
}
