package refdriver_test

import (
	"math"
	"testing"

	"roadloop/perception"
	"roadloop/planning"
	"roadloop/planning/behavior"
	"roadloop/planning/refdriver"
	"roadloop/planning/route"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
	"roadloop/sim/road"
	"roadloop/sim/vehicle"
)

// wish is the acceleration on a free road in these tests, m/s².
const wish = 1.0

// stage is a straight road with the ego's car and time.
type stage struct {
	view  behavior.PathView
	car   behavior.Car
	scene perception.Scene
}

func newStage(t *testing.T) *stage {
	t.Helper()
	m, err := road.Generate(road.Params{Kind: road.KindStraight, Lanes: 2, Length: 500})
	if err != nil {
		t.Fatal(err)
	}
	r, err := route.New(m, planning.Route{Lanes: []road.LaneID{0}})
	if err != nil {
		t.Fatal(err)
	}
	v := vehicle.BMW320i()
	s := &stage{car: behavior.NewCar(&v)}
	s.view.Path = r.Lines[0].Path
	return s
}

// other is a road user gap meters ahead of the ego's bumper, d to the left of its path.
type other struct {
	class       perception.Class
	gap, d      float64
	along, left float64 // speeds, m/s
}

// press returns the decision of a driver at a speed with the given others.
func (s *stage) press(d *refdriver.Driver, speed float64, others ...other) (float64, string) {
	s.scene.Time += clock.DriverPeriod
	at := s.view.Path.At(100).Pose
	s.scene.Ego = perception.Ego{Pose: at, Speed: speed}
	s.scene.Tracks = s.scene.Tracks[:0]
	for i, o := range others {
		length, width := 4.3, 1.9
		if o.class == perception.Pedestrian {
			length, width = 0.5, 0.5
		}
		pos := at.ToWorld(geom.Vec{X: s.car.Front + o.gap + length/2, Y: o.d})
		s.scene.Tracks = append(s.scene.Tracks, perception.Track{
			ID: int32(i + 1), Class: o.class, Existence: 1, Length: length, Width: width,
			Pose: geom.Pose{X: pos.X, Y: pos.Y, Yaw: at.Yaw},
			Vel:  at.Forward().Scale(o.along).Add(at.Forward().Left().Scale(o.left)),
		})
	}
	s.view.Update(&s.scene, nil, &s.car, 100)
	return d.Accel(&s.view, &s.car, wish)
}

func TestFollowsAtTheHeadwayOfTheModel(t *testing.T) {
	const v = 20.0
	for _, m := range refdriver.Models() {
		s, d := newStage(t), refdriver.New(m)
		if a, why := s.press(d, v); a != wish || why != "" {
			t.Errorf("%s, alone: %g m/s² for %q", m.Name(), a, why)
		}
		lead := other{gap: m.Headway(v), along: v}
		if a, why := s.press(d, v, lead); math.Abs(a) > 1e-6 || why != "follow track 1" {
			t.Errorf("%s, at its headway of %.1f m: %g m/s² for %q", m.Name(), lead.gap, a, why)
		}
		lead.d = 3.5
		if a, why := s.press(refdriver.New(m), v, lead); a != wish || why != "" {
			t.Errorf("%s, next to a car in the adjacent lane: %g m/s² for %q", m.Name(), a, why)
		}
	}
}

// A standing car 30 m ahead at 20 m/s, 1.5 s: the human coasts for 0.75 s, 15
// decisions, then brakes with a jerk of 12.65 m/s³ up to 0.774 g.
func TestBrakesAfterTheReactionTime(t *testing.T) {
	s, d := newStage(t), refdriver.New(refdriver.NewHuman())
	parked := other{gap: 30}
	for i := range 15 {
		// Normal driving already brakes for a lead; it never uses more than 3 m/s².
		if a, _ := s.press(d, 20, parked); a != -3 {
			t.Fatalf("decision %d: %g m/s²", i, a)
		}
	}
	last := 0.0
	for i := range 12 {
		a, why := s.press(d, 20, parked)
		want := math.Max(-0.774*9.81, -0.4-12.65*0.05*float64(i+1))
		if want < -3 && (math.Abs(a-want) > 1e-9 || why != "cc: track 1") {
			t.Errorf("decision %d after the reaction: %g m/s² for %q, want %g", i, a, why, want)
		}
		last = a
	}
	if math.Abs(last+0.774*9.81) > 1e-9 {
		t.Errorf("brakes at %g m/s² in the end", last)
	}
	fork := d.Clone().(*refdriver.Driver)
	if a, _ := s.press(fork, 20, parked); a != last {
		t.Errorf("a clone brakes at %g m/s²", a)
	}
	// No longer detected: forgotten.
	if a, why := s.press(d, 20); a != wish || why != "" {
		t.Errorf("alone again: %g m/s² for %q", a, why)
	}
	if a, _ := s.press(d, 20, parked); a != -3 {
		t.Errorf("detected again: %g m/s², without a reaction time", a)
	}
}

func TestCrossingRoadUsers(t *testing.T) {
	walk := func(gap, d, left float64) other {
		return other{class: perception.Pedestrian, gap: gap, d: d, left: left}
	}
	for _, c := range []struct {
		name   string
		speed  float64
		o      other
		brakes bool // after the reaction time
	}{
		// 5 m to the side less 1.36 m of bodies and room is 2.4 s away at 1.5 m/s.
		{"more than two seconds away", 10, walk(15, 5, -1.5), false},
		{"about to be in the way", 10, walk(15, 3, -1.5), true},
		{"is gone before the car comes", 10, walk(60, 1, -2), false},
		{"walks away", 10, walk(15, 3, 1.5), false},
		{"walks along the road", 10, other{class: perception.Pedestrian, gap: 15, d: 3, along: 1.5}, false},
	} {
		s, d := newStage(t), refdriver.New(refdriver.NewHuman())
		a := 0.0
		for range 20 {
			a, _ = s.press(d, c.speed, c.o)
		}
		if (a < -2) != c.brakes {
			t.Errorf("%s: %g m/s²", c.name, a)
		}
	}
}

// The human reacts to a lead that brakes at 6 m/s², above the threshold of 5
// m/s², long before the time to collision is critical.
func TestReactsToHardBrakingOfTheLead(t *testing.T) {
	for _, c := range []struct {
		decel  float64
		reacts bool
	}{{4, false}, {6, true}} {
		s, d := newStage(t), refdriver.New(refdriver.NewHuman())
		acted := false
		for i := range 20 {
			_, why := s.press(d, 20, other{gap: 40, along: 20 - c.decel*0.05*float64(i)})
			acted = acted || why == "cc: track 1"
		}
		if acted != c.reacts {
			t.Errorf("a lead that brakes at %g m/s²: reacts %v", c.decel, acted)
		}
	}
}
