package imitation_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"roadloop/scenarios/drivetest"
	"roadloop/scenarios/imitation"
	"roadloop/scenarios/runner"
	"roadloop/scenarios/timeline"
	"roadloop/sim/vehicle"
	"roadloop/trace"
)

// drive drives a case for a number of decisions, the last ten of them by a human.
func drive(t *testing.T, id, perception string, frames int) *trace.Trace {
	t.Helper()
	p := drivetest.Plan(t, id)
	crew, err := crews(t)(trace.DriverID{Name: runner.Stack, Perception: perception})
	if err != nil {
		t.Fatal(err)
	}
	tp, err := timeline.New(p, crew.Driver)
	if err != nil {
		t.Fatal(err)
	}
	tp.SetDriverID(trace.DriverID{Name: runner.Stack, Perception: perception})
	for tp.Len() < frames {
		var override *vehicle.Command
		if tp.Len() >= frames-10 {
			override = &vehicle.Command{Steer: .01, Accel: -1}
		}
		if _, err := tp.Step(t.Context(), override); err != nil {
			t.Fatal(err)
		}
	}
	return tp.Trace()
}

func crews(t *testing.T) timeline.OpenDriver {
	return func(d trace.DriverID) (runner.DriverFactory, error) {
		if d.Perception == runner.Oracle {
			return drivetest.Factory(t, d.Name, nil), nil
		}
		return drivetest.Factory(t, d.Name, drivetest.Detector(t)), nil
	}
}

// read reads the lines of a demonstration.
func read(t *testing.T, dir string) (frames []imitation.Frame) {
	t.Helper()
	f, err := os.Open(filepath.Join(dir, "frames.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var x imitation.Frame
		if err := json.Unmarshal(lines.Bytes(), &x); err != nil {
			t.Fatal(err)
		}
		frames = append(frames, x)
	}
	return frames
}

// A demonstration has an image and a line for every decision with an image, with the
// executed command of the trace. With an oracle the images are those that the camera of
// the car would have taken.
func TestWriteDemonstration(t *testing.T) {
	for _, perception := range []string{runner.CNN, runner.Oracle} {
		trace := drive(t, "unprotected-left/1", perception, 30)
		dir := filepath.Join(t.TempDir(), "demonstration")
		if err := imitation.Write(t.Context(), trace, crews(t), dir, imitation.Options{}); err != nil {
			t.Fatal(err)
		}
		frames := read(t, dir)
		if len(frames) < 27 || len(frames) > 29 {
			t.Fatalf("%s: %d lines of 30 decisions, the first of which has no picture yet", perception, len(frames))
		}
		for _, f := range frames {
			want := trace.Records[f.Decision].Command
			override, held := trace.OverrideAt(f.Decision)
			if held {
				want = override
			}
			if (vehicle.Command{Steer: f.Steer, Accel: f.Accel}) != want || f.Hands != held || f.Exposed >= f.Time || f.Speed <= 0 {
				t.Errorf("%s: %+v, the trace has %+v", perception, f, want)
			}
			if len(f.Ahead) != 6 || math.Abs(f.Ahead[0][0]-5) > .1 || math.Abs(f.Ahead[5][1]) > 1 {
				t.Errorf("%s: on a straight road: %+v", perception, f.Hint)
			}
			picture(t, filepath.Join(dir, f.Picture))
		}
		if first, last := frames[0].Hint, frames[len(frames)-1].Hint; first.Go != "follow" || last.Go != "left" || last.In < 50 || last.In > 60 {
			t.Errorf("the junction comes within 60 m: %+v, then %+v", first, last)
		}
		about(t, dir, len(frames))
	}
}

// picture checks the size of an image and that it has more than one color.
func picture(t *testing.T, path string) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	im, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	if b := im.Bounds(); b.Dx() != 320 || b.Dy() != 192 || im.At(160, 10) == im.At(160, 180) {
		t.Errorf("%s: %v", path, b)
	}
}

func about(t *testing.T, dir string, frames int) {
	t.Helper()
	var a imitation.Metadata
	data, err := os.ReadFile(filepath.Join(dir, "demonstration.json"))
	if err == nil {
		err = json.Unmarshal(data, &a)
	}
	if err != nil || a.Schema != imitation.Schema || a.Frames != frames || a.ByHand != 10 || !a.Cut || a.Camera.Fx == 0 {
		t.Errorf("%v: %+v", err, a)
	}
}

// After an interruption the written lines stay, and each has an image.
func TestInterruptedWriteKeepsFrames(t *testing.T) {
	trace := drive(t, "cut-in/3", runner.Oracle, 40)
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	err := imitation.Write(ctx, trace, crews(t), dir, imitation.Options{Done: func(n int) {
		if n == 20 {
			cancel()
		}
	}})
	if !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	frames := read(t, dir)
	if len(frames) < 15 || len(frames) > 20 {
		t.Errorf("%d lines after 20 decisions", len(frames))
	}
	for _, f := range frames {
		picture(t, filepath.Join(dir, f.Picture))
	}
	if _, err := os.Stat(filepath.Join(dir, "demonstration.json")); err == nil {
		t.Error("an interrupted demonstration has a demonstration.json")
	}
	if err := imitation.Write(t.Context(), trace, crews(t), dir, imitation.Options{}); err == nil || !strings.Contains(err.Error(), "is not empty") {
		t.Errorf("writing into a folder that is not empty: %v", err)
	}
}

// A part of a drive has the same lines as the complete drive, and is marked as cut.
func TestWritePartOfDrive(t *testing.T) {
	trace := drive(t, "cut-in/3", runner.Oracle, 30)
	whole, part := t.TempDir(), t.TempDir()
	if err := imitation.Write(t.Context(), trace, crews(t), whole, imitation.Options{}); err != nil {
		t.Fatal(err)
	}
	driven := 0
	if err := imitation.Write(t.Context(), trace, crews(t), part, imitation.Options{First: 10, Decisions: 12, Done: func(n int) { driven = n }}); err != nil {
		t.Fatal(err)
	}
	var want []imitation.Frame
	for _, f := range read(t, whole) {
		if f.Decision >= 10 && f.Decision < 22 {
			want = append(want, f)
		}
	}
	if d := cmp.Diff(want, read(t, part)); d != "" || len(want) != 12 || driven != 22 {
		t.Errorf("%d decisions driven, want 22, and 12 lines: %s", driven, d)
	}
	data, err := os.ReadFile(filepath.Join(part, "demonstration.json"))
	if err != nil || !strings.Contains(string(data), `"cut": true`) || !strings.Contains(string(data), `"frames": 12`) {
		t.Errorf("%v: %s", err, data)
	}
	for _, o := range []imitation.Options{{First: -1}, {First: 30}, {Decisions: -1}, {First: math.MaxInt, Decisions: math.MaxInt}} {
		if err := imitation.Write(t.Context(), trace, crews(t), filepath.Join(t.TempDir(), "new"), o); err == nil || !strings.Contains(err.Error(), "the trace has decisions 0 to 29") {
			t.Errorf("%+v: %v", o, err)
		}
	}
}
