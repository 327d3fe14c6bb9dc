package trajectory_test

import (
	"math"
	"strings"
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

// At a box in its lane on a two-way road the car waits for oncoming traffic,
// far enough away to pull out later. Without oncoming traffic it does not wait.
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
		out := plan(t, newPlanner(t, m, 0), scene, prediction.New(m).Predict(t.Context(), scene))
		if waits := out.Reason == "waiting to pass"; waits != c.waits {
			t.Errorf("%d tracks: reason %q", len(c.tracks), out.Reason)
		}
	}
}

// While the car passes a standing car in its lane, it keeps a lateral distance of more than
// 0.375 m, the wandering zone of UN R157.
func TestKeepsDistanceFromStandingCar(t *testing.T) {
	m := generate(t, road.Params{Kind: road.KindStraight, Length: 400, SpeedLimit: 17})
	for _, speed := range []float64{8, 12, 16} {
		stands := slower(m, 1, 0, 150, 0)
		p := newPlanner(t, m, 0)
		ego := perception.Ego{Pose: m.Lanes[0].Center.Offset(130, 2.1), Speed: speed} // pulled out
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

// Without oncoming traffic the car passes a standing car without stopping behind it
// first, at every speed limit.
func TestPassesAStandingCarWithoutStopping(t *testing.T) {
	for _, limit := range []float64{6, 8, 10, 12, 14} {
		m := generate(t, road.Params{Kind: road.KindStraight, Length: 400, SpeedLimit: limit})
		stands := slower(m, 1, 0, 150, 0)
		p := newPlanner(t, m, 0)
		ego := perception.Ego{Pose: m.Lanes[0].Center.At(60), Speed: limit}
		slowest := limit
		for k := range int(160 / limit / 0.1) {
			ego = follow(t, p, m, ego, clock.Tick(10*k), stands)
			slowest = math.Min(slowest, ego.Speed)
		}
		if slowest < 0.4*limit || ego.Pose.X < stands.Pose.X+10 {
			t.Errorf("at %g m/s: down to %.1f m/s, %.0f m beyond", limit, slowest, ego.Pose.X-stands.Pose.X)
		}
	}
}

// A car that has just stopped is not passed immediately: it may move on.
func TestDoesNotPassCarThatJustStopped(t *testing.T) {
	m := generate(t, road.Params{Kind: road.KindStraight, Length: 400, SpeedLimit: 14})
	p := newPlanner(t, m, 0)
	ego := perception.Ego{Pose: m.Lanes[0].Center.At(60), Speed: 12}
	at, speed, stood := 85.0, 12.0, 0.0
	for k := 0; stood < 3; k++ {
		ego = follow(t, p, m, ego, clock.Tick(10*k), slower(m, 1, 0, at, speed))
		if off := ego.Pose.Y - m.Lanes[0].Center.At(60).Y; off > 0.3 {
			t.Fatalf("%.1f m to the left %.1f s after the car ahead stopped", off, stood)
		}
		at += speed * 0.1
		if speed = math.Max(0, speed-0.4); speed == 0 {
			stood += 0.1
		}
	}
}

// The car pulls out early only if its range of sight excludes a conflict with oncoming
// traffic at the speed limit: passing a long row of cones takes longer.
func TestPullsOutEarlyOnlyWithinSight(t *testing.T) {
	m := generate(t, road.Params{Kind: road.KindStraight, Length: 600, SpeedLimit: 8})
	for _, c := range []struct {
		cones int
		early bool
	}{{1, true}, {8, false}} {
		var row []perception.Track
		for i := range c.cones {
			cone := slower(m, int32(i+1), 0, 150+float64(6*i), 0)
			cone.Class, cone.Length, cone.Width = perception.Cone, 0.4, 0.4
			row = append(row, cone)
		}
		p := newPlanner(t, m, 0)
		ego := perception.Ego{Pose: m.Lanes[0].Center.At(90), Speed: 8}
		for k := 0; ego.Pose.X < 128; k++ {
			ego = follow(t, p, m, ego, clock.Tick(10*k), row...)
		}
		if early := ego.Pose.Y-m.Lanes[0].Center.At(0).Y > 0.5; early != c.early {
			t.Errorf("%d cones: pulled out early %v", c.cones, early)
		}
	}
}

// The passing time includes the motion of the passed cyclist, since oncoming traffic
// approaches meanwhile.
func TestPassingDistanceIncludesDetour(t *testing.T) {
	m := generate(t, road.Params{Kind: road.KindStraight, Length: 500, SpeedLimit: 14})
	waits := func(from float64) bool {
		rider := slower(m, 1, 0, 80, 4.4)
		rider.Class, rider.Length, rider.Width = perception.Cyclist, 1.9, 0.6
		oncoming := slower(m, 2, 1, 500-from, 11)
		scene := &perception.Scene{Tracks: []perception.Track{rider, oncoming}, Ego: perception.Ego{Pose: m.Lanes[0].Center.At(64), Speed: 5}}
		out := plan(t, newPlanner(t, m, 0), scene, prediction.New(m).Predict(t.Context(), scene))
		for i := range out.Proposals {
			if strings.HasPrefix(out.Proposals[i].Name, "pass") {
				return false
			}
		}
		return true
	}
	// At 1.8 m/s² up to 10.5 m/s the car is back on its lane after 6.5 s and 50 m; the
	// oncoming car drives 70 m meanwhile.
	if !waits(185) {
		t.Error("pulls out despite oncoming traffic at 120 m")
	}
	if waits(0) {
		t.Error("waits without a reason")
	}
}

// follow plans with the given tracks and returns the ego a tenth of a second later on its
// plan.
func follow(t *testing.T, p *trajectory.Planner, m *road.Map, ego perception.Ego, now clock.Tick, tracks ...perception.Track) perception.Ego {
	scene := &perception.Scene{Time: now, Ego: ego, Tracks: tracks}
	w := plan(t, p, scene, prediction.New(m).Predict(t.Context(), scene)).Waypoints[1]
	bmw := vehicle.BMW320i()
	return perception.Ego{Pose: w.Pose, Speed: w.Speed, Accel: w.Accel, Steer: math.Atan(w.Curvature * bmw.Wheelbase())}
}

func carBox(pose geom.Pose) geom.OBB {
	bmw := vehicle.BMW320i()
	car := behavior.NewCar(&bmw)
	return car.Box(pose)
}
