package traffic_test

import (
	"math"
	"testing"

	"roadloop/sim/actor"
	"roadloop/sim/geom"
	"roadloop/sim/road"
	"roadloop/sim/traffic"
)

// zebra returns a straight lane of 300 m with a crosswalk at 150 m.
func zebra() *road.Map {
	m := straight(1, 300, 14)
	m.Crosswalks = []road.Crosswalk{{A: geom.Vec{X: 150, Y: -1.75}, B: geom.Vec{X: 150, Y: 1.75}, Width: 4,
		Spans: []road.Span{{Lane: 0, Start: 148, End: 152}}}}
	return m
}

// across is a walk over the lane at x.
func across(x float64) []geom.Vec { return []geom.Vec{{X: x, Y: -3.2}, {X: x, Y: 3.2}} }

func TestPedestrianKeepsSpeed(t *testing.T) {
	s := newScene(straight(1, 100, 14))
	i := s.walk(t, traffic.PedestrianConfig{Path: []geom.Vec{{Y: -5}, {X: 10, Y: -5}, {X: 10, Y: -15}}, Speed: 1.25})
	s.run(4, nil)
	if p := s.env.Actors[i].State.Pose; math.Abs(p.X-5) > 1e-9 || p.Y != -5 {
		t.Errorf("at %+v after 4 s at 1.25 m/s", p)
	}
	s.run(20, nil)
	if st := s.env.Actors[i].State; st.Speed != 0 || st.Pose.Pos().Dist(geom.Vec{X: 10, Y: -15}) > 1e-9 {
		t.Errorf("%+v, want rest at the end of the path", st)
	}
	if !s.t.Arrived(i) {
		t.Error("has not arrived")
	}
}

// Drivers stop for pedestrians that are about to use a crosswalk, and go on afterwards.
func TestDriversYieldAtCrosswalks(t *testing.T) {
	s := newScene(zebra())
	car := s.drive(t, actor.Car, traffic.DriverConfig{S: 80, Speed: 12, Stream: stream("a")})
	person := s.walk(t, traffic.PedestrianConfig{Path: across(150), Speed: 0.8, Wary: true, Stream: stream("b")})
	s.run(40, func() {
		if j, k, hit := s.touching(); hit {
			t.Fatalf("%d and %d touch at %v", j, k, s.env.Now)
		}
		c := &s.env.Actors[car]
		front := c.State.Pose.X + c.Shape.RearToCenter + c.Shape.Length/2
		if y := s.env.Actors[person].State.Pose.Y; math.Abs(y) < 1.75 && front > 148 && front < 152 {
			t.Fatalf("the car is on the crosswalk with a pedestrian at y = %.1f", y)
		}
	})
	if s.env.Actors[car].State.Pose.X < 200 || s.env.Actors[person].State.Pose.Y < 3 {
		t.Error("the car or the pedestrian has not passed")
	}
}

// Away from crosswalks a wary pedestrian waits for a near car and crosses before
// a far one; a pedestrian that is not wary does not wait.
func TestWaryPedestriansAcceptGaps(t *testing.T) {
	for _, c := range []struct {
		name  string
		away  float64 // of the car when the walk begins, m
		wary  bool
		first bool // the pedestrian crosses before the car
	}{
		{"near car", 35, true, false}, {"far car", 110, true, true}, {"heedless", 60, false, true},
	} {
		s := newScene(straight(1, 500, 14))
		car := s.drive(t, actor.Car, traffic.DriverConfig{S: 200 - c.away, Speed: 12, Compliance: traffic.Blind})
		who := s.walk(t, traffic.PedestrianConfig{Path: across(200), Speed: 1.4, Wary: c.wary, Stream: stream("walker")})
		first := false
		s.run(14, func() {
			if x := s.env.Actors[car].State.Pose.X; x < 196 && s.env.Actors[who].State.Pose.Y > 0 {
				first = true
			}
			if _, _, hit := s.touching(); hit && c.wary {
				t.Fatalf("%s: hit at %v", c.name, s.env.Now)
			}
		})
		if first != c.first {
			t.Errorf("%s: crossed first is %v, want %v", c.name, first, c.first)
		}
		if y := s.env.Actors[who].State.Pose.Y; y < 3 {
			t.Errorf("%s: still at y = %.1f", c.name, y)
		}
	}
}

// Some pedestrians hesitate at the curb and some do not.
func TestSomePedestriansHesitate(t *testing.T) {
	hesitant := 0
	const n = 60
	for k := range n {
		s := newScene(straight(1, 100, 14))
		i := s.walk(t, traffic.PedestrianConfig{Path: across(50), Speed: 1.4, Wary: true, Stream: stream(string(rune('a' + k)))})
		stood := 0
		s.run(6, func() {
			if s.speed(i) == 0 && !s.t.Arrived(i) {
				stood++
			}
		})
		if stood > 10 {
			hesitant++
		}
	}
	// The chance is uniform in 0..0.5, so a quarter on average; 3 standard deviations.
	if hesitant < 5 || hesitant > 25 {
		t.Errorf("%d of %d hesitated, want about 15", hesitant, n)
	}
}

func TestOrdersToPedestrians(t *testing.T) {
	s := newScene(straight(1, 100, 14))
	i := s.walk(t, traffic.PedestrianConfig{Path: across(50), Speed: 1, WaitAtStart: true})
	s.run(3, nil)
	if y := s.env.Actors[i].State.Pose.Y; y != -3.2 {
		t.Fatalf("a waiting pedestrian moved to y = %.2f", y)
	}
	s.t.Go(i, 2)
	s.run(1.5, nil)
	if v := s.speed(i); v != 2 {
		t.Errorf("walks at %.2f m/s, want 2", v)
	}
	s.t.Pause(i, 1)
	s.run(1.0, nil)
	if v := s.speed(i); v > 0.05 {
		t.Errorf("walks at %.2f m/s in a pause", v)
	}
	s.run(2, nil)
	s.t.Walk(i, []geom.Vec{s.env.Actors[i].State.Pose.Pos(), {X: 80, Y: 20}}, 1.5, false)
	s.run(40, nil)
	if p := s.env.Actors[i].State.Pose.Pos(); p.Dist(geom.Vec{X: 80, Y: 20}) > 1e-9 {
		t.Errorf("ended at %+v", p)
	}
}
