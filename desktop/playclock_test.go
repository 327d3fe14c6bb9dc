package desktop

import (
	"math"
	"testing"
	"time"

	"roadloop/scenarios/timeline"
)

// startTime is an arbitrary start time.
var startTime = time.Unix(1000, 0)

func ms(n float64) time.Duration { return time.Duration(n * float64(time.Millisecond)) }

// Irregular decisions are shown at an even pace: from one 60 Hz frame to the next, time
// never goes back, and never advances by much more than a frame.
func TestClockIsEven(t *testing.T) {
	const period = 50 * time.Millisecond
	late := []float64{0, 3, 18, 2, 7, 19, 0, 1, 12, 17, 4} // ms, delay of each decision
	var f playClock
	before, stalls := 0.0, 0
	next := 0
	for now := 0.0; now < 3000; now += 1000. / 60 {
		for due := 50*float64(next) + late[next%len(late)]; due <= now; due = 50*float64(next) + late[next%len(late)] {
			f.arrive(next, startTime.Add(ms(due)), period, 0)
			next++
		}
		at := f.moment(startTime.Add(ms(now)), period, true)
		step := at - before
		before = at
		if at < float64(f.at-1) || at > float64(f.at+1) {
			t.Fatalf("after %.0f ms decision %d is the newest and %.2f is shown", now, f.at, at)
		}
		if now < 500 {
			continue // the clock adapts to the delay
		}
		if step < 0 || step > 1.03/3 {
			t.Errorf("after %.0f ms time goes on by %.3f decisions in a frame, evenly it is %.3f", now, step, 1./3)
		}
		if step < .9/3 {
			stalls++
		}
	}
	if stalls > 4 {
		t.Errorf("it stalls in %d frames", stalls)
	}
}

// The clock waits for a late decision at the end of the previous period, and does not run
// faster afterwards.
func TestClockWaitsForDecision(t *testing.T) {
	const period = 50 * time.Millisecond
	var f playClock
	f.arrive(0, startTime, period, 0)
	for _, c := range []struct{ after, want float64 }{{0, 0}, {25, .5}, {50, 1}, {400, 1}} {
		if got := f.moment(startTime.Add(ms(c.after)), period, true); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("after %g ms %g is shown, want %g", c.after, got, c.want)
		}
	}
	f.arrive(1, startTime.Add(ms(400)), period, 0)
	if got := f.moment(startTime.Add(ms(425)), period, true); math.Abs(got-1.5) > 1e-9 {
		t.Errorf("half a period after the late one %g is shown", got)
	}
	f.arrive(2, startTime.Add(ms(900)), period, period)                                           // with time for the other branch
	for _, c := range []struct{ after, want float64 }{{899, 2}, {900, 2}, {949, 2}, {975, 2.5}} { // it never goes back
		if got := f.moment(startTime.Add(ms(c.after)), period, true); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("after %g ms %g is shown, want %g", c.after, got, c.want)
		}
	}
}

// A paused clock advances evenly to its decision and stops there. A change of speed does
// not change the shown time.
func TestClockPausesAtDecision(t *testing.T) {
	const period = 50 * time.Millisecond
	var f playClock
	f.arrive(0, startTime, period, 0)
	f.arrive(1, startTime.Add(ms(30)), period, 0) // the last, early
	for _, c := range []struct{ after, want float64 }{{30, .6}, {40, .8}, {50, 1}, {300, 1}} {
		if got := f.moment(startTime.Add(ms(c.after)), period, false); math.Abs(got-c.want) > .01 {
			t.Errorf("paused, after %g ms %g is shown, want %g", c.after, got, c.want)
		}
	}
	f.hold(7, startTime)
	now := startTime.Add(ms(20))
	f.rescale(now, period, 4*period)
	for _, c := range []struct{ after, want float64 }{{20, 7.4}, {40, 7.5}} {
		if got := f.moment(startTime.Add(ms(c.after)), 4*period, true); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("at a quarter of the speed, after %g ms %g is shown, want %g", c.after, got, c.want)
		}
	}
}

// A seek during a step is not undone when the step ends.
func TestSeekDuringStep(t *testing.T) {
	tp := new(timeline.Timeline)
	p := &player{tape: tp, speed: 1}
	p.playClock.hold(9, startTime)
	p.playClock.hold(2, startTime) // back, while decision 10 is made
	p.arrived(tp, 9, 10, true, nil)
	if p.playClock.at != 2 {
		t.Errorf("it looks at %d", p.playClock.at)
	}
	p.arrived(tp, 2, 3, true, nil)
	if p.playClock.at != 3 {
		t.Errorf("after the next it looks at %d", p.playClock.at)
	}
}
