package timeline_test

import (
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"roadloop/perception"
	"roadloop/scenarios"
	"roadloop/scenarios/drivetest"
	"roadloop/scenarios/runner"
	"roadloop/scenarios/timeline"
	"roadloop/sim/vehicle"
)

// begin starts the tape of a case, with the oracle if detector is nil.
func begin(t testing.TB, id string, detector perception.Detector) *timeline.Timeline {
	t.Helper()
	c, err := scenarios.FindCase(id)
	if err != nil {
		t.Fatal(err)
	}
	return beginCase(t, c, detector)
}

func beginCase(t testing.TB, c *scenarios.Case, detector perception.Detector) *timeline.Timeline {
	t.Helper()
	p, err := runner.Compile(c)
	if err != nil {
		t.Fatal(err)
	}
	tp, err := timeline.New(p, drivetest.Driver(detector))
	if err != nil {
		t.Fatal(err)
	}
	return tp
}

// until drives to the number of frames, or to the end.
func until(t testing.TB, tp *timeline.Timeline, frames int, override *vehicle.Command) {
	t.Helper()
	for tp.Len() < frames {
		more, err := tp.Step(t.Context(), override)
		if err != nil {
			t.Fatal(err)
		}
		if !more {
			return
		}
	}
}

const all = 1 << 30

func encode(t testing.TB, tp *timeline.Timeline) []byte {
	t.Helper()
	data, err := tp.Trace().Encode()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// A fork without a change repeats the original: every layer of every decision has the
// same bytes, and the verdict is the same.
func TestForkWithoutChangeIsTheSame(t *testing.T) {
	for _, c := range []struct {
		id       string
		detector bool
		frames   int
		at       []int
	}{
		{"cut-in/3", false, all, []int{0, 61, 128}},
		{"red-light/1", true, 70, []int{13, 40}},
	} {
		var detector perception.Detector
		if c.detector {
			detector = drivetest.Detector(t)
		}
		whole := begin(t, c.id, detector)
		until(t, whole, c.frames, nil)
		want := encode(t, whole)
		for _, at := range append(c.at, whole.Len()-2) {
			f, err := whole.Fork(t.Context(), at)
			if err != nil {
				t.Fatal(err)
			}
			if f.Len() != at {
				t.Errorf("%s: a fork at %d has %d frames", c.id, at, f.Len())
			}
			until(t, f, c.frames, nil)
			if d, parted := timeline.Diverge(whole, f); parted || string(encode(t, f)) != string(want) {
				t.Errorf("%s forked at %d: %v %v", c.id, at, parted, d)
			}
			if d := cmp.Diff(whole.Verdict(), f.Verdict()); d != "" {
				t.Errorf("%s forked at %d: %s", c.id, at, d)
			}
		}
	}
}

// Re-simulated frames equal the original ones.
func TestResimulatedFramesAreEqual(t *testing.T) {
	tp := begin(t, "cut-in/3", drivetest.Detector(t))
	var first []*timeline.Step
	for more := true; more && tp.Len() < 60; {
		var err error
		if more, err = tp.Step(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		first = append(first, tp.StepAt(tp.Len()-1))
	}
	f, err := tp.Fork(t.Context(), tp.Len())
	if err != nil {
		t.Fatal(err)
	}
	timeline.Forget(f)
	var wait sync.WaitGroup
	for i := range first {
		wait.Go(func() { same(t, i, f.StepAt(i), first[i]) })
	}
	wait.Wait()
	if f.StepAt(-1) != nil || f.StepAt(len(first)) != nil {
		t.Error("there are frames outside of the tape")
	}
}

func same(t *testing.T, i int, got, want *timeline.Step) {
	if got == nil || got == want {
		t.Errorf("frame %d was not re-simulated: %p", i, got)
		return
	}
	a, b := got.World.AppendState(nil), want.World.AppendState(nil)
	got.World, want.World = nil, nil
	if d := cmp.Diff(want, got); d != "" || string(a) != string(b) {
		t.Errorf("re-simulated frame %d differs: %s", i, d)
	}
}

// Between two decisions the world is simulated as in the drive: five ticks after a
// decision it equals the next frame, with and without override.
func TestWorldAtAnyTick(t *testing.T) {
	tp := begin(t, "cut-in/3", nil)
	until(t, tp, 10, nil)
	until(t, tp, 20, &vehicle.Command{Accel: -2})
	for i := range tp.Len() - 1 {
		w, next := tp.World(tp.StepAt(i).Time+3), tp.StepAt(i+1)
		for w.Time() < next.Time {
			w.Step(tp.StepAt(i).Command)
		}
		if string(w.AppendState(nil)) != string(next.World.AppendState(nil)) {
			t.Fatalf("the world after decision %d is not that of the next", i)
		}
	}
	last := tp.StepAt(19).Time
	if tp.World(last+5) == nil || tp.World(last+6) != nil || tp.World(-1) != nil {
		t.Error("the tape has worlds beyond its present, or not up to it")
	}
}

// Two forks may be driven concurrently, while other goroutines read them, and agree to
// the byte with a fork that is driven alone.
func TestConcurrentForks(t *testing.T) {
	tp := begin(t, "cut-in/3", drivetest.Detector(t))
	until(t, tp, 12, nil)
	brake := timeline.Speed{Actor: "cutter", Speed: 8}
	var forks [3]*timeline.Timeline
	for i := range forks {
		var err error
		if forks[i], err = tp.Fork(t.Context(), 11, brake); err != nil {
			t.Fatal(err)
		}
	}
	var wait sync.WaitGroup
	for _, f := range append(forks[:2:2], tp) {
		wait.Go(func() {
			for f.Len() < 24 {
				if _, err := f.Step(t.Context(), nil); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wait.Go(func() {
		for i := range 12 {
			timeline.Forget(forks[0])
			_, _, _ = forks[0].StepAt(i%11), tp.Verdict(), forks[1].Disagreements(timeline.DefaultThresholds())
		}
	})
	wait.Wait()
	until(t, forks[2], 24, nil)
	for i, f := range forks[:2] {
		if string(encode(t, f)) != string(encode(t, forks[2])) {
			t.Errorf("fork %d differs from the one that was driven alone", i)
		}
	}
}

// The verdict of a tape is that of its ride: it fails on the first violation and names
// it.
func TestVerdictFollowsTheDrive(t *testing.T) {
	tp := begin(t, "cut-in/3", nil)
	if v := tp.Verdict(); v.Passed || v.Reason != "" {
		t.Errorf("before the start: %+v", v)
	}
	until(t, tp, 30, nil)
	if v := tp.Verdict(); v.Passed { // it has not come far enough
		t.Errorf("after a second and a half: %+v", v)
	}
	until(t, tp, all, &vehicle.Command{Steer: .1, Accel: 1})
	want := tp.Plan().Judge(tp.Log())
	if v := tp.Verdict(); !tp.Over() || v.Passed || cmp.Diff(want, v) != "" || tp.Len() > 200 {
		t.Errorf("off the road: %+v, want %+v", v, want)
	}
}
