package sim_test

import (
	"math"
	"testing"

	"roadloop/sim"
	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
	"roadloop/sim/road"
	"roadloop/sim/vehicle"
)

// BenchmarkWorldStep measures driver steps of 50 ms with 20 other vehicles on a
// highway of three lanes and in a town, each with a state observation: the
// relative pose and velocity of all actors within 100 m.
func BenchmarkWorldStep(b *testing.B) {
	town, err := road.Generate(road.Params{Kind: road.KindTown, Control: road.SignalControl, Seed: 3})
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range []struct {
		name string
		spec *sim.Spec
	}{{"highway", crowd(highway(3), 3)}, {"town", crowd(town, len(town.Lanes))}} {
		b.Run(c.name, func(b *testing.B) {
			w := mustNew(b, c.spec)
			fresh := w.Clone()
			obs := make([]float32, 0, 256)
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if i%400 == 399 { // every 20 s of the run, so that no actor leaves the map
					b.StopTimer()
					w = fresh.Clone()
					b.StartTimer()
				}
				for range clock.DriverPeriod {
					w.Step(vehicle.Command{})
				}
				obs = observe(obs[:0], w)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "env-steps/s")
		})
	}
}

// BenchmarkNew measures New with 20 actors on a town map.
func BenchmarkNew(b *testing.B) {
	m, err := road.Generate(road.Params{Kind: road.KindTown, Control: road.SignalControl, Seed: 3})
	if err != nil {
		b.Fatal(err)
	}
	spec := crowd(m, len(m.Lanes))
	for b.Loop() {
		mustNew(b, spec)
	}
}

// crowd puts the ego and 20 drivers on the first lanes of m.
func crowd(m *road.Map, lanes int) *sim.Spec {
	spec := &sim.Spec{Map: m, Seed: 1, Ego: moving(0, 30, 10)}
	for i := 0; len(spec.Actors) < 20; i++ {
		lane := road.LaneID((i + 1) % lanes)
		s := 10 + 45*float64((i+1)/lanes)
		if l := &m.Lanes[lane]; l.Junction >= 0 || s > l.Center.Length()-10 {
			continue
		}
		spec.Actors = append(spec.Actors, sim.ActorSpec{Kind: actor.Car, Behavior: sim.Drive{},
			Start: sim.Start{Lane: lane, S: s, Speed: 10}})
	}
	return spec
}

// observe appends the state observation of a simple driver.
func observe(dst []float32, w *sim.World) []float32 {
	ego := w.Ego()
	_, s, d := w.EgoLane()
	dst = append(dst, float32(ego.State.Speed), float32(ego.State.YawRate), float32(s), float32(d))
	sin, cos := math.Sincos(ego.State.Pose.Yaw)
	actors := w.Actors()
	for i := range actors {
		a := &actors[i].State
		rel := geom.Vec{X: a.Pose.X - ego.State.Pose.X, Y: a.Pose.Y - ego.State.Pose.Y}
		if rel.Dot(rel) > 100*100 {
			continue
		}
		dst = append(dst, float32(cos*rel.X+sin*rel.Y), float32(cos*rel.Y-sin*rel.X),
			float32(a.Pose.Yaw-ego.State.Pose.Yaw), float32(a.Speed-ego.State.Speed))
	}
	return dst
}
