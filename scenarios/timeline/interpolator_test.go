package timeline_test

import (
	"math"
	"testing"

	"roadloop/scenarios/timeline"
	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/vehicle"
)

// The course equals the true world at every tick, with and without override, and is
// linear between ticks.
func TestCourseEqualsWorldAtTicks(t *testing.T) {
	tp := begin(t, "unprotected-left/1", nil)
	until(t, tp, 30, nil)
	until(t, tp, 40, &vehicle.Command{Accel: 2, Steer: .05})
	var course timeline.Interpolator
	for i := range tp.Len() {
		f := tp.StepAt(i)
		for k := range clock.DriverPeriod + 1 {
			users, signals, passed := course.At(f, float64(k)/float64(clock.DriverPeriod))
			w := tp.World(f.Time + k)
			if passed != w.Time() || len(users) != len(w.Actors())+1 || users[len(users)-1] != *w.Ego() {
				t.Fatalf("%d ticks after decision %d it is %v and the ego %+v, want %v and %+v", k, i, passed, users[len(users)-1], w.Time(), *w.Ego())
			}
			for j, a := range w.Actors() {
				if users[j] != a {
					t.Fatalf("%d ticks after decision %d: %+v, want %+v", k, i, users[j], a)
				}
			}
			for j, s := range w.Signals() {
				if signals[j] != s {
					t.Fatalf("%d ticks after decision %d signal %d is %v, want %v", k, i, j, signals[j], s)
				}
			}
		}
	}
	f := tp.StepAt(35)
	a, b := tp.World(f.Time+2).Ego().State.Pose.Pos(), tp.World(f.Time+3).Ego().State.Pose.Pos()
	users, _, passed := course.At(f, 2.25/float64(clock.DriverPeriod))
	if got := users[len(users)-1].State.Pose.Pos(); passed != f.Time+2 || got.Dist(a.Lerp(b, .25)) > 1e-9 || a.Dist(b) < .01 {
		t.Errorf("between %v and %v the ego is at %v, at %v", a, b, got, passed)
	}
}

// Nothing moves after the end, and a repeated query allocates nothing.
func TestCourseAtEndAndAllocations(t *testing.T) {
	tp := begin(t, "cut-in/3", nil)
	until(t, tp, all, nil)
	var course timeline.Interpolator
	end := tp.StepAt(tp.Len() - 1)
	users, _, passed := course.At(end, .7)
	if ego := users[len(users)-1]; !end.End || passed != end.Time || ego.State != end.World.Ego().State {
		t.Errorf("after the end it is %v and the ego %+v", passed, ego)
	}
	f := tp.StepAt(20)
	share := 0.0
	course.At(f, .5)
	if n := testing.AllocsPerRun(100, func() {
		share = math.Mod(share+.03, 1)
		if users, _, _ := course.At(f, share); users[len(users)-1].ID != actor.Ego {
			t.Fatal("the ego is not the last")
		}
	}); n > 0 {
		t.Errorf("%g allocations per query", n)
	}
}
