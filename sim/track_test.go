package sim_test

import (
	"math"
	"slices"
	"testing"

	"roadloop/sim"
	"roadloop/sim/geom"
	"roadloop/sim/road"
	"roadloop/sim/vehicle"
)

// TestTrackThroughJunctions drives every path through a junction by pure pursuit:
// the ego's lane must stay on its route, its progress must not jump, and the
// drive must raise no event.
func TestTrackThroughJunctions(t *testing.T) {
	m, err := road.Generate(road.Params{Kind: road.KindFourWay, Lanes: 2, Seed: 4, Length: 60})
	if err != nil {
		t.Fatal(err)
	}
	ways := 0
	for i := range m.Lanes {
		l := &m.Lanes[i]
		if l.Junction < 0 {
			continue
		}
		route := []road.LaneID{l.Prev[0], l.ID, l.Next[0]}
		ways++
		w := mustNew(t, &sim.Spec{Map: m, Ego: sim.EgoSpec{Start: sim.Start{Lane: route[0], S: 30, Speed: 5}, Route: route}})
		pursueRoute(t, w, route)
	}
	if ways < 12 {
		t.Errorf("only %d paths through the junction", ways)
	}
}

func pursueRoute(t *testing.T, w *sim.World, route []road.LaneID) {
	t.Helper()
	path := pathOf(t, w.Map(), route)
	last := w.EgoProgress()
	for range 2500 {
		ego := w.Ego()
		s, _ := path.Project(ego.State.Pose.Pos())
		aim := ego.State.Pose.ToLocal(path.At(s + 4).Pos())
		curvature := 2 * aim.Y / aim.Dot(aim)
		events := w.Step(vehicle.Command{Steer: math.Atan(curvature * 2.58)})
		if len(events) > 0 {
			t.Fatalf("route %v: %+v at s = %.1f", route, events[0], s)
		}
		lane, _, _ := w.EgoLane()
		if !slices.Contains(route, lane) {
			t.Fatalf("route %v: placed on lane %d at s = %.1f", route, lane, s)
		}
		now := w.EgoProgress()
		if step := now - last; step < 0.02 || step > 0.08 {
			t.Fatalf("route %v: progress of %.3f m in a tick at 5 m/s, s = %.1f", route, step, s)
		}
		if last = now; s > path.Length()-20 {
			return
		}
	}
	t.Errorf("route %v: never arrived", route)
}

// pathOf joins the center lines of the lanes of a route.
func pathOf(t *testing.T, m *road.Map, route []road.LaneID) geom.Polyline {
	t.Helper()
	var pts []geom.Vec
	for _, id := range route {
		pts = append(pts, m.Lanes[id].Center.Points()...)
	}
	l, err := geom.NewPolyline(pts)
	if err != nil {
		t.Fatal(err)
	}
	return l
}
