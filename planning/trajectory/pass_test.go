package trajectory_test

import (
	"math"
	"testing"

	"roadloop/perception"
	"roadloop/planning/behavior"
	"roadloop/planning/prediction"
	"roadloop/planning/trajectory"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
	"roadloop/sim/road"
	"roadloop/sim/vehicle"
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

// Round a car that stands in its lane, and until that is behind, the car stays out: farther
// from its side than 0.375 m, by which others may wander for the drivers of UN R157.
func TestStaysOutBesideAStandingCar(t *testing.T) {
	m := generate(t, road.Params{Kind: road.KindStraight, Length: 400, SpeedLimit: 17})
	for _, speed := range []float64{8, 12, 16} {
		stands := slower(m, 1, 0, 150, 0)
		p := newPlanner(t, m, 0)
		ego := perception.Ego{Pose: m.Lanes[0].Center.Offset(130, 2.1), Speed: speed} // turned out
		least := math.Inf(1)
		for k := range 60 {
			ego = follow(t, p, m, ego, clock.Tick(10*k), stands)
			if box := carBox(ego.Pose); math.Abs(box.Center.X-stands.Pose.X) < 6 {
				least = math.Min(least, geom.Distance(box, stands.Box()))
			}
		}
		if least < 0.375 || ego.Pose.X < stands.Pose.X+20 {
			t.Errorf("from %g m/s: %.2f m to the side, and %.0f m beyond", speed, least, ego.Pose.X-stands.Pose.X)
		}
	}
}

// follow plans among tracks and returns the ego a tenth of a second later, on its plan.
func follow(t *testing.T, p *trajectory.Planner, m *road.Map, ego perception.Ego, now clock.Tick, tracks ...perception.Track) perception.Ego {
	scene := &perception.Scene{Time: now, Ego: ego, Tracks: tracks}
	w := plan(t, p, scene, prediction.New(m).Predict(scene)).Waypoints[1]
	bmw := vehicle.BMW320i()
	return perception.Ego{Pose: w.Pose, Speed: w.Speed, Accel: w.Accel, Steer: math.Atan(w.Curvature * bmw.Wheelbase())}
}

func carBox(pose geom.Pose) geom.OBB {
	bmw := vehicle.BMW320i()
	car := behavior.NewCar(&bmw)
	return car.Box(pose)
}
