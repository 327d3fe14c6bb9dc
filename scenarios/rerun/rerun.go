// Package rerun lets recorded drives happen again. A world is determined by its
// scenario and the commands of its driver, both of which a trace holds: so the world
// is simulated once more, without the driver, and its state at every decision is
// compared with the hash that the trace keeps of it. Nothing is taken for what was
// recorded that was not found equal.
//
// It needs neither sensors nor networks, and works in a browser: a Reel is the part of
// a trace that this takes, in a few kilobytes.
package rerun

import (
	"fmt"
	"io"

	"roadloop"
	"roadloop/scenarios"
	"roadloop/sim"
	"roadloop/sim/clock"
	"roadloop/sim/vehicle"
	"roadloop/trace"
)

// Mismatch is the first decision at which the world is another than the recorded one.
type Mismatch struct {
	Decision int // as many as there are for the end of the drive
	Time     clock.Tick
}

// Error says when.
func (m *Mismatch) Error() string {
	return fmt.Sprintf("at %v the world is another than the recorded one", m.Time)
}

const (
	// keyPeriod is the number of decisions from one snapshot to the next, at least.
	keyPeriod = 20
	// maxKeys bounds the snapshots of long drives.
	maxKeys = 1000
)

// Rerun is a recorded drive that happens again. It is not safe for concurrent use.
type Rerun struct {
	reel   *Reel
	plan   *scenarios.Plan
	period int          // decisions between snapshots
	keys   []*sim.World // at decisions 0, period, 2·period …

	front    *sim.World // the world as far as it was simulated, at decision len(digests)
	events   []sim.Event
	chain    chain
	digests  []trace.Digest // of the worlds found equal to the recorded ones
	moment   roadloop.Step
	ended    error // why Next has nothing more
	digester trace.Digester

	now *sim.World // what At showed last
}

// New builds the world of a recorded drive. It fails for a scenario that cannot be
// compiled.
func New(reel *Reel) (*Rerun, error) {
	c, err := scenarios.RecordedCase(&reel.Header)
	if err != nil {
		return nil, err
	}
	plan, err := c.Compile()
	if err != nil {
		return nil, fmt.Errorf("the scenario in the trace: %w", err)
	}
	plan.Timeout = reel.Header.Timeout
	world, err := sim.New(plan.Drive.World)
	if err != nil {
		return nil, fmt.Errorf("building the world: %w", err)
	}
	return &Rerun{reel: reel, plan: plan, front: world, now: world.Clone(), period: max(keyPeriod, len(reel.Commands)/maxKeys)}, nil
}

// Plan returns what is driven; the caller must not change it.
func (r *Rerun) Plan() *scenarios.Plan { return r.plan }

// Len returns the number of recorded decisions.
func (r *Rerun) Len() int { return len(r.reel.Commands) }

// Checked returns how many decisions, from the first on, were found in the same world
// as the recorded ones.
func (r *Rerun) Checked() int { return len(r.digests) }

// Digests returns the hashes of the worlds at these decisions. The caller must not
// change them.
func (r *Rerun) Digests() []trace.Digest { return r.digests }

// Next simulates on to the next decision, checks the world there and returns the
// moment, which the next call overwrites. A drive whose time was over has one moment
// more, its end, which is checked where the trace tells its hash; those of before there
// were such do not. After the last moment the error is io.EOF; from where the world differs on it is a
// *Mismatch.
func (r *Rerun) Next() (*roadloop.Step, error) {
	if r.ended != nil {
		return nil, r.ended
	}
	i := len(r.digests)
	if i > 0 {
		r.advance(r.reel.Commands[i-1])
	}
	if i == r.Len() {
		return r.finish()
	}
	d, same := r.check(i)
	if !same {
		r.ended = &Mismatch{Decision: i, Time: r.front.Time()}
		return nil, r.ended
	}
	if i%r.period == 0 {
		r.keys = append(r.keys, r.front.Clone())
	}
	r.digests = append(r.digests, d)
	r.moment = roadloop.Step{Time: r.front.Time(), World: r.front, Events: r.events,
		Decision: roadloop.Decision{Command: r.reel.Commands[i]}}
	return &r.moment, nil
}

// check compares the front with check number i and returns its hash.
func (r *Rerun) check(i int) (d trace.Digest, same bool) {
	d = r.digester.World(r.front)
	same = r.chain.add(d) == r.reel.Checks[i] && (i < len(r.reel.Checks)-1 || r.chain == r.reel.Seal)
	return d, same
}

// advance moves the front on by one decision.
func (r *Rerun) advance(command vehicle.Command) {
	r.events = r.events[:0]
	for range clock.DriverPeriod {
		r.events = append(r.events, r.front.Step(command)...)
	}
}

// finish returns the end of a drive whose time was over, io.EOF for one that ended
// earlier.
func (r *Rerun) finish() (*roadloop.Step, error) {
	if i := r.Len(); i < len(r.reel.Checks) {
		if _, same := r.check(i); !same {
			r.ended = &Mismatch{Decision: i, Time: r.front.Time()}
			return nil, r.ended
		}
	}
	r.ended = io.EOF
	if r.Len() == 0 || r.front.Time() < r.plan.Drive.Duration {
		return nil, r.ended
	}
	r.moment.Time, r.moment.Events = r.front.Time(), r.events
	return &r.moment, nil
}

// Last returns the time of the last decision that was found in the same world as the
// recorded one, -DriverPeriod where none was.
func (r *Rerun) Last() clock.Tick { return clock.Tick(len(r.digests)-1) * clock.DriverPeriod }

// At returns the world at a time, which the next call overwrites. Times before and
// after what was simulated and found equal so far give the first and the last of these
// worlds. The error is that of Next when the world differs from the start on.
func (r *Rerun) At(t clock.Tick) (*sim.World, error) {
	if len(r.digests) == 0 {
		if _, err := r.Next(); err != nil {
			return nil, err
		}
	}
	t = max(0, min(t, r.Last()))
	key := min(int(t/clock.DriverPeriod)/r.period, len(r.keys)-1)
	if now := r.now.Time(); t < now || r.keys[key].Time() > now {
		r.now = r.keys[key].Clone()
	}
	for r.now.Time() < t {
		r.now.Step(r.reel.Commands[r.now.Time()/clock.DriverPeriod])
	}
	return r.now, nil
}
