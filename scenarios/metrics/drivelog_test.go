package metrics_test

import (
	"math"
	"testing"

	"roadloop"
	"roadloop/scenarios/drivetest"
	"roadloop/scenarios/metrics"
	"roadloop/sim"
	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
)

func TestLogHoldsTheRun(t *testing.T) {
	var speeds []float64
	events := 0
	log := drivetest.Record(t, "cut-in", func(m *roadloop.Step) {
		speeds = append(speeds, m.World.Actors()[0].State.Speed)
		events += len(m.Events)
	})
	if len(log.Steps) != len(speeds) || len(log.Events) != events || events == 0 {
		t.Fatalf("%d steps and %d events, the run had %d and %d", len(log.Steps), len(log.Events), len(speeds), events)
	}
	for i := range speeds {
		s := &log.Steps[i]
		if s.Time != clock.Tick(i)*clock.DriverPeriod || s.States[1].Speed != speeds[i] {
			t.Fatalf("step %d: at %v the cutter drives %g m/s, in the run %g", i, s.Time, s.States[1].Speed, speeds[i])
		}
		if !s.Belief.Known || len(s.Plan.Waypoints) == 0 {
			t.Fatalf("step %d: the stack exposes neither belief nor plan", i)
		}
	}
	cutter := log.At(0, 1)
	if log.Actors[1].Name != "cutter" || cutter.Kind != actor.Car || cutter.Box().Length != actor.DefaultShape(actor.Car).Length {
		t.Errorf("actor 1 is %+v", log.Actors[1])
	}
	if e := log.Events[0]; e.Kind != sim.Scripted || e.Actor != 1 {
		t.Errorf("the first event is %+v, want the cutter's maneuver", e)
	}
	// The belief of an early step must not change with later ones.
	if first := log.Steps[0].Belief.Tracks; len(first) == 0 || first[0].Age != 0 {
		t.Errorf("tracks of the first step: %+v", first)
	}
}

func TestStepBefore(t *testing.T) {
	log := &metrics.DriveLog{Steps: []metrics.LoggedStep{{Time: 0}, {Time: 5}, {Time: 10}}}
	for at, want := range map[clock.Tick]int{-1: 0, 0: 0, 4: 0, 5: 1, 9: 1, 10: 2, 99: 2} {
		if got := log.StepBefore(at); got != want {
			t.Errorf("before %d: step %d, want %d", at, got, want)
		}
	}
}

func TestMomentInterpolates(t *testing.T) {
	log := &metrics.DriveLog{Actors: make([]metrics.LoggedActor, 1)}
	for i, yaw := range []float64{3.1, -3.1} {
		log.Steps = append(log.Steps, metrics.LoggedStep{Time: clock.Tick(5 * i),
			States: []actor.State{{Pose: geom.Pose{X: float64(10 * i), Yaw: yaw}, Speed: float64(i)}}})
	}
	a := log.Interpolate(2, 0)
	if s := a.State; s.Pose.X != 4 || math.Abs(s.Pose.Yaw-3.13327) > 1e-5 || s.Speed != 0.4 {
		t.Errorf("two fifths of the way: %+v", s)
	}
	if a := log.Interpolate(9, 0); a.State != log.Steps[1].States[0] {
		t.Errorf("after the end: %+v", a.State)
	}
}
