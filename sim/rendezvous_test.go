package sim_test

import (
	"math"
	"testing"

	"roadloop/sim"
	"roadloop/sim/road"
	"roadloop/sim/vehicle"
)

// straightThrough returns lane in, which leads into a junction, the lane
// straight across, and the lane after that.
func straightThrough(m *road.Map, in road.LaneID) []road.LaneID {
	for _, id := range m.Lanes[in].Next {
		if m.Lanes[id].Turn == road.Straight {
			return []road.LaneID{in, id, m.Lanes[id].Next[0]}
		}
	}
	return nil
}

// A car from the right reaches the crossing on time and at its specified speed,
// although the ego is slower than expected.
func TestMeet(t *testing.T) {
	m, err := road.Generate(road.Params{Kind: road.KindFourWay, Length: 250})
	if err != nil {
		t.Fatal(err)
	}
	var right road.LaneID
	for _, l := range m.Lanes {
		if l.Junction < 0 && len(l.Next) > 0 && math.Abs(l.Center.At(0).Yaw-math.Pi/2) < 0.1 {
			right = l.ID
		}
	}
	way, own := straightThrough(m, 0), straightThrough(m, right)
	onEgo, onOwn, ok := sim.FirstConflict(m, way, own)
	if !ok {
		t.Fatal("the paths do not cross")
	}
	for _, c := range []struct{ egoSpeed, speed, after float64 }{
		{10, 12, 0}, {8, 12, 0}, {12, 12, 1.5}, {10, 10, -1},
	} {
		car := scripted(right, 100, c.speed, sim.Maneuver{Do: sim.Rendezvous{Speed: c.speed, After: c.after}})
		car.Behavior = sim.Follow{Route: own}
		w := mustNew(t, &sim.Spec{Map: m, Ego: sim.EgoSpec{Start: sim.Start{Lane: 0, S: 120, Speed: c.egoSpeed}, Route: way}, Actors: []sim.ActorSpec{car}})
		a := &w.Actors()[0]
		var ego, other, speed float64
		for range 3000 {
			w.Step(vehicle.Command{})
			if f := w.EgoProgress() + w.Ego().Shape.RearToCenter + w.Ego().Shape.Length/2; ego == 0 && f >= onEgo {
				ego = w.Time().Seconds()
			}
			lane, s, _, _ := w.ActorLane(1)
			f := s + a.Shape.RearToCenter + a.Shape.Length/2
			if lane != right {
				f += m.Lanes[right].Center.Length()
			}
			if other == 0 && f >= onOwn {
				other, speed = w.Time().Seconds(), a.State.Speed
			}
		}
		if math.Abs(other-ego-c.after) > 0.15 || math.Abs(speed-c.speed) > 0.3 {
			t.Errorf("%+v: the ego came at %.2f s, the car at %.2f s with %.1f m/s", c, ego, other, speed)
		}
	}
}

// A car on the ego's road has no crossing with the ego's path: it keeps its speed.
func TestMeetWithoutCrossing(t *testing.T) {
	other := scripted(0, 100, 10, sim.Maneuver{Do: sim.Rendezvous{Speed: 12}})
	w := mustNew(t, &sim.Spec{Map: highway(1), Ego: moving(0, 20, 10), Actors: []sim.ActorSpec{other}})
	run(w, 4, vehicle.Command{})
	if v := w.Actors()[0].State.Speed; math.Abs(v-12) > 0.05 {
		t.Errorf("drives %.2f m/s, want 12", v)
	}
}
