package sim_test

import (
	"testing"

	"roadloop/sim"
	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
	"roadloop/sim/road"
	"roadloop/sim/vehicle"
)

// lane returns a complete lane through pts.
func lane(id road.LaneID, limit float64, pts ...geom.Vec) road.Lane {
	c, err := geom.NewPolyline(pts)
	if err != nil {
		panic(err)
	}
	return road.Lane{ID: id, Center: c, Width: 3.5, SpeedLimit: limit, Left: road.None, Right: road.None,
		Opposite: road.None, Junction: -1, Signal: road.NoSignal, StopS: c.Length()}
}

// highway returns n parallel lanes of 1 km along x, lane 0 rightmost, solid lines
// outside and dashed ones between.
func highway(n int) *road.Map {
	m := &road.Map{Name: "highway"}
	for i := range n {
		y := 3.5 * float64(i)
		l := lane(road.LaneID(i), 30, geom.Vec{Y: y}, geom.Vec{X: 1000, Y: y})
		l.LeftMark.Kind, l.RightMark.Kind = road.MarkSolid, road.MarkSolid
		if i > 0 {
			l.Right, l.RightMark.Kind = road.LaneID(i-1), road.MarkDashed
		}
		if i < n-1 {
			l.Left, l.LeftMark.Kind = road.LaneID(i+1), road.MarkDashed
		}
		m.Lanes = append(m.Lanes, l)
	}
	return finish(m)
}

// country returns a road of one lane each way, lane 0 eastward at y = 0 and lane 1
// westward at y = 3.5, with a dashed line between.
func country() *road.Map {
	m := &road.Map{Name: "country", Lanes: []road.Lane{
		lane(0, 25, geom.Vec{}, geom.Vec{X: 1000}), lane(1, 25, geom.Vec{X: 1000, Y: 3.5}, geom.Vec{Y: 3.5}),
	}}
	for i := range m.Lanes {
		l := &m.Lanes[i]
		l.Opposite = road.LaneID(1 - i)
		l.LeftMark.Kind, l.RightMark.Kind = road.MarkDashed, road.MarkSolid
	}
	return finish(m)
}

// controlled returns a road of two lanes of 100 m, one after the other, with
// control at the end of the first.
func controlled(c road.Control, plan road.SignalPlan) *road.Map {
	m := &road.Map{Name: "controlled", Lanes: []road.Lane{
		lane(0, 25, geom.Vec{}, geom.Vec{X: 100}), lane(1, 25, geom.Vec{X: 100}, geom.Vec{X: 600}),
	}}
	m.Lanes[0].Next, m.Lanes[1].Prev = []road.LaneID{1}, []road.LaneID{0}
	m.Lanes[0].Control, m.Lanes[0].StopS = c, 98
	if c == road.SignalControl {
		m.Lanes[0].Signal = 0
		m.Signals = []road.Signal{{Lanes: []road.LaneID{0}, Plan: plan}}
	}
	return finish(m)
}

// mustNew returns the world of spec.
func mustNew(t testing.TB, spec *sim.Spec) *sim.World {
	t.Helper()
	w, err := sim.New(spec)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// run steps w for seconds under cmd and returns all events.
func run(w *sim.World, seconds float64, cmd vehicle.Command) []sim.Event {
	var all []sim.Event
	for range clock.FromSeconds(seconds) {
		all = append(all, w.Step(cmd)...)
	}
	return all
}

// only returns the events of the given kind.
func only(events []sim.Event, k sim.EventKind) []sim.Event {
	var out []sim.Event
	for _, e := range events {
		if e.Kind == k {
			out = append(out, e)
		}
	}
	return out
}

// atRest is an ego that stands at s on lane.
func atRest(lane road.LaneID, s float64) sim.EgoSpec {
	return sim.EgoSpec{Start: sim.Start{Lane: lane, S: s}}
}

// moving is an ego at s on lane with a speed.
func moving(lane road.LaneID, s, v float64) sim.EgoSpec {
	return sim.EgoSpec{Start: sim.Start{Lane: lane, S: s, Speed: v}}
}

// parked is a car that stands at s on lane.
func parked(lane road.LaneID, s float64) sim.ActorSpec {
	return sim.ActorSpec{Kind: actor.Car, Start: sim.Start{Lane: lane, S: s}}
}

// finish paves the lanes and builds the map.
func finish(m *road.Map) *road.Map {
	for i := range m.Lanes {
		c := &m.Lanes[i].Center
		var left, right []geom.Vec
		for s := 0.0; s <= c.Length(); s += 5 {
			left, right = append(left, c.Offset(s, 1.75).Pos()), append(right, c.Offset(s, -1.75).Pos())
		}
		m.Surfaces = append(m.Surfaces, road.Surface{Left: left, Right: right})
	}
	if err := m.Build(); err != nil {
		panic(err)
	}
	return m
}
