package timeline

import (
	"errors"
	"fmt"
	"io"

	"roadloop"
	"roadloop/scenarios/metrics"
	"roadloop/scenarios/runner"
	"roadloop/sim"
	"roadloop/sim/clock"
	"roadloop/sim/vehicle"
	"roadloop/trace"
)

// Mismatch is the first decision at which the world differs from the recorded one.
type Mismatch struct {
	Decision int // the number of decisions for the end of the drive
	Time     clock.Tick
}

// Error returns a message with the time.
func (m *Mismatch) Error() string {
	return fmt.Sprintf("the world at %v differs from the recorded one", m.Time)
}

const (
	// snapshotPeriod is the minimum number of decisions between snapshots.
	snapshotPeriod = 20
	// maxSnapshots limits the snapshots of long drives.
	maxSnapshots = 1000
)

// Resim is the re-simulation of a recorded drive, with a drive log and a verdict. It is not
// safe for concurrent use.
type Resim struct {
	rec       *metrics.Recorder
	commands  *CommandLog
	plan      *runner.Spec
	period    int          // decisions between snapshots
	snapshots []*sim.World // at decisions 0, period, 2·period …

	latest   *sim.World // the last simulated world, at decision len(digests)
	events   []sim.Event
	chain    chain
	digests  []trace.Digest // of the worlds that equal the recorded ones
	step     roadloop.Step
	ended    error // why Next has nothing more
	digester trace.Digester

	now *sim.World // the last result of At
}

// NewResim builds the world of a recorded drive. It returns an error for a scenario that does
// not compile.
func NewResim(commands *CommandLog) (*Resim, error) {
	plan, err := compile(&commands.Header)
	if err != nil {
		return nil, err
	}
	world, err := sim.New(plan.Drive.World)
	if err != nil {
		return nil, fmt.Errorf("building the world: %w", err)
	}
	rec := metrics.NewRecorder(&plan.Drive, plan.Names, plan.FirstTraffic)
	return &Resim{rec: rec, commands: commands, plan: plan, latest: world, now: world.Clone(), period: max(snapshotPeriod, len(commands.Commands)/maxSnapshots)}, nil
}

// Plan returns the case of the drive; the caller must not change it.
func (r *Resim) Plan() *runner.Spec { return r.plan }

// Len returns the number of recorded decisions.
func (r *Resim) Len() int { return len(r.commands.Commands) }

// Checked returns the number of decisions so far at which the world equals the recorded
// one.
func (r *Resim) Checked() int { return len(r.digests) }

// Digests returns the hashes of the worlds at these decisions. The caller must not
// change them.
func (r *Resim) Digests() []trace.Digest { return r.digests }

// Next simulates to the next decision, checks the world there, records the step and returns
// it; the next call overwrites it. A drive that used all of its time has one more step,
// its end, which is checked if the trace has its hash; old traces have none. After the
// last step the error is io.EOF. From a different world on it is a *Mismatch.
func (r *Resim) Next() (*roadloop.Step, error) {
	step, err := r.next()
	if err == nil {
		r.rec.Record(step, nil)
	}
	return step, err
}

// next is Next without the record.
func (r *Resim) next() (*roadloop.Step, error) {
	if r.ended != nil {
		return nil, r.ended
	}
	i := len(r.digests)
	if i > 0 {
		r.advance(r.commands.Commands[i-1])
	}
	if i == r.Len() {
		return r.finish()
	}
	d, same := r.check(i)
	if !same {
		r.ended = &Mismatch{Decision: i, Time: r.latest.Time()}
		return nil, r.ended
	}
	if i%r.period == 0 {
		r.snapshots = append(r.snapshots, r.latest.Clone())
	}
	r.digests = append(r.digests, d)
	r.step = roadloop.Step{Time: r.latest.Time(), World: r.latest, Events: r.events,
		Decision: roadloop.Decision{Command: r.commands.Commands[i]}}
	return &r.step, nil
}

// Advance simulates at most n more steps and reports whether there are more. From a
// different world on the error is a *Mismatch.
func (r *Resim) Advance(n int) (more bool, err error) {
	for range n {
		switch _, err := r.Next(); {
		case errors.Is(err, io.EOF):
			return false, nil
		case err != nil:
			return false, err
		}
	}
	return true, nil
}

// Outcome returns the result of the drive so far: the drive log without the driver's
// beliefs, the metrics and, after the last step, the verdict.
func (r *Resim) Outcome() *runner.Outcome {
	out := &runner.Outcome{Case: r.plan.Case, Spec: r.plan, Log: r.rec.Log(), Preventability: runner.Preventability{Preventable: true},
		Trace: &trace.Trace{Header: r.commands.Header}}
	if len(out.Log.Steps) > 0 {
		out.Verdict, out.Measures = r.plan.Examine(out.Log)
	}
	if !errors.Is(r.ended, io.EOF) {
		out.Verdict = runner.Verdict{}
	}
	return out
}

// check compares the latest world with check i and returns its hash.
func (r *Resim) check(i int) (d trace.Digest, same bool) {
	d = r.digester.World(r.latest)
	same = r.chain.add(d) == r.commands.Checks[i] && (i < len(r.commands.Checks)-1 || r.chain == r.commands.Seal)
	return d, same
}

// advance simulates the latest world for one decision period.
func (r *Resim) advance(command vehicle.Command) {
	r.events = r.events[:0]
	for range clock.DriverPeriod {
		r.events = append(r.events, r.latest.Step(command)...)
	}
}

// finish returns the end of a drive that used all of its time, and io.EOF for one that
// ended earlier.
func (r *Resim) finish() (*roadloop.Step, error) {
	if i := r.Len(); i < len(r.commands.Checks) {
		if _, same := r.check(i); !same {
			r.ended = &Mismatch{Decision: i, Time: r.latest.Time()}
			return nil, r.ended
		}
	}
	r.ended = io.EOF
	if r.Len() == 0 || r.latest.Time() < r.plan.Drive.Duration {
		return nil, r.ended
	}
	r.step.Time, r.step.Events = r.latest.Time(), r.events
	return &r.step, nil
}

// Last returns the time of the last checked decision, -DriverPeriod if there is none.
func (r *Resim) Last() clock.Tick { return clock.Tick(len(r.digests)-1) * clock.DriverPeriod }

// At returns the world at a time, which the next call overwrites. The time is clamped to
// the checked part of the drive. If already the first world differs, the error is that
// of Next.
func (r *Resim) At(t clock.Tick) (*sim.World, error) {
	if len(r.digests) == 0 {
		if _, err := r.Next(); err != nil {
			return nil, err
		}
	}
	t = max(0, min(t, r.Last()))
	snapshot := min(int(t/clock.DriverPeriod)/r.period, len(r.snapshots)-1)
	if now := r.now.Time(); t < now || r.snapshots[snapshot].Time() > now {
		r.now = r.snapshots[snapshot].Clone()
	}
	for r.now.Time() < t {
		r.now.Step(r.commands.Commands[r.now.Time()/clock.DriverPeriod])
	}
	return r.now, nil
}
