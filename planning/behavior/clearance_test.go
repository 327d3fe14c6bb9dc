package behavior_test

import (
	"math"
	"testing"

	"roadloop/perception"
	"roadloop/planning/behavior"
	"roadloop/sim/road"
)

// ahead returns a car on the path with its tail past meters beyond the junction.
func (s *stage) ahead(past, speed float64) perception.Track {
	const length = 4.5
	p := s.path.At(s.path.Pieces[1].End + past + length/2).Pose
	return perception.Track{ID: 1, Class: perception.Car, Pose: p, Vel: p.Forward().Scale(speed), Length: length, Width: 1.8, Existence: 1}
}

// The car waits before the line unless it fits behind the queue on the other side.
func TestKeepsJunctionsClear(t *testing.T) {
	p := behavior.DefaultParams()
	for _, c := range []struct {
		name        string
		past, speed float64
		waits       bool
	}{
		{"no room", 2, 0, true},
		{"almost room", 6, 0, true},
		{"room", 4.6 + p.Standoff, 0, false},
		{"crawls, room by then", 4, 1.5, false},
		{"crawls, no room by then", -6, 0.6, true},
		{"drives on", 2, 8, false},
	} {
		s := newStage(t, fourWay(road.SignalControl), road.Straight)
		line := s.path.Stops[0].S
		at, reason := nearest(s.judge(line-25, 10, s.ahead(c.past, c.speed)))
		if (reason == "junction is not clear") != c.waits {
			t.Errorf("%s: %q", c.name, reason)
		}
		if c.waits && math.Abs(at-(line-p.LineMargin)) > 1e-9 {
			t.Errorf("%s: waits at %.1f, the line is at %.1f", c.name, at, line)
		}
	}
}

// Inside the junction, and if it is too late to stop, the car follows the queue.
func TestFollowsQueueInsideJunction(t *testing.T) {
	s := newStage(t, fourWay(road.SignalControl), road.Straight)
	line := s.path.Stops[0].S
	for _, front := range []float64{line + 3, line - 4} {
		if _, reason := nearest(s.judge(front, 10, s.ahead(2, 0))); reason == "junction is not clear" {
			t.Errorf("%.1f m before the line at 10 m/s: %q", line-front, reason)
		}
	}
}

// A queue that is undetected for a moment, or seems to move, counts as standing: the car
// that began to stop does not accelerate again, and brakes harder when the queue
// reappears.
func TestQueueIsRemembered(t *testing.T) {
	s := newStage(t, fourWay(road.SignalControl), road.Straight)
	line := s.path.Stops[0].S
	waits := func(before, speed float64, tracks ...perception.Track) bool {
		_, reason := nearest(s.judge(line-before, speed, tracks...))
		return reason == "junction is not clear"
	}
	if !waits(25, 11, s.ahead(2, 0)) {
		t.Fatal("does not wait for the queue")
	}
	for range 10 { // half a second
		if !waits(24, 11) {
			t.Fatal("goes on as soon as the queue is undetected")
		}
	}
	if !waits(14, 10, s.ahead(2, 0)) { // more than the 4 m/s² that it would begin with
		t.Error("gives up stopping although it can")
	}
	if waits(2, 10, s.ahead(2, 0)) {
		t.Error("tries to stop where it is impossible")
	}
	cleared := false
	for range 40 { // two seconds
		cleared = !waits(14, 1)
	}
	if !cleared {
		t.Error("the junction never counts as clear again")
	}
	if waits(13, 10, s.ahead(2, 0)) {
		t.Error("brakes harder than for a new queue")
	}
}

// After a long wait the car accepts a slightly shorter gap.
func TestImpatienceShortensGaps(t *testing.T) {
	shortest := func(waited float64) float64 {
		for dist := 30.0; ; dist += 2 {
			s := newStage(t, fourWay(road.SignalControl), road.LeftTurn)
			line := s.path.Stops[0].S
			for range 1 + int(waited*20) {
				s.judge(line-1, 0, s.oncoming(45, 12)) // the oncoming car blocks every gap
			}
			if _, reason := nearest(s.judge(line-1, 0, s.oncoming(dist, 12))); reason != "yield" {
				return dist
			}
		}
	}
	fresh, worn := shortest(0), shortest(25)
	// 40 % of the 3 s that are kept free before and after are 1.2 s, at 12 m/s.
	if cut := fresh - worn; cut < 8 || cut > 0.4*3*12 {
		t.Errorf("accepts a gap of %.0f m at first and of %.0f m after 25 s", fresh, worn)
	}
}
