package traffic_test

import (
	"math"
	"testing"

	"roadloop/sim/actor"
	"roadloop/sim/geom"
	"roadloop/sim/rng"
	"roadloop/sim/road"
	"roadloop/sim/traffic"
)

func stream(name string) rng.Stream { return rng.New(7, name, "test") }

func TestDriverStopsBehindAParkedCar(t *testing.T) {
	s := newScene(straight(1, 500, 14))
	parked := s.stand(actor.Car, geom.Pose{X: 200, Y: 0.5})
	i := s.drive(t, actor.Car, traffic.DriverConfig{S: 10, Speed: 12, Stream: stream("a")})
	s.run(60, nil)
	gap := s.env.Actors[parked].Box().Center.X - 4.023/2 - (s.env.Actors[i].Box().Center.X + 4.023/2)
	if s.speed(i) > 0.05 || gap < 1 || gap > 4 {
		t.Errorf("speed %.2f m/s, gap %.2f m; want a stop 1 to 4 m behind", s.speed(i), gap)
	}
	if s.env.Actors[i].State.Lights&actor.BrakeLights == 0 {
		t.Error("a standing driver shows no brake lights")
	}
}

func TestDriverPassesCarBesideTheLane(t *testing.T) {
	s := newScene(straight(1, 500, 14))
	s.stand(actor.Car, geom.Pose{X: 200, Y: -2.4})
	i := s.drive(t, actor.Car, traffic.DriverConfig{S: 10, Speed: 12, Stream: stream("a")})
	s.run(30, nil)
	if x := s.env.Actors[i].State.Pose.X; x < 250 {
		t.Errorf("still at x = %.1f m behind a car parked next to the lane", x)
	}
}

func TestDriverOvertakesASlowLeader(t *testing.T) {
	s := newScene(straight(2, 2000, 30))
	slow := s.drive(t, actor.Truck, traffic.DriverConfig{S: 120, Speed: 12, DesiredSpeed: 12, KeepLane: true, Stream: stream("slow")})
	fast := s.drive(t, actor.Car, traffic.DriverConfig{S: 20, Speed: 25, DesiredSpeed: 25, Stream: stream("fast")})
	sideRate := 0.0
	before := 0.0
	s.run(60, func() {
		if j, k, hit := s.touching(); hit {
			t.Fatalf("%d and %d touch at %v", j, k, s.env.Now)
		}
		y := s.env.Actors[fast].State.Pose.Y
		sideRate = math.Max(sideRate, math.Abs(y-before)/0.01)
		before = y
	})
	if s.env.Actors[fast].State.Pose.X < s.env.Actors[slow].State.Pose.X+50 {
		t.Error("the fast driver did not overtake")
	}
	// The minimum-jerk profile peaks at 15/8 of the mean: 1.875·3.5/4 = 1.64 m/s.
	if sideRate < 1.5 || sideRate > 1.7 {
		t.Errorf("sideways at up to %.2f m/s, want about 1.64", sideRate)
	}
}

func TestDriverObeysSignal(t *testing.T) {
	s := newScene(crossroads(road.SignalControl))
	i := s.drive(t, actor.Car, traffic.DriverConfig{Lane: 3, S: 20, Speed: 12, Stream: stream("a")})
	s.env.Signals[0] = road.Red
	s.run(30, nil)
	front := s.env.Actors[i].Box().Center.Y + s.env.Actors[i].Shape.Length/2
	if s.speed(i) > 0.1 || front > -10 || front < -12.5 {
		t.Errorf("front at y = %.2f m at %.2f m/s; want a stop just before the line at -10", front, s.speed(i))
	}
	s.env.Signals[0] = road.Green
	s.run(15, nil)
	if s.env.Actors[i].State.Pose.Y < 10 {
		t.Error("did not start on green")
	}
}

// A driver that is too close to stop comfortably at amber goes on.
func TestDriverDecidesOnAmber(t *testing.T) {
	for _, c := range []struct {
		front float64 // before the line, m
		stops bool
	}{{15, false}, {45, true}} {
		s := newScene(crossroads(road.SignalControl))
		shape := actor.DefaultShape(actor.Car)
		i := s.drive(t, actor.Car, traffic.DriverConfig{Lane: 3, Speed: 13,
			S: 140 - c.front - shape.Length/2 - shape.RearToCenter, Stream: stream("a")})
		s.env.Signals[0] = road.Amber
		s.run(3, nil)
		s.env.Signals[0] = road.Red
		s.run(8, nil)
		if stopped := s.speed(i) < 0.2; stopped != c.stops {
			t.Errorf("%g m before the line on amber: stopped is %v, want %v", c.front, stopped, c.stops)
		}
	}
}

// TestRightOfWay simulates a stream on the major road and cars on the minor
// road with every kind of control: no collisions, and the minor road gets
// through.
func TestRightOfWay(t *testing.T) {
	for _, control := range []road.Control{road.Yield, road.StopSign} {
		for gap := 15.0; gap < 40; gap += 5 {
			s := newScene(crossroads(control))
			for k := range 4 {
				s.drive(t, actor.Car, traffic.DriverConfig{Lane: 0, S: float64(k) * gap, Speed: 10, Stream: stream("major")})
			}
			minor := s.drive(t, actor.Car, traffic.DriverConfig{Lane: 3, S: 60, Speed: 10, Stream: stream("minor")})
			slowest := math.Inf(1)
			s.run(45, func() {
				if j, k, hit := s.touching(); hit {
					t.Fatalf("control %d, gap %g m: %d and %d touch at %v", control, gap, j, k, s.env.Now)
				}
				if y := s.env.Actors[minor].State.Pose.Y; y > -16 && y < -10 {
					slowest = math.Min(slowest, s.speed(minor))
				}
			})
			if s.env.Actors[minor].State.Pose.Y < 20 {
				t.Errorf("control %d, gap %g m: the minor road never got through", control, gap)
			}
			if control == road.StopSign && slowest > 0.2 {
				t.Errorf("gap %g m: passed the stop sign at %.2f m/s", gap, slowest)
			}
		}
	}
}

// A driver on the major road does not slow for a waiting driver.
func TestDriverUsesRightOfWay(t *testing.T) {
	s := newScene(crossroads(road.StopSign))
	s.drive(t, actor.Car, traffic.DriverConfig{Lane: 3, S: 120, Speed: 5, Stream: stream("minor")})
	major := s.drive(t, actor.Car, traffic.DriverConfig{Lane: 0, S: 40, Speed: 10, DesiredSpeed: 10, Stream: stream("major")})
	slowest := math.Inf(1)
	s.run(12, func() { slowest = math.Min(slowest, s.speed(major)) })
	if slowest < 9 {
		t.Errorf("slowed to %.2f m/s with the right of way", slowest)
	}
}

func TestDriverStopsBehindTheEgo(t *testing.T) {
	s := newScene(straight(1, 500, 14))
	s.ego.State.Pose = geom.Pose{X: 150}
	i := s.drive(t, actor.Car, traffic.DriverConfig{S: 10, Speed: 12, Stream: stream("a")})
	s.run(40, nil)
	if x := s.env.Actors[i].State.Pose.X; s.speed(i) > 0.05 || x > 146 {
		t.Errorf("at x = %.1f m with %.2f m/s behind a standing ego at 150", x, s.speed(i))
	}
}

func TestMerge(t *testing.T) {
	m := straight(2, 400, 25)
	next := lane(2, 25, geom.Vec{X: 400, Y: 3.5}, geom.Vec{X: 900, Y: 3.5})
	m.Lanes = append(m.Lanes, next)
	m.Lanes[1].Next, m.Lanes[2].Prev = []road.LaneID{2}, []road.LaneID{1}
	s := newScene(m)
	ramp := s.drive(t, actor.Car, traffic.DriverConfig{Lane: 0, S: 50, Speed: 20, Stream: stream("ramp")})
	for k := range 4 {
		s.drive(t, actor.Car, traffic.DriverConfig{Lane: 1, S: 10 + 30*float64(k), Speed: 22, KeepLane: true, Stream: stream("main")})
	}
	s.run(40, func() {
		if j, k, hit := s.touching(); hit {
			t.Fatalf("%d and %d touch at %v", j, k, s.env.Now)
		}
	})
	if lane, _, _, _ := s.t.LanePosition(ramp); lane != 2 {
		t.Errorf("the car from the ramp is on lane %d, want 2", lane)
	}
}

func TestDriverParametersDiffer(t *testing.T) {
	s := newScene(straight(1, 4000, 20))
	a := s.drive(t, actor.Car, traffic.DriverConfig{S: 2000, Speed: 15, Stream: stream("a")})
	b := s.drive(t, actor.Car, traffic.DriverConfig{S: 100, Speed: 15, Stream: stream("b")})
	s.run(20, nil)
	if math.Abs(s.speed(a)-s.speed(b)) < 1e-3 {
		t.Errorf("two drivers with their own streams both want %.3f m/s", s.speed(a))
	}
}

func TestRejectsBadConfigurations(t *testing.T) {
	m := crossroads(road.Free)
	tr := traffic.New(m)
	a := &actor.Actor{Kind: actor.Car, Shape: actor.DefaultShape(actor.Car)}
	for name, cfg := range map[string]traffic.DriverConfig{
		"lane off the map":       {Lane: 17},
		"route from elsewhere":   {Lane: 0, Route: []road.LaneID{3, 4}},
		"route with a gap":       {Lane: 0, Route: []road.LaneID{0, 2}},
		"route lane off the map": {Lane: 0, Route: []road.LaneID{0, 99}},
		"negative lane":          {Lane: road.None},
	} {
		if err := tr.AddDriver(a, cfg); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if err := tr.AddPedestrian(a, traffic.PedestrianConfig{Path: []geom.Vec{{}}}); err == nil {
		t.Error("a path of one point: no error")
	}
}
