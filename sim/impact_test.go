package sim_test

import (
	"math"
	"testing"

	"roadloop/sim"
	"roadloop/sim/actor"
	"roadloop/sim/geom"
	"roadloop/sim/vehicle"
)

// A pedestrian that starts at an impact share is hit at that point by an ego of
// constant speed, at all tested speeds and from both sides.
func TestImpactLocation(t *testing.T) {
	for _, c := range []struct {
		kind       actor.Kind
		from       float64 // y of the start, m
		walk, ride float64 // m/s
		share      float64
	}{
		{actor.Pedestrian, -5.75, 5 / 3.6, 40 / 3.6, 0.25},
		{actor.Pedestrian, -5.75, 5 / 3.6, 40 / 3.6, 0.75},
		{actor.Child, -4, 5 / 3.6, 20 / 3.6, 0.5},
		{actor.Pedestrian, 7, 8 / 3.6, 50 / 3.6, 0.5},
		{actor.Cyclist, -20, 15 / 3.6, 50 / 3.6, 0.5},
	} {
		to := -10 * math.Copysign(1, c.from)
		other := sim.ActorSpec{Kind: c.kind, Behavior: sim.Walk{Path: []geom.Vec{{X: 150, Y: c.from}, {X: 150, Y: to}}, Speed: c.walk, WaitAtStart: true},
			Script: []sim.Maneuver{{When: sim.Trigger{{What: sim.ImpactShare, Is: sim.Below, Value: c.share}}, Do: sim.Go{}}}}
		w := mustNew(t, &sim.Spec{Map: highway(1), Ego: moving(0, 20, c.ride), Actors: []sim.ActorSpec{other}})
		edge := 150 - actor.DefaultShape(c.kind).Width/2
		for w.Ego().Box().Center.X+w.Ego().Shape.Length/2 < edge {
			w.Step(vehicle.Command{})
		}
		y := w.Actors()[0].State.Pose.Y * -math.Copysign(1, c.from)
		if got := y/w.Ego().Shape.Width + 0.5; math.Abs(got-c.share) > 0.03 {
			t.Errorf("%v from %g m at %.1f m/s, ego at %.1f m/s: hit at %.2f of the width, want %.2f", c.kind, c.from, c.walk, c.ride, got, c.share)
		}
	}
}

// The impact share of vehicles, and of pedestrians that do not cross the road, is
// infinite.
func TestImpactShareOfOthersIsInfinite(t *testing.T) {
	along := sim.ActorSpec{Kind: actor.Pedestrian, Behavior: sim.Walk{Path: []geom.Vec{{X: 100, Y: -5}, {X: 150, Y: -5}}, WaitAtStart: true}}
	for _, a := range []sim.ActorSpec{along, scripted(0, 100, 5)} {
		a.Script = []sim.Maneuver{{When: sim.Trigger{{What: sim.ImpactShare, Is: sim.Below, Value: 1e6}}, Do: sim.Stop{}}}
		w := mustNew(t, &sim.Spec{Map: highway(1), Ego: moving(0, 20, 10), Actors: []sim.ActorSpec{a}})
		for _, e := range run(w, 10, vehicle.Command{}) {
			if e.Kind == sim.Scripted {
				t.Errorf("%v fired", a.Kind)
			}
		}
	}
}
