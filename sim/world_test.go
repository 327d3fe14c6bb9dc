package sim_test

import (
	"bytes"
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"

	"roadloop/sim"
	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
	"roadloop/sim/rng"
	"roadloop/sim/road"
	"roadloop/sim/scene"
	"roadloop/sim/vehicle"
)

// busy is a spec with twelve drivers, a pedestrian and a scripted vehicle.
func busy(seed uint64) *sim.Spec {
	spec := &sim.Spec{Map: highway(3), Seed: seed, Ego: moving(1, 100, 20)}
	for i := range 12 {
		spec.Actors = append(spec.Actors, sim.ActorSpec{Kind: actor.Kind(i % 4), Behavior: sim.Drive{},
			Start: sim.Start{Lane: road.LaneID(i % 3), S: 20 + 25*float64(i/3) + 150*float64(i%2), Speed: 15 + float64(i)}})
	}
	spec.Actors = append(spec.Actors,
		sim.ActorSpec{Name: "walker", Kind: actor.Pedestrian,
			Behavior: sim.Walk{Path: []geom.Vec{{X: 300, Y: -4}, {X: 300, Y: 12}}, Wary: true, Loop: true}},
		sim.ActorSpec{Name: "cutter", Kind: actor.Car, Start: sim.Start{Lane: 2, S: 130, Speed: 22}, Behavior: sim.Follow{},
			Script: []sim.Maneuver{{When: sim.Trigger{{What: sim.Time, Is: sim.AtLeast, Value: 2}}, Do: sim.ChangeLane{Side: -1}},
				{When: sim.Trigger{{What: sim.Done, Is: sim.AtLeast, Value: 1}}, Do: sim.Brake{Decel: 3, To: 10}}}})
	return spec
}

// randomCommand draws a command from a stream.
func randomCommand(s *rng.Stream) vehicle.Command {
	return vehicle.Command{Steer: s.Range(-0.01, 0.01), Accel: s.Range(-2, 2)}
}

func TestSameSeedSameBytes(t *testing.T) {
	final := func(seed uint64) []byte {
		w := mustNew(t, busy(seed))
		driver := rng.New(1, "drunk", "driver")
		for range 1500 {
			w.Step(randomCommand(&driver))
		}
		return w.AppendState(nil)
	}
	if !bytes.Equal(final(3), final(3)) {
		t.Error("two runs of one seed differ")
	}
	if bytes.Equal(final(3), final(4)) {
		t.Error("runs of different seeds are equal")
	}
}

// A clone continues exactly as its original, regardless of the tick at which it
// is taken, and the two do not affect each other.
func TestCloneContinuesIdentically(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := mustNew(t, busy(rapid.Uint64().Draw(rt, "seed")))
		driver := rng.New(2, "drunk", "driver")
		for range rapid.IntRange(0, 400).Draw(rt, "ticks") {
			w.Step(randomCommand(&driver))
		}
		c, fork := w.Clone(), driver
		at := w.AppendState(nil)
		for range 200 {
			w.Step(randomCommand(&driver))
		}
		if !bytes.Equal(c.AppendState(nil), at) {
			rt.Fatal("stepping the original changed the clone")
		}
		for range 200 {
			c.Step(randomCommand(&fork))
		}
		if !bytes.Equal(c.AppendState(nil), w.AppendState(nil)) {
			rt.Fatal("the clone diverged")
		}
	})
}

// An actor far from the others does not affect them.
func TestActorStreamsAreIndependent(t *testing.T) {
	alone, more := busy(5), busy(5)
	more.Actors = append(more.Actors, sim.ActorSpec{Name: "far", Kind: actor.Pedestrian,
		Behavior: sim.Walk{Path: []geom.Vec{{X: -500, Y: -400}, {X: -400, Y: -400}}}})
	a, b := mustNew(t, alone), mustNew(t, more)
	run(a, 10, vehicle.Command{})
	run(b, 10, vehicle.Command{})
	for i := range a.Actors() {
		if a.Actors()[i] != b.Actors()[i] {
			t.Fatalf("actor %d differs: %+v and %+v", i, a.Actors()[i], b.Actors()[i])
		}
	}
}

func TestStepDoesNotAllocate(t *testing.T) {
	w := mustNew(t, busy(9))
	steps := func() {
		for range 500 {
			w.Step(vehicle.Command{})
		}
	}
	steps() // buffers grow to their size
	if n := testing.AllocsPerRun(1, steps); n > 0 {
		t.Errorf("%v allocations in 500 steps", n)
	}
}

func TestSignalsFollowTheirPlans(t *testing.T) {
	plan := road.SignalPlan{Green: 5, Amber: 3, Red: 10}
	spec := &sim.Spec{Map: controlled(road.SignalControl, plan), Ego: atRest(0, 10)}
	w := mustNew(t, spec)
	for _, c := range []struct {
		until float64
		want  road.SignalState
	}{{4.9, road.Green}, {5.1, road.Amber}, {7.9, road.Amber}, {8.1, road.Red}, {17.9, road.Red}, {18.1, road.Green}} {
		for w.Time() < clock.FromSeconds(c.until) {
			w.Step(vehicle.Command{})
		}
		if got := w.Signals()[0]; got != c.want {
			t.Errorf("at %v the light is %v, want %v", w.Time(), got, c.want)
		}
	}
	spec.Signals = []sim.SignalOverride{{Signal: 0, Plan: road.SignalPlan{Red: 1}}}
	w = mustNew(t, spec)
	run(w, 3, vehicle.Command{})
	if got := w.Signals()[0]; got != road.Red {
		t.Errorf("a signal held red shows %v", got)
	}
}

func TestWetRoadLowersFriction(t *testing.T) {
	for _, c := range []struct {
		spec sim.Spec
		want float64
	}{
		{sim.Spec{}, 0.9},
		{sim.Spec{Conditions: scene.Conditions{Wet: 1}}, 0.6},
		{sim.Spec{Conditions: scene.Conditions{Wet: 1}, Friction: 0.2}, 0.2},
	} {
		c.spec.Map, c.spec.Ego = highway(1), atRest(0, 10)
		if got := mustNew(t, &c.spec).Friction(); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("friction %g, want %g", got, c.want)
		}
	}
}

func TestHeadlightsAtNight(t *testing.T) {
	spec := busy(1)
	spec.Conditions.SunElevation = -0.3
	w := mustNew(t, spec)
	w.Step(vehicle.Command{})
	if w.Ego().State.Lights&actor.Headlights == 0 || w.Actors()[0].State.Lights&actor.Headlights == 0 {
		t.Error("vehicles drive without headlights at night")
	}
}

// The progress is continuous across lane joints and lane changes.
func TestEgoProgress(t *testing.T) {
	w := mustNew(t, &sim.Spec{Map: controlled(road.Free, road.SignalPlan{}), Ego: moving(0, 20, 20)})
	run(w, 10, vehicle.Command{})
	if lane, s, _ := w.EgoLane(); lane != 1 || math.Abs(w.EgoProgress()-220) > 1e-6 || math.Abs(s-120) > 1e-6 {
		t.Errorf("on lane %d at s = %.3f, progress %.3f m; want lane 1, 120 and 220", lane, s, w.EgoProgress())
	}
	w = mustNew(t, &sim.Spec{Map: highway(2), Ego: moving(0, 20, 20)})
	run(w, 1, vehicle.Command{Steer: 0.02})
	run(w, 4, vehicle.Command{Steer: -0.002})
	if lane, _, _ := w.EgoLane(); lane != 1 || math.Abs(w.EgoProgress()-w.Ego().State.Pose.X) > 1e-6 {
		t.Errorf("on lane %d with progress %.3f m at x = %.3f", lane, w.EgoProgress(), w.Ego().State.Pose.X)
	}
}

func TestNewRejectsBadSpecs(t *testing.T) {
	for name, spoil := range map[string]func(*sim.Spec){
		"no map":            func(s *sim.Spec) { s.Map = nil },
		"map not built":     func(s *sim.Spec) { s.Map = &road.Map{Lanes: s.Map.Lanes} },
		"no lanes":          func(s *sim.Spec) { s.Map = &road.Map{} },
		"ego off the map":   func(s *sim.Spec) { s.Ego.Start.Lane = 9 },
		"ego backward":      func(s *sim.Spec) { s.Ego.Start.Speed = -1 },
		"not finite":        func(s *sim.Spec) { s.Actors[0].Start.S = math.NaN() },
		"actor off the map": func(s *sim.Spec) { s.Actors[3].Start.Lane = -2 },
		"same names":        func(s *sim.Spec) { s.Actors[0].Name = "walker" },
		"unknown signal":    func(s *sim.Spec) { s.Signals = []sim.SignalOverride{{Signal: 4}} },
		"path of a point":   func(s *sim.Spec) { s.Actors[0].Behavior = sim.Walk{Path: []geom.Vec{{}}} },
		"no action":         func(s *sim.Spec) { s.Actors[0].Script = []sim.Maneuver{{}} },
		"walker brakes":     func(s *sim.Spec) { s.Actors[12].Script = []sim.Maneuver{{Do: sim.Brake{}}} },
		"car hesitates":     func(s *sim.Spec) { s.Actors[0].Script = []sim.Maneuver{{Do: sim.Hesitate{For: 1}}} },
		"lane to nowhere":   func(s *sim.Spec) { s.Actors[0].Script = []sim.Maneuver{{Do: sim.ChangeLane{To: 77}}} },
		"route to nowhere":  func(s *sim.Spec) { s.Actors[0].Behavior = sim.Drive{Route: []road.LaneID{0, 77}} },
	} {
		spec := busy(1)
		spoil(spec)
		if _, err := sim.New(spec); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func Example() {
	spec := &sim.Spec{
		Map:    highway(2),
		Ego:    sim.EgoSpec{Start: sim.Start{Lane: 0, S: 50, Speed: 20}},
		Actors: []sim.ActorSpec{{Name: "obstacle", Kind: actor.Car, Start: sim.Start{Lane: 0, S: 90}}},
	}
	w, err := sim.New(spec)
	if err != nil {
		fmt.Println(err)
		return
	}
	for w.Time() < 3*clock.PerSecond {
		for _, e := range w.Step(vehicle.Command{Accel: -2}) {
			fmt.Printf("%v: %v with %s (%v) at %.1f m/s\n", e.Time, e.Kind, w.Name(e.Actor), e.Impact, e.Value)
		}
	}
	// Output: 1.95 s: collision with obstacle (front) at 16.5 m/s
}
