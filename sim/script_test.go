package sim_test

import (
	"math"
	"testing"

	"roadloop/sim"
	"roadloop/sim/actor"
	"roadloop/sim/geom"
	"roadloop/sim/road"
	"roadloop/sim/vehicle"
)

// scripted returns a follower at s on lane with a speed and a script.
func scripted(lane road.LaneID, s, v float64, script ...sim.Maneuver) sim.ActorSpec {
	a := parked(lane, s)
	a.Start.Speed = v
	a.Behavior, a.Script = sim.Follow{}, script
	return a
}

// firstFires runs w until the first scripted event and returns its time, s.
func firstFires(t *testing.T, w *sim.World, cmd vehicle.Command) float64 {
	t.Helper()
	for range 3000 {
		for _, e := range w.Step(cmd) {
			if e.Kind == sim.Scripted {
				return e.Time.Seconds()
			}
		}
	}
	t.Fatal("the script never fired")
	return 0
}

// Two cars on a highway: the ego at 50 m with 20 m/s, the actor at 100 m with 10
// m/s. Their bumper-to-bumper distance is 50 m plus the shifts of the centers
// minus the half lengths.
func TestTriggers(t *testing.T) {
	ego := mustNew(t, &sim.Spec{Map: highway(2), Ego: atRest(0, 0)}).Ego().Shape
	car := actor.DefaultShape(actor.Car)
	mid := 50 + car.RearToCenter - ego.RearToCenter
	halves := (car.Length + ego.Length) / 2
	for _, c := range []struct {
		name string
		when sim.Condition
		want float64
	}{
		{"time", sim.Condition{What: sim.Time, Is: sim.AtLeast, Value: 1.5}, 1.5},
		{"gap", sim.Condition{What: sim.EgoGap, Is: sim.Below, Value: 20}, (mid - halves - 20) / 10},
		{"passed", sim.Condition{What: sim.EgoAhead, Is: sim.AtLeast, Value: 5}, (mid + halves + 5) / 10},
		{"time to reach", sim.Condition{What: sim.EgoTTC, Is: sim.Below, Value: 1.5}, (mid - ego.Length/2 - 30) / 10},
		{"ego s", sim.Condition{What: sim.EgoS, Is: sim.AtLeast, Value: 90}, 2},
		{"own s", sim.Condition{What: sim.OwnS, Is: sim.AtLeast, Value: 130}, 3},
		{"ego speed", sim.Condition{What: sim.EgoSpeed, Is: sim.AtLeast, Value: 20}, 0.01},
		{"since", sim.Condition{What: sim.Since, Is: sim.AtLeast, Value: 0.7}, 0.7},
	} {
		other := scripted(1, 100, 10, sim.Maneuver{When: sim.Trigger{c.when}, Do: sim.Speed{Target: 12}})
		w := mustNew(t, &sim.Spec{Map: highway(2), Ego: moving(0, 50, 20), Actors: []sim.ActorSpec{other}})
		if got := firstFires(t, w, vehicle.Command{}); math.Abs(got-c.want) > 0.025 {
			t.Errorf("%s: fired at %.2f s, want %.2f", c.name, got, c.want)
		}
	}
}

func TestEgoDistanceTrigger(t *testing.T) {
	other := sim.ActorSpec{Kind: actor.Cone, Start: sim.Start{Lane: 0, S: 100, D: -5},
		Script: []sim.Maneuver{{When: sim.Trigger{{What: sim.EgoDistance, Is: sim.Below, Value: 10}},
			Do: sim.SetWalk{Path: []geom.Vec{{X: 100, Y: 5}}, Speed: 2}}}}
	w := mustNew(t, &sim.Spec{Map: highway(1), Ego: moving(0, 20, 20), Actors: []sim.ActorSpec{other}})
	firstFires(t, w, vehicle.Command{})
	if d := geom.Distance(w.Ego().Box(), w.Actors()[0].Box()); d > 10 || d < 9.5 {
		t.Errorf("fired at a distance of %.2f m, want 10", d)
	}
}

func TestAllConditionsMustHold(t *testing.T) {
	other := scripted(1, 100, 10, sim.Maneuver{Do: sim.Stop{}, When: sim.Trigger{
		{What: sim.Time, Is: sim.AtLeast, Value: 1}, {What: sim.EgoS, Is: sim.AtLeast, Value: 90}}})
	w := mustNew(t, &sim.Spec{Map: highway(2), Ego: moving(0, 50, 20), Actors: []sim.ActorSpec{other}})
	if got := firstFires(t, w, vehicle.Command{}); math.Abs(got-2) > 0.02 {
		t.Errorf("fired at %.2f s, want 2 when both hold", got)
	}
}

// A cut-in reaches the center of the other lane after the specified time, and
// its lateral speed peaks at 15/8 of the mean.
func TestChangeLane(t *testing.T) {
	other := scripted(1, 100, 20, sim.Maneuver{Do: sim.ChangeLane{Side: -1, Over: 2.5}},
		sim.Maneuver{When: sim.Trigger{{What: sim.Done, Is: sim.AtLeast, Value: 1}}, Do: sim.Speed{Target: 25, Accel: 3}})
	w := mustNew(t, &sim.Spec{Map: highway(2), Ego: atRest(0, 0), Actors: []sim.ActorSpec{other}})
	fastest, before, done := 0.0, 3.5, 0.0
	for range 500 {
		for _, e := range w.Step(vehicle.Command{}) {
			if e.Value == 1 {
				done = e.Time.Seconds()
			}
		}
		y := w.Actors()[0].State.Pose.Y
		fastest = math.Max(fastest, (before-y)/0.01)
		before = y
	}
	if math.Abs(before) > 1e-9 || math.Abs(done-2.51) > 0.03 {
		t.Errorf("ended at y = %g after %.2f s, want the middle of lane 0 after 2.5 s", before, done)
	}
	if want := 1.875 * 3.5 / 2.5; math.Abs(fastest-want) > 0.01*want {
		t.Errorf("sideways at up to %.3f m/s, want %.3f", fastest, want)
	}
	if v := w.Actors()[0].State.Speed; math.Abs(v-25) > 0.05 {
		t.Errorf("speed %.2f m/s after the second maneuver, want 25", v)
	}
}

func TestBrakeAndStop(t *testing.T) {
	other := scripted(0, 100, 20, sim.Maneuver{Do: sim.Brake{Decel: 6, To: 8}},
		sim.Maneuver{When: sim.Trigger{{What: sim.Time, Is: sim.AtLeast, Value: 4}}, Do: sim.Stop{Decel: 4}})
	w := mustNew(t, &sim.Spec{Map: highway(1), Ego: atRest(0, 0), Actors: []sim.ActorSpec{other}})
	hardest, jerk, before := 0.0, 0.0, 0.0
	for range 390 {
		w.Step(vehicle.Command{})
		a := w.Actors()[0].State.Accel
		hardest, jerk = math.Min(hardest, a), math.Max(jerk, math.Abs(a-before)/0.01)
		before = a
	}
	if v := w.Actors()[0].State.Speed; math.Abs(v-8) > 0.05 || math.Abs(hardest+6) > 0.01 || jerk > 25 {
		t.Errorf("speed %.2f m/s, hardest %.2f m/s², jerk %.1f m/s³; want 8, -6 and at most about 20", v, hardest, jerk)
	}
	run(w, 5, vehicle.Command{})
	if v := w.Actors()[0].State.Speed; v != 0 {
		t.Errorf("speed %.3f m/s after stopping", v)
	}
}

// Followers ignore the ego unless courteous.
func TestCourtesy(t *testing.T) {
	for _, courteous := range []bool{false, true} {
		other := scripted(0, 20, 15)
		other.Behavior = sim.Follow{Courteous: courteous}
		w := mustNew(t, &sim.Spec{Map: highway(1), Ego: atRest(0, 120), Actors: []sim.ActorSpec{other}})
		hits := only(run(w, 15, vehicle.Command{}), sim.Collision)
		if (len(hits) == 0) != courteous {
			t.Errorf("courteous %v: collisions %+v", courteous, hits)
		}
	}
}

// A pedestrian steps out when the ego is 2 s away, hesitates and goes on.
func TestPedestrianSteps(t *testing.T) {
	other := sim.ActorSpec{Kind: actor.Child, Behavior: sim.Walk{Path: []geom.Vec{{X: 150, Y: -4}, {X: 150, Y: 8}}, Speed: 1.5, WaitAtStart: true},
		Script: []sim.Maneuver{
			{When: sim.Trigger{{What: sim.EgoTTC, Is: sim.Below, Value: 2}}, Do: sim.Go{}},
			{When: sim.Trigger{{What: sim.OwnS, Is: sim.AtLeast, Value: 1}}, Do: sim.Hesitate{For: 1}},
		}}
	w := mustNew(t, &sim.Spec{Map: highway(1), Ego: moving(0, 50, 15), Actors: []sim.ActorSpec{other}})
	at := firstFires(t, w, vehicle.Command{})
	if front := 50 + w.Ego().Shape.RearToCenter + w.Ego().Shape.Length/2; math.Abs(at-(150-0.711/2-front-30)/15) > 0.06 {
		t.Errorf("stepped out at %.2f s", at)
	}
	stood := 0
	run(w, 0.3, vehicle.Command{})
	for range 1100 {
		w.Step(vehicle.Command{})
		if w.Actors()[0].State.Speed == 0 && w.Actors()[0].State.Pose.Y < 7.9 {
			stood++
		}
	}
	if stood < 20 || stood > 100 {
		t.Errorf("stood for %d ticks, want about half a second of a hesitation of one", stood)
	}
	if p := w.Actors()[0].State.Pose; math.Abs(p.Y-8) > 0.01 {
		t.Errorf("ended at %+v, want the other side", p)
	}
}

func TestOvertakingIntoOncomingTraffic(t *testing.T) {
	other := scripted(0, 50, 15, sim.Maneuver{Do: sim.ChangeLane{Side: 1, Over: 3}},
		sim.Maneuver{When: sim.Trigger{{What: sim.Since, Is: sim.AtLeast, Value: 5}}, Do: sim.ChangeLane{Side: -1, Over: 3}})
	w := mustNew(t, &sim.Spec{Map: country(), Ego: atRest(0, 0), Actors: []sim.ActorSpec{other}})
	run(w, 4, vehicle.Command{})
	if y := w.Actors()[0].State.Pose.Y; math.Abs(y-3.5) > 0.01 {
		t.Errorf("y = %.2f m after pulling out, want the oncoming lane", y)
	}
	run(w, 6, vehicle.Command{})
	if y := w.Actors()[0].State.Pose.Y; math.Abs(y) > 0.01 {
		t.Errorf("y = %.2f m after pulling in, want the original lane", y)
	}
}
