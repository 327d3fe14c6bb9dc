package timeline

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"roadloop"
	"roadloop/scenarios/runner"
	"roadloop/sim"
	"roadloop/sim/clock"
	"roadloop/sim/vehicle"
	"roadloop/trace"
)

// checkpointEvery is the number of decisions between checkpoints. Showing a past
// decision re-simulates at most one less.
const checkpointEvery = 5

// checkpoint is a copy of the whole drive before decision at, including the driver's
// state and the sensor messages in transit. It is never stepped, only copied.
type checkpoint struct {
	at   int
	ride *runner.CaseRun
}

// addCheckpoint adds a checkpoint before decision n if one is due, or forced by a
// change. There is none at the end of the run, which has no decision.
func (t *Timeline) addCheckpoint(n int, forced bool) {
	last := t.checkpoints[len(t.checkpoints)-1].at
	if n-last < checkpointEvery && !forced || t.now.ride.Over() || t.now.ride.Session.Done() {
		return
	}
	ride := t.now.ride.Clone()
	t.mu.Lock()
	defer t.mu.Unlock()
	checkpoints := t.checkpoints
	if last == n {
		checkpoints = checkpoints[:len(checkpoints)-1]
	}
	t.checkpoints = append(slices.Clip(checkpoints), checkpoint{n, ride})
}

// checkpointBefore returns the index of the last checkpoint at or before decision i.
func checkpointBefore(checkpoints []checkpoint, i int) int {
	k := len(checkpoints) - 1
	for checkpoints[k].at > i {
		k--
	}
	return k
}

// StepAt returns frame i, nil if there is none. Frames of the last seconds, and those
// near a recently used frame, are cached. Others are re-simulated, which takes some ten
// milliseconds.
func (t *Timeline) StepAt(i int) *Step {
	if f, ok := t.look(i); ok {
		return f
	}
	t.rewinding.Lock()
	defer t.rewinding.Unlock()
	if f, ok := t.look(i); ok { // another goroutine made it meanwhile
		return f
	}
	if err := t.resimulate(i); err != nil {
		return nil
	}
	f, _ := t.look(i)
	return f
}

// World returns a copy of the true world at any tick so far, also between decisions.
// The caller may change it. It is nil for a time outside the tape.
func (t *Timeline) World(at clock.Tick) *sim.World {
	n := t.Len()
	if at < 0 || n == 0 {
		return nil
	}
	f := t.StepAt(min(int(at/clock.DriverPeriod), n-1))
	if f == nil || at-f.Time > clock.DriverPeriod || f.End && at > f.Time {
		return nil
	}
	w := f.World.Clone()
	for w.Time() < at {
		w.Step(f.Command)
	}
	return w
}

// look returns a frame from the cache. ok is false if it must be re-simulated.
func (t *Timeline) look(i int) (f *Step, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if i < 0 || i >= len(t.log.Steps) {
		return nil, true
	}
	return t.frames.find(t.checkpoints[checkpointBefore(t.checkpoints, i)].at, i)
}

// resimulate re-simulates the part of the past around decision i and caches its frames.
func (t *Timeline) resimulate(i int) error {
	t.mu.Lock()
	k := checkpointBefore(t.checkpoints, i)
	from, until := t.checkpoints[k], len(t.log.Steps)
	if k+1 < len(t.checkpoints) {
		until = t.checkpoints[k+1].at
	}
	t.mu.Unlock()
	var frames []*Step
	if _, err := t.drive(from, until, &frames); err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.frames.put(from.at, frames)
	return nil
}

// drive re-simulates the past from a checkpoint to just before decision until, checks
// that it repeats, and appends its frames to frames if non-nil.
func (t *Timeline) drive(from checkpoint, until int, frames *[]*Step) (*runner.CaseRun, error) {
	ride := from.ride.Clone()
	past := t.past()
	var override *vehicle.Command
	if frames != nil {
		ride.Watch = func(m *roadloop.Step) {
			*frames = append(*frames, capture(m, override, t.plan.Drive.Rig.FrontCamera()))
		}
	}
	for i := from.at; i < until; i++ {
		override = nil
		if c, held := past.OverrideAt(i); held {
			override = &c
		}
		if _, err := ride.StepOverride(context.Background(), override); err != nil {
			return nil, fmt.Errorf("re-simulating decision %d: %w", i, err)
		}
		if err := checkRepeats(past, ride.Session.Trace(), i); err != nil {
			return nil, err
		}
	}
	ride.Watch = nil
	return ride, nil
}

// checkRepeats returns an error if decision i differs in the re-simulation.
func checkRepeats(past, again *trace.Trace, i int) error {
	if i >= len(past.Records) {
		if again.End != past.End {
			return errors.New("the end of the drive differs when re-simulated: the driver is not deterministic")
		}
		return nil
	}
	if len(again.Records) != i+1 || again.Records[i] != past.Records[i] {
		return fmt.Errorf("decision %d differs when re-simulated: the driver is not deterministic", i)
	}
	return nil
}

// past returns the trace so far, without its header.
func (t *Timeline) past() *trace.Trace {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.trace.Clone()
}
