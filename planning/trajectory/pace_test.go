package trajectory_test

import (
	"strings"
	"testing"

	"roadloop/perception"
	"roadloop/planning/prediction"
	"roadloop/sim/road"
)

// slower returns a vehicle that drives in a lane with its center at s.
func slower(m *road.Map, id int32, lane road.LaneID, s, speed float64) perception.Track {
	at := m.Lanes[lane].Center.At(s)
	return perception.Track{ID: id, Class: perception.Car, Pose: at, Vel: at.Forward().Scale(speed),
		Length: 4, Width: 1.7, Existence: 1, Age: 100}
}

// The car passes a vehicle that drives 20 km/h below the limit, unless the
// adjacent lane is not faster, or the distance to an exit is too short.
func TestOvertakes(t *testing.T) {
	highway := generate(t, road.Params{Kind: road.KindStraight, Lanes: 2, OneWay: true, Length: 800, SpeedLimit: 25})
	exit := generate(t, road.Params{Kind: road.KindExit, Lanes: 2, Length: 400, SpeedLimit: 25})
	for _, c := range []struct {
		name   string
		m      *road.Map
		route  []road.LaneID
		tracks []perception.Track
		change bool
	}{
		{"slow car ahead", highway, []road.LaneID{0}, []perception.Track{slower(highway, 1, 0, 95, 18)}, true},
		{"fast car ahead", highway, []road.LaneID{0}, []perception.Track{slower(highway, 1, 0, 95, 24)}, false},
		{"slow car on the other lane too", highway, []road.LaneID{0},
			[]perception.Track{slower(highway, 1, 0, 95, 18), slower(highway, 2, 1, 100, 18)}, false},
		{"slow car behind", highway, []road.LaneID{0}, []perception.Track{slower(highway, 1, 0, 30, 18)}, false},
		{"exit ahead", exit, []road.LaneID{0, 3, 2, 7}, []perception.Track{slower(exit, 1, 0, 95, 18)}, false},
	} {
		scene := &perception.Scene{Tracks: c.tracks, Ego: perception.Ego{Pose: c.m.Lanes[0].Center.At(60), Speed: 20}}
		p := newPlanner(t, c.m, c.route...)
		out := plan(t, p, scene, prediction.New(c.m).Predict(t.Context(), scene))
		if name := out.Proposals[out.Chosen].Name; strings.HasPrefix(name, "change") {
			t.Errorf("%s: chose %s before tracks could exist", c.name, name)
		}
		scene.Time = 60
		out = plan(t, p, scene, prediction.New(c.m).Predict(t.Context(), scene))
		if name := out.Proposals[out.Chosen].Name; strings.HasPrefix(name, "change") != c.change {
			t.Errorf("%s: chose %s", c.name, name)
		}
	}
}

// After passing, the car returns to the lane of its route.
func TestReturnsAfterOvertaking(t *testing.T) {
	m := generate(t, road.Params{Kind: road.KindStraight, Lanes: 2, OneWay: true, Length: 800, SpeedLimit: 25})
	p := newPlanner(t, m, 0)
	scene := &perception.Scene{Tracks: []perception.Track{slower(m, 1, 0, 30, 18)},
		Ego: perception.Ego{Pose: m.Lanes[1].Center.At(75), Speed: 25}}
	plan(t, p, scene, prediction.New(m).Predict(t.Context(), scene))
	scene.Time = 60
	out := plan(t, p, scene, prediction.New(m).Predict(t.Context(), scene))
	last := out.Waypoints[len(out.Waypoints)-1].Pose
	if _, d := m.Lanes[0].Center.Project(last.Pos()); d > 2.5 {
		t.Errorf("chose %s, ends %.1f m to the left of the lane of the route", out.Proposals[out.Chosen].Name, d)
	}
}
