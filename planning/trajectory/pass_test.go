package trajectory_test

import (
	"testing"

	"roadloop/perception"
	"roadloop/planning/prediction"
	"roadloop/sim/road"
)

// Before a box in the lane of a two-way road the car waits while someone comes,
// and far enough away to turn out later; when nobody does, nothing holds it.
func TestWaitsToPassAnObstacle(t *testing.T) {
	m := generate(t, road.Params{Kind: road.KindStraight, Length: 400, SpeedLimit: 14})
	box := slower(m, 1, 0, 95, 0)
	box.Class, box.Length, box.Width = perception.Cone, 0.8, 0.8
	oncoming := slower(m, 2, 1, 230, 12)
	for _, c := range []struct {
		tracks []perception.Track
		waits  bool
	}{{[]perception.Track{box, oncoming}, true}, {[]perception.Track{box}, false}} {
		scene := &perception.Scene{Tracks: c.tracks, Ego: perception.Ego{Pose: m.Lanes[0].Center.At(58), Speed: 8}}
		out := plan(t, newPlanner(t, m, 0), scene, prediction.New(m).Predict(scene))
		if waits := out.Reason == "waiting to pass"; waits != c.waits {
			t.Errorf("%d tracks: reason %q", len(c.tracks), out.Reason)
		}
	}
}
