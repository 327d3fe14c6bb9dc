package sim_test

import (
	"fmt"
	"testing"

	"roadloop/sim"
	"roadloop/sim/actor"
	"roadloop/sim/geom"
	"roadloop/sim/road"
	"roadloop/sim/vehicle"
)

// TestCrowdsDoNotCollide simulates crowds on maps of every kind. No two actors
// may touch, except pedestrians that pass each other.
func TestCrowdsDoNotCollide(t *testing.T) {
	for _, kind := range road.Kinds() {
		seeds := uint64(2)
		if kind == road.KindFourWay || kind == road.KindTee || kind == road.KindTown {
			seeds = 4 // one for each kind of control
		}
		for seed := range seeds {
			t.Run(fmt.Sprint(kind, seed), func(t *testing.T) { simulateCrowd(t, kind, seed) })
		}
	}
}

func simulateCrowd(t *testing.T, kind road.Kind, seed uint64) {
	controls := []road.Control{road.SignalControl, road.StopSign, road.Yield, road.Free}
	p := road.Params{Kind: kind, Lanes: 1 + int(seed%2), Urban: true, Crosswalks: true, Seed: seed, Control: controls[seed%4]}
	if kind == road.KindRoundabout {
		p.Lanes, p.Control = 1, road.Yield
	}
	m, err := road.Generate(p)
	if err != nil {
		t.Fatal(err)
	}
	ego := sim.Start{Pose: &geom.Pose{X: -500, Y: -500}} // far from all actors
	spec := &sim.Spec{Map: m, Seed: seed, Ego: sim.EgoSpec{Start: ego},
		Actors: sim.Populate(m, seed, ego, nil, sim.Crowd{Cars: 12, Trucks: 2, Cyclists: 2, Pedestrians: 6, Parked: 3})}
	w := mustNew(t, spec)
	touched := map[[2]actor.ID]bool{}
	moved := make([]float64, len(spec.Actors)) // in the last 70 s, m
	for second := range 90 {
		before := append([]actor.Actor(nil), w.Actors()...)
		run(w, 1, vehicle.Command{})
		for i, a := range w.Actors() {
			if second >= 20 {
				moved[i] += a.State.Pose.Pos().Dist(before[i].State.Pose.Pos())
			}
		}
		reportContacts(t, w, touched)
	}
	for i, a := range spec.Actors {
		if a.Behavior != nil && moved[i] < 2 {
			t.Errorf("%s is stuck at %+v", a.Name, w.Actors()[i].State.Pose)
		}
	}
}

// reportContacts fails the test for every pair that touches for the first time.
func reportContacts(t *testing.T, w *sim.World, touched map[[2]actor.ID]bool) {
	t.Helper()
	for i := range w.Actors() {
		for j := range i {
			a, b := &w.Actors()[j], &w.Actors()[i]
			pair := [2]actor.ID{a.ID, b.ID}
			if touched[pair] || a.Kind.OnFoot() && b.Kind.OnFoot() || !geom.Overlap(a.Box(), b.Box()) {
				continue
			}
			touched[pair] = true
			t.Errorf("%v: %s at %+v and %s at %+v touch", w.Time(), w.Name(a.ID), a.State.Pose, w.Name(b.ID), b.State.Pose)
		}
	}
}
