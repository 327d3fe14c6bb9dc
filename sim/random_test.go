package sim_test

import (
	"math"
	"testing"

	"roadloop/sim"
	"roadloop/sim/rng"
	"roadloop/sim/road"
	"roadloop/sim/vehicle"
)

// TestRandomWorldsStayFinite drives random commands on random maps with random
// crowds: nothing panics, all states stay finite and all speeds plausible.
func TestRandomWorldsStayFinite(t *testing.T) {
	for seed := range uint64(20) {
		m, err := road.Random(seed)
		if err != nil {
			t.Fatal(err)
		}
		r := rng.New(seed, "test", "wild")
		ego := sim.Start{Lane: road.LaneID(r.IntN(len(m.Lanes))), S: 5, Speed: r.Range(0, 30)}
		spec := &sim.Spec{Map: m, Seed: seed, Friction: r.Range(0.1, 1), Ego: sim.EgoSpec{Start: ego},
			Actors: sim.Populate(m, seed, ego, nil, sim.Crowd{Cars: 15, Trucks: 3, Cyclists: 3, Pedestrians: 8, Parked: 4})}
		w := mustNew(t, spec)
		for range 100 {
			run(w, 0.2, vehicle.Command{Steer: r.Range(-0.5, 0.5), Accel: r.Range(-9, 6)})
			checkFinite(t, seed, w)
		}
	}
}

func checkFinite(t *testing.T, seed uint64, w *sim.World) {
	t.Helper()
	for i := range w.Actors() {
		a := &w.Actors()[i]
		s := &a.State
		if sum := s.Pose.X + s.Pose.Y + s.Pose.Yaw + s.Accel + s.YawRate + s.Steer; math.IsNaN(sum) || math.IsInf(sum, 0) {
			t.Fatalf("seed %d, %v: %s has the state %+v", seed, w.Time(), w.Name(a.ID), *s)
		}
		if s.Speed < 0 || s.Speed > 60 || math.Abs(s.Accel) > 20 {
			t.Fatalf("seed %d, %v: %s moves at %g m/s, %g m/s²", seed, w.Time(), w.Name(a.ID), s.Speed, s.Accel)
		}
	}
	if e := w.Ego().State; math.IsNaN(e.Pose.X+e.Pose.Y+e.Pose.Yaw+e.Speed) || e.Speed > 60 {
		t.Fatalf("seed %d, %v: the ego has the state %+v", seed, w.Time(), e)
	}
}
