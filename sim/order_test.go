package sim_test

import (
	"strings"
	"testing"

	"roadloop/sim"
	"roadloop/sim/road"
	"roadloop/sim/scene"
	"roadloop/sim/vehicle"
)

// street returns a world with a lane-following car ahead of the ego, and a cone.
func street(t *testing.T) *sim.World {
	t.Helper()
	m, err := road.Generate(road.Params{Kind: road.KindStraight})
	if err != nil {
		t.Fatal(err)
	}
	w, err := sim.New(&sim.Spec{Map: m, Seed: 1, Conditions: scene.Day(), Ego: sim.EgoSpec{Start: sim.Start{S: 10, Speed: 5}},
		Actors: []sim.ActorSpec{{Name: "lead", Start: sim.Start{S: 60, Speed: 10}, Behavior: sim.Follow{}}, {Name: "cone", Start: sim.Start{S: 150, D: 3}}}})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// Order changes an actor of its world and no actor of a clone.
func TestOrderChangesOneWorldOnly(t *testing.T) {
	w := street(t)
	c := w.Clone()
	if err := w.BeginAction(1, sim.Speed{Target: 2, Accel: 4}); err != nil {
		t.Fatal(err)
	}
	for range 300 {
		w.Step(vehicle.Command{})
		c.Step(vehicle.Command{})
	}
	if a, b := w.Actors()[0].State.Speed, c.Actors()[0].State.Speed; a > 2.2 || b < 9.8 {
		t.Errorf("3 s after the order to drive 2 m/s: %.1f m/s; without it %.1f m/s", a, b)
	}
	for want, err := range map[string]error{
		"no actor 9":                       w.BeginAction(9, sim.Stop{}),
		"no actor 0":                       w.BeginAction(0, sim.Stop{}),
		"speed: only for actors that move": w.BeginAction(2, sim.Speed{Target: 2}),
		"meet is allowed in scripts only":  w.BeginAction(1, sim.Rendezvous{Speed: 3}),
		"friction 3 is outside":            w.SetConditions(scene.Day(), 3),
		"visibility 5 m is outside 10":     w.SetConditions(scene.Conditions{Visibility: 5}, 0),
		"sun elevation 3 rad":              w.SetConditions(scene.Conditions{SunElevation: 3}, 0),
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

// Rain lowers the friction of this world only, unless the spec sets the friction.
func TestSetConditionsChangesTheFriction(t *testing.T) {
	w := street(t)
	c := w.Clone()
	wet := scene.Day()
	wet.Rain, wet.Wet = .5, 1
	if err := w.SetConditions(wet, 0); err != nil {
		t.Fatal(err)
	}
	if w.Conditions() != wet || w.Friction() >= c.Friction() || c.Conditions() != scene.Day() {
		t.Errorf("wet: friction %.2f, the clone's %.2f", w.Friction(), c.Friction())
	}
	if err := w.SetConditions(wet, .2); err != nil || w.Friction() != .2 {
		t.Errorf("friction %.2f, %v", w.Friction(), err)
	}
}
