package traffic_test

import (
	"fmt"
	"math"
	"testing"

	"roadloop/sim/actor"
	"roadloop/sim/geom"
	"roadloop/sim/road"
	"roadloop/sim/traffic"
)

// Vehicles behind a wreck pull out when the adjacent lane is free: without contact,
// without turning on the spot, and with a feasible turning radius.
func TestStandingVehiclesPullOutFromBehindAWreck(t *testing.T) {
	for _, kind := range []actor.Kind{actor.Car, actor.Van, actor.Truck, actor.Bus, actor.Motorcycle, actor.Cyclist} {
		for seed := range 5 {
			s := newScene(straight(2, 600, 14))
			s.stand(actor.Car, geom.Pose{X: 200})
			shape := actor.DefaultShape(kind)
			i := s.drive(t, kind, traffic.DriverConfig{S: 190 - shape.Length, Stream: stream(fmt.Sprint(seed))})
			before := s.env.Actors[i].State
			s.run(60, func() {
				if _, _, hit := s.touching(); hit {
					t.Fatalf("%v %d touches the wreck at %+v", kind, seed, s.env.Actors[i].State.Pose)
				}
				now := s.env.Actors[i].State
				turned := math.Abs(geom.WrapAngle(now.Pose.Yaw - before.Pose.Yaw))
				way := now.Pose.Pos().Dist(before.Pose.Pos())
				// A normal lane change begins with a heading change of up to 0.04 rad.
				if before != (actor.State{}) && turned > 1e-6+way/2 && (now.Speed < 2 || turned > 0.04) {
					t.Fatalf("%v %d turns by %.4f rad on %.4f m at %+v", kind, seed, turned, way, now.Pose)
				}
				before = now
			})
			if x := s.env.Actors[i].State.Pose.X; x < 220 {
				t.Errorf("%v %d is still at x = %.1f m behind the wreck at 200", kind, seed, x)
			}
		}
	}
}

// A driver aborts a lane change that a wreck a few meters ahead on the old lane
// blocks, and frees the other lane.
func TestBlockedLaneChangeIsAborted(t *testing.T) {
	for _, ahead := range []float64{1, 2, 3, 4, 6, 10} {
		s := newScene(straight(2, 1000, 14))
		i := s.drive(t, actor.Car, traffic.DriverConfig{S: 200, Stream: stream("changing")})
		s.run(0.01, nil)
		s.t.ChangeLane(i, 1, 4, s.env.Now)
		s.run(2, nil)
		front := s.env.Actors[i].Box().Center.X + actor.DefaultShape(actor.Car).Length/2
		s.stand(actor.Car, geom.Pose{X: front + ahead + 1})
		other := s.drive(t, actor.Car, traffic.DriverConfig{Lane: 1, S: 100, Speed: 10, KeepLane: true, Stream: stream("other")})
		s.run(60, func() {
			if j, k, hit := s.touching(); hit {
				t.Fatalf("wreck %g m ahead: %d and %d touch", ahead, j, k)
			}
		})
		if x := s.env.Actors[other].State.Pose.X; x < 400 {
			t.Errorf("wreck %g m ahead: the vehicle on the free lane is at x = %.1f m", ahead, x)
		}
	}
}

// A driver with a route changes lanes like a driver without one, if the route continues
// from the other lane.
func TestRoutedDriversChangeLanes(t *testing.T) {
	s := newScene(straight(2, 2000, 30))
	s.drive(t, actor.Truck, traffic.DriverConfig{S: 120, Speed: 12, DesiredSpeed: 12, KeepLane: true, Stream: stream("slow")})
	fast := s.drive(t, actor.Car, traffic.DriverConfig{S: 20, Speed: 25, DesiredSpeed: 25, Route: []road.LaneID{0}, Stream: stream("fast")})
	s.run(40, nil)
	if x := s.env.Actors[fast].State.Pose.X; x < 700 {
		t.Errorf("at x = %.0f m, want past the truck at 600", x)
	}
}

// A route determines the lanes on which a driver may enter a junction: the rightmost
// lane for a right turn, both lanes to go straight.
func TestRoutesChooseTheLanesOfAJunction(t *testing.T) {
	m, err := road.Generate(road.Params{Kind: road.KindFourWay, Lanes: 2, Length: 300})
	if err != nil {
		t.Fatal(err)
	}
	for _, turn := range []road.Turn{road.RightTurn, road.Straight} {
		through := road.None
		for _, id := range m.Lanes[0].Next {
			if m.Lanes[id].Turn == turn {
				through = id
			}
		}
		beyond := m.Lanes[through].Next[0]
		s := newScene(m)
		s.drive(t, actor.Truck, traffic.DriverConfig{S: 80, Speed: 4, DesiredSpeed: 4, KeepLane: true,
			Route: []road.LaneID{0, through, beyond}, Stream: stream("slow")})
		i := s.drive(t, actor.Car, traffic.DriverConfig{S: 20, Speed: 12,
			Route: []road.LaneID{0, through, beyond}, Stream: stream("fast")})
		left, arrived := false, false
		s.run(100, func() {
			lane, _, _, _ := s.t.LanePosition(i)
			left = left || lane == m.Lanes[0].Left
			arrived = arrived || lane == beyond || lane == m.Lanes[beyond].Left || lane == m.Lanes[beyond].Right
		})
		if !arrived || left != (turn == road.Straight) {
			t.Errorf("turn %v: changed lanes is %v, arrived is %v", turn, left, arrived)
		}
	}
}

// A pedestrian on a loop turns back at a standing vehicle after a while, so that a
// driver that waits for the pedestrian can go on.
func TestPedestrianTurnsBackAtStandingVehicle(t *testing.T) {
	s := newScene(straight(1, 500, 14))
	s.drive(t, actor.Bus, traffic.DriverConfig{S: 91, Compliance: traffic.Blind})
	w := s.walk(t, traffic.PedestrianConfig{Path: []geom.Vec{{X: 97, Y: 8}, {X: 97, Y: -8}}, Loop: true, Wary: true, Stream: stream("walker")})
	stopped, back := false, false
	s.run(60, func() {
		y := s.env.Actors[w].State.Pose.Y
		stopped = stopped || s.speed(w) == 0 && y < 3
		back = back || stopped && y > 7
	})
	if !stopped || !back {
		t.Errorf("stopped before the bus is %v, came back is %v", stopped, back)
	}
}
