package timeline_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"roadloop"
	"roadloop/scenarios/drivetest"
	"roadloop/scenarios/runner"
	"roadloop/scenarios/timeline"
	"roadloop/sim/clock"
	"roadloop/sim/sensor"
	"roadloop/sim/vehicle"
	"roadloop/trace"
)

// withOverride drives a case: one second by the driver, two seconds of a braking
// override, and then the driver again up to the number of frames.
func withOverride(t *testing.T, frames int) *timeline.Timeline {
	t.Helper()
	tp := sign(begin(t, "cut-in/3", nil), runner.Oracle)
	until(t, tp, 20, nil)
	until(t, tp, 60, &vehicle.Command{Steer: .002, Accel: -4})
	until(t, tp, frames, nil)
	return tp
}

// An override moves the car and is recorded, and the trace re-simulates to the same
// bytes, complete or cut off.
func TestOverrideIsRecorded(t *testing.T) {
	for _, frames := range []int{45, all} {
		tp := withOverride(t, frames)
		if f := tp.StepAt(30); !f.Overridden || f.Command.Accel != -4 || f.Decided.Accel == -4 {
			t.Errorf("with override: %+v", f.Command)
		}
		if f := tp.StepAt(10); f.Overridden || f.Command != f.Decided {
			t.Errorf("without override: %+v", f.Command)
		}
		before, after := tp.StepAt(20).World.Ego().State.Speed, tp.StepAt(44).World.Ego().State.Speed
		if before-after < 3.5 {
			t.Errorf("the override braked from %.1f to %.1f m/s", before, after)
		}
		verifies(t, tp, nil)
		if cut := frames != all; tp.Trace().Header.Cut != cut || !tp.Log().Steps[30].Overridden {
			t.Errorf("cut: %v", tp.Trace().Header.Cut)
		}
	}
}

// A trace opens as a tape that repeats it, overrides included, up to a new override.
func TestOpenResimulatesTrace(t *testing.T) {
	tp := withOverride(t, 90)
	again, err := timeline.Open(tp.Trace(), crews(t, nil))
	if err != nil {
		t.Fatal(err)
	}
	if n := again.Recorded(); n != 90 || tp.Recorded() != 0 {
		t.Errorf("%d frames are recorded, and %d of a drive that follows no trace", n, tp.Recorded())
	}
	until(t, again, 90, nil)
	if !bytes.Equal(encode(t, tp), encode(t, again)) {
		t.Error("the traces differ")
	}
	leave, err := timeline.Open(tp.Trace(), crews(t, nil))
	if err != nil {
		t.Fatal(err)
	}
	until(t, leave, 30, nil)
	if leave.Recorded() != 90 {
		t.Errorf("%d frames are recorded", leave.Recorded())
	}
	until(t, leave, 31, &vehicle.Command{Accel: 1})
	until(t, leave, 40, nil)
	if leave.StepAt(25).Command.Accel != -4 || leave.StepAt(30).Command.Accel != 1 || leave.StepAt(31).Overridden {
		t.Error("an override does not leave the trace")
	}
	if leave.Recorded() != 0 {
		t.Error("frames are recorded of a drive that left its trace")
	}
	whole := withOverride(t, all)
	if again, err = timeline.Open(whole.Trace(), crews(t, nil)); err != nil || again.Recorded() != whole.Len() {
		t.Errorf("%d frames are recorded of a drive with %d (%v)", again.Recorded(), whole.Len(), err)
	}
}

// Disagreements lists the brake that the driver would not have made, and nothing if the human
// follows the driver.
func TestShadowListsDisagreements(t *testing.T) {
	tp := withOverride(t, 90)
	limits := timeline.DefaultThresholds()
	got := tp.Disagreements(limits)
	if len(got) == 0 {
		t.Fatal("no disagreement about a brake of 4 m/s²")
	}
	d := got[0]
	if d.From < 20*clock.DriverPeriod || d.To >= 60*clock.DriverPeriod || !d.Longitudinal || d.Override.Accel != -4 || d.Driver.Accel < -2.5 || d.Reason == "" {
		t.Errorf("%v %+v", d, d)
	}
	limits.Accel, limits.Steer = 100, 100
	if got := tp.Disagreements(limits); len(got) > 0 {
		t.Errorf("beyond all thresholds: %v", got)
	}
	obey := sign(begin(t, "cut-in/3", nil), runner.Oracle)
	until(t, obey, 1, nil)
	for obey.Len() < 60 { // one decision late, as a human who follows the driver's advice
		c := obey.StepAt(obey.Len() - 1).Decided
		until(t, obey, obey.Len()+1, &c)
	}
	if got := obey.Disagreements(timeline.DefaultThresholds()); len(got) > 0 {
		t.Errorf("a human who follows the driver: %v", got)
	}
}

// A recording is saved during the drive, and once more at the end.
func TestRecordingIsSavedDuringDrive(t *testing.T) {
	path := filepath.Join(t.TempDir(), "drives", "one.trace")
	tp := sign(begin(t, "cut-in/3", nil), runner.Oracle)
	r := timeline.Record(tp, path)
	for more := true; more; {
		var err error
		if more, err = tp.Step(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		r.Tick()
		if tp.Len() == 150 { // the save may still be in progress: a crash may lose it
			r.Wait()
			if got := saved(t, path); len(got.Records) < 60 || !got.Header.Cut {
				t.Errorf("after 150 decisions %d are saved", len(got.Records))
			}
		}
	}
	if err := errors.Join(r.Close(), r.Err()); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(data, encode(t, tp)) {
		t.Errorf("the end is not saved: %v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".*")); len(left) > 0 {
		t.Errorf("left over: %v", left)
	}
	bad := timeline.Record(tp, filepath.Join(path, "below a file"))
	bad.Tick()
	bad.Wait()
	if bad.Err() == nil || bad.Close() == nil {
		t.Error("no error for a recording that cannot be saved")
	}
}

func saved(t *testing.T, path string) *trace.Trace {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	recorded, err := trace.Read(f)
	if err != nil {
		t.Fatal(err)
	}
	return recorded
}

// failingDriver is a driver that fails after some decisions.
type failingDriver struct{ left int }

func (d *failingDriver) Drive(context.Context, *sensor.Observation) (roadloop.Decision, error) {
	if d.left--; d.left < 0 {
		return roadloop.Decision{}, errors.New("driver failed")
	}
	return roadloop.Decision{}, nil
}
func (d *failingDriver) Clone() roadloop.Driver { return &failingDriver{d.left} }
func (d *failingDriver) Stack() *roadloop.Stack { return nil }

// After the driver failed, the past can be saved and forked.
func TestFailingDriverKeepsPast(t *testing.T) {
	p := drivetest.Plan(t, "cut-in/3")
	tp, err := timeline.New(p, func(*roadloop.Case) (roadloop.Driver, bool, error) { return &failingDriver{20}, false, nil })
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "failed.trace")
	r := timeline.Record(tp, path)
	for more := true; more; {
		more, err = tp.Step(t.Context(), nil)
		r.Tick()
	}
	r.Wait()
	if err == nil || tp.Err() == nil || !tp.Over() || tp.Len() != 20 || tp.StepAt(19) == nil {
		t.Errorf("%v, %d frames", err, tp.Len())
	}
	if n := len(saved(t, path).Records); n != 20 {
		t.Errorf("%d decisions are saved", n)
	}
	f, err := tp.Fork(t.Context(), 15, timeline.Handover{DriverID: trace.DriverID{Name: "fsm", Perception: runner.Oracle}, Factory: drivetest.Factory(t, "fsm", nil)})
	if err != nil {
		t.Fatal(err)
	}
	if until(t, f, 40, nil); f.Len() != 40 {
		t.Errorf("another driver comes to frame %d", f.Len())
	}
}
