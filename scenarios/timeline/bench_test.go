package timeline_test

import (
	"os"
	"runtime"
	"testing"

	"roadloop/scenarios"
	"roadloop/scenarios/drivetest"
	"roadloop/scenarios/timeline"
)

// twoMinutes drives two minutes in town among 22 others with the network in the loop.
func twoMinutes(b *testing.B) *timeline.Timeline {
	b.Helper()
	const path = "../../bench/two-minutes.yaml"
	text, err := os.ReadFile(path)
	if err != nil {
		b.Fatal(err)
	}
	s, err := scenarios.Parse(path, text)
	if err != nil {
		b.Fatal(err)
	}
	c, err := s.Case(1)
	if err != nil {
		b.Fatal(err)
	}
	tp := beginCase(b, c, drivetest.Detector(b))
	until(b, tp, all, nil)
	return tp
}

// BenchmarkRewind rewinds a drive of two minutes with the network in the loop to
// decisions that are not cached and as far as possible from a checkpoint. held-MB is the
// memory of the whole tape.
func BenchmarkRewind(b *testing.B) {
	before := held()
	tp := twoMinutes(b)
	size := held() - before
	for i := 0; b.Loop(); i++ {
		timeline.Forget(tp)
		if f := tp.StepAt(timeline.CheckpointEvery - 1 + timeline.CheckpointEvery*(37*i%(tp.Len()/timeline.CheckpointEvery))); f == nil {
			b.Fatal("a frame is lost")
		}
	}
	b.ReportMetric(float64(size)/1e6, "held-MB")
	b.ReportMetric(float64(tp.Len()), "frames")
}

// BenchmarkForkAndCompare forks a drive of two minutes, drives the fork for a second
// with the lead at walking speed, and finds the layer in which the two diverge.
func BenchmarkForkAndCompare(b *testing.B) {
	tp := twoMinutes(b)
	change := timeline.Speed{Actor: tp.Plan().Names[1], Speed: 1}
	for i := 0; b.Loop(); i++ {
		at := timeline.CheckpointEvery - 1 + timeline.CheckpointEvery*(37*i%(tp.Len()/timeline.CheckpointEvery-5))
		f, err := tp.Fork(b.Context(), at, change)
		if err != nil {
			b.Fatal(err)
		}
		until(b, f, at+20, nil)
		if _, parted := timeline.Diverge(tp, f); !parted {
			b.Fatalf("the fork at %d does not diverge", at)
		}
	}
}

// BenchmarkCourse queries twenty times after each decision of a drive, as a window at 60
// frames a second does in slow motion. The first query simulates up to the next decision.
func BenchmarkCourse(b *testing.B) {
	const moments = 20
	tp := twoMinutes(b)
	var course timeline.Interpolator
	f, first := tp.StepAt(0), max(0, tp.Len()-100) // the last ones are at hand
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if i%moments == 0 {
			f = tp.StepAt(first + i/moments%(tp.Len()-first))
		}
		if users, _, _ := course.At(f, (float64(i%moments)+.5)/moments); len(users) == 0 {
			b.Fatal("no road users")
		}
	}
}

// held returns the memory in use, bytes.
func held() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
