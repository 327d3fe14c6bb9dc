package drivedata_test

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"roadloop/scenarios/drivedata"
	"roadloop/scenarios/drivetest"
	"roadloop/scenarios/runner"
	"roadloop/scenarios/timeline"
	"roadloop/sim/clock"
	"roadloop/sim/rig"
	"roadloop/sim/vehicle"
	"roadloop/trace"
)

func TestEveryAt(t *testing.T) {
	for rate, want := range map[float64]int{20: 1, 10: 2, 5: 4, 4: 5, 2: 10, 1: 20, .5: 40} {
		if got, err := drivedata.EveryAt(rate); err != nil || got != want {
			t.Errorf("%g frames per second: every %d decisions (%v), want %d", rate, got, err, want)
		}
	}
	for _, rate := range []float64{0, -1, 3, 7, 40, math.NaN(), math.Inf(1)} {
		if got, err := drivedata.EveryAt(rate); err == nil || !strings.Contains(err.Error(), "the rate must divide the 20 decisions per second") {
			t.Errorf("%g frames per second: %d, %v", rate, got, err)
		}
	}
}

// open returns a timeline of a case with ground truth.
func open(t *testing.T, id string) *timeline.Timeline {
	t.Helper()
	factory, err := runner.NewOracleFactory()
	if err != nil {
		t.Fatal(err)
	}
	tl, err := timeline.New(drivetest.Plan(t, id), factory.Driver)
	if err != nil {
		t.Fatal(err)
	}
	tl.SetDriverID(trace.DriverID{Name: runner.Stack, Perception: runner.Oracle})
	return tl
}

// record records a drive.
func record(t *testing.T, o drivedata.Options) []rig.World {
	t.Helper()
	d, err := drivedata.Record(t.Context(), open(t, "cut-in/1"), "cut-in/1", "", o)
	if err != nil {
		t.Fatal(err)
	}
	return d.Worlds
}

// Worlds are at equal intervals, and a part of a drive has the worlds of the whole one.
func TestRecord(t *testing.T) {
	all := record(t, drivedata.Options{Every: 4})
	part := record(t, drivedata.Options{Every: 4, First: 3, Frames: 5})
	if len(part) != 5 || len(all) < 20 {
		t.Fatalf("%d frames of %d", len(part), len(all))
	}
	for i, w := range all {
		if w.Time() != clock.Tick(20*i) {
			t.Errorf("frame %d is at %v", i, w.Time())
		}
	}
	for i, w := range part {
		o := all[i+3]
		if w.Time() != o.Time() || w.Ego().State != o.Ego().State || !slices.Equal(w.Actors(), o.Actors()) {
			t.Errorf("frame %d differs from frame %d of the whole drive", i, i+3)
		}
	}
}

// A trace gives the worlds of the drive that it recorded, also where a human drove.
func TestReplay(t *testing.T) {
	tl := open(t, "cut-in/1")
	for n := range 30 {
		var override *vehicle.Command
		if n >= 10 {
			override = &vehicle.Command{Accel: -2}
		}
		if _, err := tl.Step(t.Context(), override); err != nil {
			t.Fatal(err)
		}
	}
	recorded := tl.Trace()
	factory, err := runner.NewOracleFactory()
	if err != nil {
		t.Fatal(err)
	}
	drivers := func(trace.DriverID) (runner.DriverFactory, error) { return factory, nil }
	d, err := drivedata.Replay(t.Context(), recorded, "cut-in/1", drivers, drivedata.Options{Every: 2})
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Worlds) != 15 || d.Period != .1 || !strings.Contains(d.Driver, "human") || d.Source != recorded.SHA256() {
		t.Errorf("%d worlds every %g s, driven by %s", len(d.Worlds), d.Period, d.Driver)
	}
	for i, w := range d.Worlds {
		if want := tl.StepAt(2 * i).World.Ego().State; w.Ego().State != want {
			t.Errorf("frame %d: the car is at %+v, want %+v", i, w.Ego().State, want)
		}
	}
}

func TestRecordErrors(t *testing.T) {
	if _, err := drivedata.Record(t.Context(), open(t, "cut-in/1"), "cut-in/1", "", drivedata.Options{Every: 20, First: 10000}); err == nil || !strings.Contains(err.Error(), "cut-in/1: the drive ends before frame 10000") {
		t.Errorf("a first frame after the end: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := drivedata.Record(ctx, open(t, "cut-in/1"), "cut-in/1", "", drivedata.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("canceled: %v", err)
	}
	if _, err := drivedata.Replay(t.Context(), &trace.Trace{}, "empty", nil, drivedata.Options{}); err == nil || !strings.Contains(err.Error(), "no decisions") {
		t.Errorf("an empty trace: %v", err)
	}
}
