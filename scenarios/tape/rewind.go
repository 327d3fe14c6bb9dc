package tape

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"roadloop"
	"roadloop/scenarios"
	"roadloop/sim"
	"roadloop/sim/clock"
	"roadloop/sim/vehicle"
	"roadloop/trace"
)

// keyEvery is the number of decisions from one key to the next: as many at most, less
// one, are driven again to look at one of the past.
const keyEvery = 5

// key is a copy of the whole drive, the driver's memory and the messages on their way
// included, before decision number at. It is only ever copied.
type key struct {
	at   int
	ride *scenarios.Ride
}

// mark takes a key before decision n where one is due, or forced by a change. There is
// none at the end of the run, at which nothing is decided.
func (t *Tape) mark(n int, forced bool) {
	last := t.keys[len(t.keys)-1].at
	if n-last < keyEvery && !forced || t.now.ride.Over() || t.now.ride.Session.Done() {
		return
	}
	ride := t.now.ride.Clone()
	t.mu.Lock()
	defer t.mu.Unlock()
	keys := t.keys
	if last == n {
		keys = keys[:len(keys)-1]
	}
	t.keys = append(slices.Clip(keys), key{n, ride})
}

// keyOf returns the index of the last key at or before decision i.
func keyOf(keys []key, i int) int {
	k := len(keys) - 1
	for keys[k].at > i {
		k--
	}
	return k
}

// Frame returns what there was to see at decision i, nil where there is no such
// frame. One of the last seconds, or near one that was looked at lately, costs
// nothing; for others some decisions are driven again, which takes some ten
// milliseconds.
func (t *Tape) Frame(i int) *Frame {
	if f, ok := t.look(i); ok {
		return f
	}
	t.rewinding.Lock()
	defer t.rewinding.Unlock()
	if f, ok := t.look(i); ok { // somebody else was here before
		return f
	}
	if err := t.again(i); err != nil {
		return nil
	}
	f, _ := t.look(i)
	return f
}

// World returns a copy of the true world at any tick so far, also between decisions;
// the caller may do with it what they want. It is nil for a time that the tape does not
// have.
func (t *Tape) World(at clock.Tick) *sim.World {
	n := t.Len()
	if at < 0 || n == 0 {
		return nil
	}
	f := t.Frame(min(int(at/clock.DriverPeriod), n-1))
	if f == nil || at-f.Time > clock.DriverPeriod || f.End && at > f.Time {
		return nil
	}
	w := f.World.Clone()
	for w.Time() < at {
		w.Step(f.Command)
	}
	return w
}

// look returns a frame from the reel; ok is false where it must be made again.
func (t *Tape) look(i int) (f *Frame, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if i < 0 || i >= len(t.log.Steps) {
		return nil, true
	}
	return t.reel.find(t.keys[keyOf(t.keys, i)].at, i)
}

// again drives the part of the past around decision i again and puts its frames on
// the reel.
func (t *Tape) again(i int) error {
	t.mu.Lock()
	k := keyOf(t.keys, i)
	from, until := t.keys[k], len(t.log.Steps)
	if k+1 < len(t.keys) {
		until = t.keys[k+1].at
	}
	t.mu.Unlock()
	var frames []*Frame
	if _, err := t.drive(from, until, &frames); err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.reel.put(from.at, frames)
	return nil
}

// drive drives the past again from a key to just before decision until, checks that
// it is the same, and collects its frames if there is a list for them.
func (t *Tape) drive(from key, until int, frames *[]*Frame) (*scenarios.Ride, error) {
	ride := from.ride.Clone()
	past := t.past()
	var hands *vehicle.Command
	if frames != nil {
		ride.Watch = func(m *roadloop.Step) { *frames = append(*frames, capture(m, hands)) }
	}
	for i := from.at; i < until; i++ {
		hands = nil
		if c, held := past.OverrideAt(i); held {
			hands = &c
		}
		if _, err := ride.StepBy(context.Background(), hands); err != nil {
			return nil, fmt.Errorf("driving the past again: %w", err)
		}
		if err := alike(past, ride.Session.Trace(), i); err != nil {
			return nil, err
		}
	}
	ride.Watch = nil
	return ride, nil
}

// alike reports a decision that came out differently the second time.
func alike(past, again *trace.Trace, i int) error {
	if i >= len(past.Records) {
		if again.End != past.End {
			return errors.New("the end came out differently the second time: the driver does not repeat")
		}
		return nil
	}
	if len(again.Records) != i+1 || again.Records[i] != past.Records[i] {
		return fmt.Errorf("decision %d came out differently the second time: the driver does not repeat", i)
	}
	return nil
}

// past returns the trace so far, without its header.
func (t *Tape) past() *trace.Trace {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.trace.Clone()
}
