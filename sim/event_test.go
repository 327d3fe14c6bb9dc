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

func TestCollisions(t *testing.T) {
	side := geom.Pose{X: 60, Y: 10, Yaw: -math.Pi / 2}
	for _, c := range []struct {
		name   string
		ego    sim.EgoSpec
		other  sim.ActorSpec
		impact sim.Impact
		speed  float64
	}{
		{"into a standing car", moving(0, 20, 15), parked(0, 60), sim.EgoFront, 15},
		{"hit from behind", moving(0, 60, 10), sim.ActorSpec{Kind: actor.Car, Behavior: sim.Follow{},
			Start: sim.Start{Lane: 0, S: 30, Speed: 18}}, sim.EgoRear, 8},
		{"head on", moving(0, 20, 15), sim.ActorSpec{Kind: actor.Car, Behavior: sim.Follow{},
			Start: sim.Start{Lane: 1, S: 850, D: 3.5, Speed: 10}}, sim.EgoFront, 25},
		{"hit in the side", atRest(0, 59), sim.ActorSpec{Kind: actor.Pedestrian,
			Behavior: sim.Walk{Path: []geom.Vec{side.Pos(), {X: 60, Y: -10}}, Speed: 3}}, sim.EgoSide, 3},
	} {
		w := mustNew(t, &sim.Spec{Map: country(), Ego: c.ego, Actors: []sim.ActorSpec{c.other}})
		hits := only(run(w, 8, vehicle.Command{}), sim.Collision)
		if len(hits) != 1 {
			t.Errorf("%s: %d collisions, want 1", c.name, len(hits))
			continue
		}
		if e := hits[0]; e.Actor != 1 || e.Impact != c.impact || math.Abs(e.Value-c.speed) > 0.01*c.speed {
			t.Errorf("%s: %+v, want impact %v at %g m/s", c.name, e, c.impact, c.speed)
		}
	}
}

// A collision is reported at the first tick at which the boxes overlap, not before.
func TestCollisionIsExact(t *testing.T) {
	w := mustNew(t, &sim.Spec{Map: country(), Ego: moving(0, 20, 10), Actors: []sim.ActorSpec{parked(0, 60)}})
	for range 600 {
		gap := geom.Distance(w.Ego().Box(), w.Actors()[0].Box())
		hit := len(only(w.Step(vehicle.Command{}), sim.Collision)) > 0
		if now := geom.Distance(w.Ego().Box(), w.Actors()[0].Box()); hit {
			if gap == 0 || now > 0 {
				t.Errorf("reported with gaps of %g m before and %g m after", gap, now)
			}
			return
		}
	}
	t.Error("never reported")
}

func TestRedLight(t *testing.T) {
	for _, c := range []struct {
		name   string
		plan   road.SignalPlan
		events int
		red    float64
	}{
		{"red for long", road.SignalPlan{Red: 1}, 1, 4.36},
		{"just turned red", road.SignalPlan{Green: 2, Amber: 2, Red: 100}, 1, 0.36},
		{"amber", road.SignalPlan{Green: 2, Amber: 4, Red: 100}, 0, 0},
		{"green", road.SignalPlan{Green: 1}, 0, 0},
		{"off", road.SignalPlan{}, 0, 0},
	} {
		w := mustNew(t, &sim.Spec{Map: controlled(road.SignalControl, c.plan), Ego: moving(0, 7.5, 20)})
		got := only(run(w, 12, vehicle.Command{}), sim.RedLight)
		if len(got) != c.events {
			t.Errorf("%s: %d events, want %d", c.name, len(got), c.events)
			continue
		}
		if c.events > 0 && (got[0].Lane != 0 || math.Abs(got[0].Value-c.red) > 0.03) {
			t.Errorf("%s: %+v, want red for %.2f s", c.name, got[0], c.red)
		}
	}
}

// A line at the very end of its lane counts like one before it.
func TestLineAtTheEndOfItsLane(t *testing.T) {
	for _, back := range []float64{0, 0.1, 3, 20} {
		m := controlled(road.SignalControl, road.SignalPlan{Red: 1})
		m.Lanes[0].StopS = 100 - back
		w := mustNew(t, &sim.Spec{Map: m, Ego: moving(0, 7.5, 20)})
		if got := only(run(w, 12, vehicle.Command{}), sim.RedLight); len(got) != 1 {
			t.Errorf("%g m before the end: events %+v, want one", back, got)
		}
	}
}

// An ego that stops before the line raises no event.
func TestStopAtRedRaisesNoEvent(t *testing.T) {
	w := mustNew(t, &sim.Spec{Map: controlled(road.SignalControl, road.SignalPlan{Red: 1}), Ego: moving(0, 50, 10)})
	if got := run(w, 10, vehicle.Command{Accel: -1.4}); len(got) > 0 {
		t.Errorf("events %+v from an ego that stopped at x = %.1f", got, w.Ego().State.Pose.X)
	}
}

func TestStopSign(t *testing.T) {
	m := controlled(road.StopSign, road.SignalPlan{})
	w := mustNew(t, &sim.Spec{Map: m, Ego: moving(0, 50, 8)})
	if got := only(run(w, 10, vehicle.Command{}), sim.StopSign); len(got) != 1 || math.Abs(got[0].Value-8) > 0.1 {
		t.Errorf("events of an ego that drives through: %+v", got)
	}
	w = mustNew(t, &sim.Spec{Map: m, Ego: moving(0, 60, 8)})
	events := run(w, 10, vehicle.Command{Accel: -1})
	if x := w.Ego().State.Pose.X + 2.5; x < 85 || x > 98 || w.Ego().State.Speed > 0 {
		t.Fatalf("the ego stands at %.1f m, want it before the line", x)
	}
	events = append(events, run(w, 8, vehicle.Command{Accel: 1.5})...)
	if got := only(events, sim.StopSign); len(got) > 0 {
		t.Errorf("events of an ego that stood %+v", got)
	}
}

func TestLeavingTheRoad(t *testing.T) {
	w := mustNew(t, &sim.Spec{Map: highway(1), Ego: moving(0, 20, 10)})
	events := run(w, 6, vehicle.Command{Steer: -0.02})
	if got := only(events, sim.OffRoad); len(got) != 1 {
		t.Errorf("off-road events %+v, want one", got)
	}
	if got := only(events, sim.LaneDeparture); len(got) != 1 || got[0].Value < 0.3 || got[0].Value > 0.4 {
		t.Errorf("departures %+v, want one by 0.3 m", got)
	}
}

// A lane change across a dashed line raises no event.
func TestLaneChangeIsNoDeparture(t *testing.T) {
	w := mustNew(t, &sim.Spec{Map: highway(3), Ego: moving(0, 20, 20)})
	events := run(w, 1, vehicle.Command{Steer: 0.02})
	events = append(events, run(w, 1.2, vehicle.Command{Steer: -0.018})...)
	if lane, _, _ := w.EgoLane(); lane == 0 || len(events) > 0 {
		t.Errorf("on lane %d with events %+v", lane, events)
	}
}

func TestWrongWay(t *testing.T) {
	w := mustNew(t, &sim.Spec{Map: country(), Ego: moving(0, 20, 10)})
	events := run(w, 2, vehicle.Command{Steer: 0.03})
	if got := only(events, sim.WrongWay); len(got) != 1 || got[0].Lane != 1 {
		t.Errorf("events %+v of an ego in oncoming traffic", got)
	}
	if lane, _, d := w.EgoLane(); lane != 0 || d < 1.75 {
		t.Errorf("the ego is placed on lane %d at d = %.2f; want lane 0 with a large d", lane, d)
	}
	w = mustNew(t, &sim.Spec{Map: country(), Ego: sim.EgoSpec{Start: sim.Start{Lane: 0, S: 500, Speed: 5, Turned: math.Pi}}})
	if got := only(run(w, 2, vehicle.Command{}), sim.WrongWay); len(got) != 1 || got[0].Lane != 0 {
		t.Errorf("events %+v of an ego that was set down the wrong way round", got)
	}
}
