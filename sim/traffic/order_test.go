package traffic_test

import (
	"bytes"
	"math"
	"testing"

	"roadloop/sim/actor"
	"roadloop/sim/geom"
	"roadloop/sim/road"
	"roadloop/sim/traffic"
)

// follower adds a Blind vehicle on lane id at s = at with speed v.
func (s *scene) follower(t *testing.T, id road.LaneID, at, v float64) int {
	return s.drive(t, actor.Car, traffic.DriverConfig{Lane: id, S: at, Speed: v, Compliance: traffic.Blind})
}

func TestSpeedOrders(t *testing.T) {
	s := newScene(straight(1, 3000, 30))
	i := s.follower(t, 0, 10, 10)
	s.t.SetSpeed(i, 16, 2)
	s.run(1.5, nil)
	if a := s.env.Actors[i].State.Accel; a != 2 || s.t.AtSpeed(i) {
		t.Errorf("acceleration %.2f m/s² on the way, arrived %v", a, s.t.AtSpeed(i))
	}
	s.run(4, nil)
	if v := s.speed(i); math.Abs(v-16) > 2e-3 || !s.t.AtSpeed(i) {
		t.Errorf("speed %.4f m/s, arrived %v", v, s.t.AtSpeed(i))
	}
	s.t.Brake(i, 0, 5)
	s.run(6, nil)
	if v := s.speed(i); v != 0 {
		t.Errorf("speed %.4f m/s after braking to a stop", v)
	}
	if got, want := s.t.Progress(i), s.env.Actors[i].State.Pose.X; math.Abs(got-want) > 1e-9 {
		t.Errorf("progress %.3f m at x = %.3f", got, want)
	}
}

func TestOffsetWithinTheLane(t *testing.T) {
	s := newScene(straight(1, 1000, 30))
	i := s.follower(t, 0, 10, 15)
	s.t.Offset(i, -0.8, 2)
	s.run(1, nil)
	if y := s.env.Actors[i].State.Pose.Y; math.Abs(y+0.4) > 1e-6 || !s.t.Shifting(i) {
		t.Errorf("y = %.4f m half way, want -0.4", y)
	}
	s.run(1.1, nil)
	if y := s.env.Actors[i].State.Pose.Y; math.Abs(y+0.8) > 1e-9 || s.t.Shifting(i) {
		t.Errorf("y = %.4f m, want -0.8 and rest", y)
	}
}

func TestChangeOverTwoLanes(t *testing.T) {
	s := newScene(straight(3, 1000, 30))
	i := s.follower(t, 0, 10, 20)
	s.t.ChangeTo(i, 9, 4, s.env.Now)
	s.t.ChangeLane(i, -1, 4, s.env.Now)
	if lane, _, _, _ := s.t.LanePosition(i); lane != 0 || s.t.Shifting(i) {
		t.Error("changed to a lane that does not exist")
	}
	s.t.ChangeTo(i, 2, 4, s.env.Now)
	s.run(4.1, nil)
	if lane, at, d, _ := s.t.LanePosition(i); lane != 2 || math.Abs(at-92) > 0.1 || d != 0 {
		t.Errorf("on lane %d at s = %.2f, d = %.3f", lane, at, d)
	}
}

// A slow vehicle needs distance for a lane change: its heading stays plausible.
func TestSlowLaneChangeKeepsHeading(t *testing.T) {
	for _, v := range []float64{0, 2, 5, 20} {
		s := newScene(straight(2, 1000, 30))
		i := s.follower(t, 0, 10, v)
		s.t.ChangeLane(i, 1, 3, s.env.Now)
		s.run(10, func() {
			if yaw := math.Abs(s.env.Actors[i].State.Pose.Yaw); yaw > 0.3 {
				t.Fatalf("at %g m/s the heading is %.2f rad off", v, yaw)
			}
		})
		if y := s.env.Actors[i].State.Pose.Y; v == 0 && y != 0 {
			t.Errorf("a standing vehicle slid to y = %.2f", y)
		}
	}
}

// detour has two routes from lane 0 to lane 3: straight on by 1, or by 2.
func detour() *road.Map {
	m := &road.Map{Lanes: []road.Lane{
		lane(0, 14, geom.Vec{}, geom.Vec{X: 100}),
		lane(1, 14, geom.Vec{X: 100}, geom.Vec{X: 200}),
		lane(2, 14, geom.Vec{X: 100}, geom.Vec{X: 110, Y: 0.4}, geom.Vec{X: 150, Y: 4}, geom.Vec{X: 190, Y: 0.4}, geom.Vec{X: 200}),
		lane(3, 14, geom.Vec{X: 200}, geom.Vec{X: 400}),
	}}
	m.Lanes[0].Next = []road.LaneID{1, 2}
	m.Lanes[1].Next, m.Lanes[2].Next = []road.LaneID{3}, []road.LaneID{3}
	m.Lanes[1].Prev, m.Lanes[2].Prev, m.Lanes[3].Prev = []road.LaneID{0}, []road.LaneID{0}, []road.LaneID{1, 2}
	return m
}

func TestRoutesAreFollowed(t *testing.T) {
	for _, by := range []road.LaneID{1, 2} {
		s := newScene(detour())
		i := s.drive(t, actor.Car, traffic.DriverConfig{S: 10, Speed: 10, Route: []road.LaneID{0, by, 3}, Stream: stream("a")})
		seen := map[road.LaneID]bool{}
		s.run(30, func() {
			lane, _, _, _ := s.t.LanePosition(i)
			seen[lane] = true
		})
		if !seen[by] || !seen[3] || seen[3-by] {
			t.Errorf("route by %d went over %v", by, seen)
		}
	}
}

func TestReroute(t *testing.T) {
	s := newScene(detour())
	i := s.drive(t, actor.Car, traffic.DriverConfig{S: 10, Speed: 10, Route: []road.LaneID{0, 1, 3}, Stream: stream("a")})
	s.run(2, nil)
	s.t.Reroute(i, []road.LaneID{3}) // does not start on the current lane: ignored
	s.t.Reroute(i, []road.LaneID{0, 2, 3})
	s.run(12, nil)
	if lane, _, _, _ := s.t.LanePosition(i); lane != 2 {
		t.Errorf("on lane %d, want 2", lane)
	}
}

// A route over a neighboring lane makes the driver change lanes.
func TestRouteOverNeighboringLane(t *testing.T) {
	s := newScene(straight(2, 1000, 14))
	i := s.drive(t, actor.Car, traffic.DriverConfig{S: 10, Speed: 10, Route: []road.LaneID{0, 1}, Stream: stream("a")})
	s.run(15, nil)
	if lane, _, d, _ := s.t.LanePosition(i); lane != 1 || math.Abs(d) > 0.01 {
		t.Errorf("on lane %d at d = %.2f, want the middle of lane 1", lane, d)
	}
}

// A released scripted vehicle obeys the rules.
func TestRelease(t *testing.T) {
	s := newScene(crossroads(road.SignalControl))
	s.env.Signals[0] = road.Red
	i := s.follower(t, 3, 20, 10)
	s.t.Release(i)
	s.run(30, nil)
	if y := s.env.Actors[i].State.Pose.Y; s.speed(i) > 0.1 || y > -10 {
		t.Errorf("at y = %.1f m with %.2f m/s on red", y, s.speed(i))
	}
}

// A driver brakes for an oncoming vehicle in its lane.
func TestOncomingDriverBrakes(t *testing.T) {
	m := &road.Map{Lanes: []road.Lane{
		lane(0, 20, geom.Vec{}, geom.Vec{X: 800}), lane(1, 20, geom.Vec{X: 800, Y: 3.5}, geom.Vec{Y: 3.5}),
	}}
	m.Lanes[0].Opposite, m.Lanes[1].Opposite = 1, 0
	s := newScene(m)
	over := s.follower(t, 0, 50, 15)
	s.t.ChangeLane(over, 1, 2, 0)
	meets := s.drive(t, actor.Car, traffic.DriverConfig{Lane: 1, S: 500, Speed: 15, Stream: stream("a")})
	s.run(6, nil)
	if v := s.speed(meets); v > 12 {
		t.Errorf("still at %.1f m/s toward a vehicle in its lane", v)
	}
}

// Two junction lanes merge: the vehicle that yields follows the other one.
func TestMergeInJunction(t *testing.T) {
	m := &road.Map{Lanes: []road.Lane{
		lane(0, 14, geom.Vec{}, geom.Vec{X: 100}), lane(1, 14, geom.Vec{X: 100}, geom.Vec{X: 130}),
		lane(2, 14, geom.Vec{X: 20, Y: -80}, geom.Vec{X: 100, Y: -10}),
		lane(3, 14, geom.Vec{X: 100, Y: -10}, geom.Vec{X: 110, Y: -3}, geom.Vec{X: 120, Y: -0.5}, geom.Vec{X: 130}),
		lane(4, 14, geom.Vec{X: 130}, geom.Vec{X: 500}),
	}}
	link := func(a, b road.LaneID) {
		m.Lanes[a].Next, m.Lanes[b].Prev = append(m.Lanes[a].Next, b), append(m.Lanes[b].Prev, a)
	}
	link(0, 1)
	link(1, 4)
	link(2, 3)
	link(3, 4)
	m.Lanes[1].Junction, m.Lanes[3].Junction = 0, 0
	m.Lanes[1].Conflicts = []road.Conflict{{With: 3, Start: 8, End: 30, OtherStart: 11, OtherEnd: m.Lanes[3].Center.Length()}}
	m.Lanes[3].Conflicts = []road.Conflict{{With: 1, Start: 11, End: m.Lanes[3].Center.Length(), OtherStart: 8, OtherEnd: 30, Yield: true}}
	m.Lanes[2].Control = road.Yield
	s := newScene(m)
	major := s.drive(t, actor.Car, traffic.DriverConfig{Lane: 0, S: 10, Speed: 10, Stream: stream("major")})
	minor := s.drive(t, actor.Car, traffic.DriverConfig{Lane: 2, S: 15, Speed: 10, Stream: stream("minor")})
	s.run(25, func() {
		if _, _, hit := s.touching(); hit {
			t.Fatalf("touch at %v", s.env.Now)
		}
	})
	if a, b := s.env.Actors[major].State.Pose.X, s.env.Actors[minor].State.Pose.X; b > a || b < 150 {
		t.Errorf("the vehicle with the right of way is at x = %.1f, the other at %.1f", a, b)
	}
}

func TestCloneIsExact(t *testing.T) {
	s := newScene(crossroads(road.Yield))
	for k := range 4 {
		s.drive(t, actor.Car, traffic.DriverConfig{Lane: road.LaneID(3 * (k % 2)), S: 20 * float64(k), Speed: 8, Stream: stream("x")})
	}
	s.walk(t, traffic.PedestrianConfig{Path: across(-50), Wary: true, Loop: true, Stream: stream("w")})
	s.run(3.33, nil)
	fork := &scene{t: s.t.Clone(), env: s.env}
	fork.env.Actors = append([]actor.Actor(nil), s.env.Actors...)
	s.run(20, nil)
	if bytes.Equal(fork.t.AppendState(nil), s.t.AppendState(nil)) {
		t.Fatal("the state does not change in 20 s")
	}
	fork.run(20, nil)
	if !bytes.Equal(fork.t.AppendState(nil), s.t.AppendState(nil)) {
		t.Error("the clone diverged")
	}
}
