package sim_test

import (
	"fmt"
	"math"
	"testing"

	"roadloop/sim"
	"roadloop/sim/actor"
	"roadloop/sim/geom"
	"roadloop/sim/rng"
	"roadloop/sim/road"
	"roadloop/sim/vehicle"
)

// away is a start of the ego far from all roads.
var away = sim.Start{Pose: &geom.Pose{X: -900, Y: -900}}

// jammed returns a random map with dense traffic and up to three wrecks on it. Half of
// the maps are single roads of several lanes, where lane changes matter most.
func jammed(t *testing.T, seed uint64) *sim.World {
	t.Helper()
	r := rng.New(seed, "test", "jam")
	kinds := road.Kinds()
	p := road.Params{Kind: kinds[r.IntN(len(kinds))], Lanes: 1 + r.IntN(3), Seed: seed, Crosswalks: r.Chance(0.5),
		SpeedLimit: r.Range(8, 28), OneWay: r.Chance(0.4), Control: road.Control(r.IntN(4))}
	switch {
	case r.Chance(0.5):
		p.Kind, p.Lanes = road.KindStraight, 2+r.IntN(2)
	case p.Kind == road.KindTown:
		p.Lanes = 1
	case p.Kind == road.KindRoundabout:
		p.Lanes, p.OneWay, p.Control = 1, false, road.Yield
	}
	m, err := road.Generate(p)
	if err != nil { // some maps do not take all lane counts
		p.Lanes = 1
		if m, err = road.Generate(p); err != nil {
			t.Fatal(err)
		}
	}
	spec := &sim.Spec{Map: m, Seed: seed, Ego: sim.EgoSpec{Start: away}}
	for i := range r.IntN(4) {
		l := &m.Lanes[r.IntN(len(m.Lanes))]
		if l.Junction < 0 && l.Center.Length() > 40 {
			wreck := parked(l.ID, r.Range(10, l.Center.Length()-10))
			wreck.Name = fmt.Sprint("wreck ", i)
			spec.Actors = append(spec.Actors, wreck)
		}
	}
	spec.Actors = append(spec.Actors, sim.Populate(m, seed, away, spec.Actors,
		sim.Crowd{Cars: 10 + r.IntN(40), Trucks: r.IntN(8), Cyclists: r.IntN(4), Pedestrians: r.IntN(6)})...)
	return mustNew(t, spec)
}

// No vehicle stands for a minute with a free lane ahead. It may stand if something
// blocks it directly, in its lane or at a junction.
func TestTrafficDoesNotJam(t *testing.T) {
	for seed := range uint64(12) {
		w := jammed(t, seed)
		stands := make([]int, len(w.Actors())) // standing time, s
		before := append([]actor.Actor(nil), w.Actors()...)
		for second := range 120 {
			run(w, 1, vehicle.Command{})
			for i := range w.Actors() {
				a := &w.Actors()[i]
				stands[i]++
				if a.State.Pose.Pos().Dist(before[i].State.Pose.Pos()) > 0.3 {
					before[i], stands[i] = *a, 0
				}
				if _, drives := w.Spec().Actors[i].Behavior.(sim.Drive); drives && stands[i] == 60 && free(w, i) {
					lane, s, d, _ := w.ActorLane(a.ID)
					t.Errorf("seed %d, %s: %s stands on lane %d at s = %.1f m, d = %.2f m from %d s on",
						seed, w.Map().Name, w.Name(a.ID), lane, s, d, second-60)
				}
			}
		}
	}
}

// free reports whether the 8 m ahead of actor index i are free: no actor in its way, no
// junction, no stop line, and no end of the lane (drivers wait 12 m before it).
func free(w *sim.World, i int) bool {
	a := w.Actors()[i]
	lane, s, d, _ := w.ActorLane(a.ID)
	l := &w.Map().Lanes[lane]
	const far = 8.0
	if front := s + a.Shape.RearToCenter + a.Shape.Length/2; l.Junction >= 0 || front+far > math.Min(l.StopS, l.Center.Length()-8) {
		return false
	}
	for ahead := 0.5; ahead <= far; ahead += 0.5 {
		a.State.Pose = l.Center.Offset(s+ahead, d)
		for j := range w.Actors() {
			if j != i && geom.Overlap(a.Box(), w.Actors()[j].Box()) {
				return false
			}
		}
	}
	return true
}

// All motor vehicles pass a wreck on a road of two lanes.
func TestTrafficPassesAWreck(t *testing.T) {
	m, err := road.Generate(road.Params{Kind: road.KindStraight, Lanes: 2, OneWay: true, Length: 1500})
	if err != nil {
		t.Fatal(err)
	}
	for seed := range uint64(6) {
		wreck := parked(0, 700)
		wreck.Name = "wreck"
		spec := &sim.Spec{Map: m, Seed: seed, Ego: sim.EgoSpec{Start: away}, Actors: []sim.ActorSpec{wreck}}
		spec.Actors = append(spec.Actors, sim.Populate(m, seed, away, spec.Actors, sim.Crowd{Cars: 25, Trucks: 5, Cyclists: 2})...)
		w := mustNew(t, spec)
		hits := map[[2]actor.ID]bool{}
		for range 120 {
			run(w, 1, vehicle.Command{})
			reportContacts(t, w, hits)
		}
		for i := range w.Actors() {
			if a := &w.Actors()[i]; i > 0 && a.State.Pose.X < 710 && a.Kind != actor.Cyclist {
				t.Errorf("seed %d: %s is at x = %.1f m with %.1f m/s", seed, w.Name(a.ID), a.State.Pose.X, a.State.Speed)
			}
		}
	}
}

// The starting speeds of a crowd fit the traffic ahead: no driver brakes harder than
// comfortably at the first decision, and no boxes overlap.
func TestCrowdsStartSafely(t *testing.T) {
	for seed := range uint64(40) {
		w := jammed(t, seed)
		reportContacts(t, w, map[[2]actor.ID]bool{})
		w.Step(vehicle.Command{})
		for i := range w.Actors() {
			// Comfortable is 2 m/s² on average and 2.6 for the most agile driver.
			if a := &w.Actors()[i]; a.State.Accel < -2.6-1e-6 && !a.Kind.OnFoot() {
				t.Errorf("seed %d, %s: %s brakes with %.1f m/s² at %.1f m/s", seed, w.Map().Name, w.Name(a.ID), -a.State.Accel, a.State.Speed)
			}
		}
	}
}

// Dense traffic fills the road: Populate leaves out only actors that do not fit.
func TestCrowdsFillTheRoad(t *testing.T) {
	m, err := road.Generate(road.Params{Kind: road.KindStraight, Lanes: 3, OneWay: true, Length: 600})
	if err != nil {
		t.Fatal(err)
	}
	ego := sim.Start{Lane: 1, S: 300}
	for _, c := range []struct{ ask, least int }{{20, 20}, {80, 80}, {110, 110}, {400, 150}} {
		got := sim.Populate(m, 1, ego, nil, sim.Crowd{Cars: c.ask / 2, Trucks: c.ask - c.ask/2})
		if len(got) < c.least || len(got) > c.ask {
			t.Errorf("%d of %d placed, want at least %d", len(got), c.ask, c.least)
		}
		spec := &sim.Spec{Map: m, Ego: sim.EgoSpec{Start: ego}, Actors: got}
		w := mustNew(t, spec)
		hits := map[[2]actor.ID]bool{}
		for range 20 {
			reportContacts(t, w, hits)
			run(w, 1, vehicle.Command{Accel: -1})
		}
	}
}
