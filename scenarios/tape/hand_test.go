package tape_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"roadloop"
	"roadloop/scenarios"
	"roadloop/scenarios/drivetest"
	"roadloop/scenarios/tape"
	"roadloop/sim/clock"
	"roadloop/sim/sensor"
	"roadloop/sim/vehicle"
	"roadloop/trace"
)

// byHand drives a case: the driver for a second, hands that brake for two, the driver
// again until there are so many frames.
func byHand(t *testing.T, frames int) *tape.Tape {
	t.Helper()
	tp := sign(begin(t, "cut-in/3", nil), scenarios.Oracle)
	until(t, tp, 20, nil)
	until(t, tp, 60, &vehicle.Command{Steer: .002, Accel: -4})
	until(t, tp, frames, nil)
	return tp
}

// Hands move the car, the tape tells of them, and the trace drives again to the same
// bytes, whole or cut off.
func TestHandsAreRecorded(t *testing.T) {
	for _, frames := range []int{45, all} {
		tp := byHand(t, frames)
		if f := tp.Frame(30); !f.Manual || f.Command.Accel != -4 || f.Decided.Accel == -4 {
			t.Errorf("by hand: %+v", f.Command)
		}
		if f := tp.Frame(10); f.Manual || f.Command != f.Decided {
			t.Errorf("not by hand: %+v", f.Command)
		}
		before, after := tp.Frame(20).World.Ego().State.Speed, tp.Frame(44).World.Ego().State.Speed
		if before-after < 3.5 {
			t.Errorf("hands braked from %.1f to %.1f m/s", before, after)
		}
		verifies(t, tp, nil)
		if cut := frames != all; tp.Trace().Header.Cut != cut || !tp.Log().Steps[30].Manual {
			t.Errorf("cut: %v", tp.Trace().Header.Cut)
		}
	}
}

// A trace opens as a tape that does the same, hands included, until others take over.
func TestOpenDrivesTheTraceAgain(t *testing.T) {
	tp := byHand(t, 90)
	again, err := tape.Open(tp.Trace(), crews(nil))
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
	leave, err := tape.Open(tp.Trace(), crews(nil))
	if err != nil {
		t.Fatal(err)
	}
	until(t, leave, 30, nil)
	if leave.Recorded() != 90 {
		t.Errorf("%d frames are recorded", leave.Recorded())
	}
	until(t, leave, 31, &vehicle.Command{Accel: 1})
	until(t, leave, 40, nil)
	if leave.Frame(25).Command.Accel != -4 || leave.Frame(30).Command.Accel != 1 || leave.Frame(31).Manual {
		t.Error("who took the wheel does not leave the trace")
	}
	if leave.Recorded() != 0 {
		t.Error("frames are recorded of a drive that left its trace")
	}
	whole := byHand(t, all)
	if again, err = tape.Open(whole.Trace(), crews(nil)); err != nil || again.Recorded() != whole.Len() {
		t.Errorf("%d frames are recorded of a drive with %d (%v)", again.Recorded(), whole.Len(), err)
	}
}

// The shadow lists the brake that the driver would not have made, from its first to its
// last moment, and nothing where hands do as the driver would.
func TestShadowListsWhereTheyDisagree(t *testing.T) {
	tp := byHand(t, 90)
	limits := tape.DefaultThresholds()
	got := tp.Shadow(limits)
	if len(got) == 0 {
		t.Fatal("no disagreement about a brake of 4 m/s²")
	}
	d := got[0]
	if d.From < 20*clock.DriverPeriod || d.To >= 60*clock.DriverPeriod || !d.Pedals || d.Hands.Accel != -4 || d.Driver.Accel < -2.5 || d.Reason == "" {
		t.Errorf("%v %+v", d, d)
	}
	limits.Accel, limits.Steer = 100, 100
	if got := tp.Shadow(limits); len(got) > 0 {
		t.Errorf("beyond all thresholds: %v", got)
	}
	obey := sign(begin(t, "cut-in/3", nil), scenarios.Oracle)
	until(t, obey, 1, nil)
	for obey.Len() < 60 { // one decision late, as a hand that follows advice
		c := obey.Frame(obey.Len() - 1).Decided
		until(t, obey, obey.Len()+1, &c)
	}
	if got := obey.Shadow(tape.DefaultThresholds()); len(got) > 0 {
		t.Errorf("hands that obey: %v", got)
	}
}

// A recording is on the disk while the drive goes on, and its end is there in the end.
func TestRecordingIsSavedOnTheWay(t *testing.T) {
	path := filepath.Join(t.TempDir(), "drives", "one.trace")
	tp := sign(begin(t, "cut-in/3", nil), scenarios.Oracle)
	r := tape.Record(tp, path)
	for more := true; more; {
		var err error
		if more, err = tp.Step(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		r.Tick()
		if tp.Len() == 150 { // the goroutine that saves may still be at it: a crash may lose this
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
	bad := tape.Record(tp, filepath.Join(path, "below a file"))
	bad.Tick()
	bad.Wait()
	if bad.Err() == nil || bad.Close() == nil {
		t.Error("nobody tells of a recording that cannot be saved")
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

// tired is a driver that breaks after some decisions.
type tired struct{ left int }

func (d *tired) Drive(context.Context, *sensor.Observation) (roadloop.Decision, error) {
	if d.left--; d.left < 0 {
		return roadloop.Decision{}, errors.New("fell asleep")
	}
	return roadloop.Decision{}, nil
}
func (d *tired) Clone() roadloop.Driver { return &tired{d.left} }
func (d *tired) Stack() *roadloop.Stack { return nil }

// A driver that breaks loses nothing of the past, which can be saved and gone on from.
func TestADriverThatBreaksKeepsThePast(t *testing.T) {
	p := drivetest.Plan(t, "cut-in/3")
	tp, err := tape.New(p, func(*roadloop.Case) (roadloop.Driver, bool, error) { return &tired{20}, false, nil })
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "asleep.trace")
	r := tape.Record(tp, path)
	for more := true; more; {
		more, err = tp.Step(t.Context(), nil)
		r.Tick()
	}
	r.Wait()
	if err == nil || tp.Err() == nil || !tp.Over() || tp.Len() != 20 || tp.Frame(19) == nil {
		t.Errorf("%v, %d frames", err, tp.Len())
	}
	if n := len(saved(t, path).Records); n != 20 {
		t.Errorf("%d decisions are saved", n)
	}
	f, err := tp.Fork(t.Context(), 15, tape.Handover{Driver: "fsm", Perception: scenarios.Oracle, Crew: crew(t, "fsm", nil)})
	if err != nil {
		t.Fatal(err)
	}
	if until(t, f, 40, nil); f.Len() != 40 {
		t.Errorf("another driver comes to frame %d", f.Len())
	}
}
