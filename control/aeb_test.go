package control_test

import (
	"math"
	"strings"
	"testing"

	"roadloop/control"
	"roadloop/perception"
	"roadloop/planning"
	"roadloop/sim/road"
	"roadloop/sim/vehicle"
)

// arc is a two-way road: 60 m straight, then a left bend of 100 m radius.
func arc(t *testing.T) *road.Map {
	t.Helper()
	m, err := road.Generate(road.Params{Kind: road.KindArc, Radius: 100, Angle: 1.5, Length: 300})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func newGuard(t *testing.T, m *road.Map) *control.AEB {
	t.Helper()
	g, err := control.NewAEB(control.AEBConfig{Map: m, Route: planning.Route{Lanes: []road.LaneID{0}}})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// sceneAt returns a scene with the ego at the center of lane 0.
func sceneAt(m *road.Map, s, speed float64, tracks ...perception.Track) *perception.Scene {
	l := &m.Lanes[0]
	k := l.Center.Curvature(s)
	ego := perception.Ego{Pose: l.Center.At(s), Speed: speed, YawRate: k * speed, Steer: math.Atan(2.58 * k)}
	return &perception.Scene{Ego: ego, Tracks: tracks}
}

// standing returns a standing track of the class on lane 0 at the lateral offset d.
func standing(m *road.Map, class perception.Class, s, d float64) perception.Track {
	t := perception.Track{ID: 7, Class: class, Pose: m.Lanes[0].Center.Offset(s, d), Length: 4.5, Width: 1.8, Existence: 1, Age: 100}
	if class == perception.Pedestrian {
		t.Length, t.Width = 0.5, 0.5
	}
	return t
}

// twice calls the guard often enough to confirm a threat.
func twice(tb testing.TB, g *control.AEB, s *perception.Scene, want vehicle.Command) (vehicle.Command, control.Intervention) {
	tb.Helper()
	g.Guard(tb.Context(), s, want)
	s.Time += 5
	return g.Guard(tb.Context(), s, want)
}

func TestBrakesForObstaclesAhead(t *testing.T) {
	m := arc(t)
	for _, c := range []struct {
		name      string
		s, speed  float64
		track     perception.Track
		intervene bool
	}{
		{"car 15 m ahead at 50 km/h", 20, 14, standing(m, perception.Car, 41, 0), true},
		{"the same in the bend", 120, 14, standing(m, perception.Car, 141, 0), true},
		{"car 40 m ahead is for the planner", 20, 14, standing(m, perception.Car, 66, 0), false},
		{"parked car next to the lane", 20, 14, standing(m, perception.Car, 41, -3), false},
		{"obstacle where a straight line would leave the curve", 62, 14, standing(m, perception.Car, 85, -3.2), false},
		{"pedestrian close ahead", 20, 10, standing(m, perception.Pedestrian, 32, 0.3), true},
		{"pedestrian next to the road", 20, 10, standing(m, perception.Pedestrian, 32, -2.5), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := newGuard(t, m)
			cmd, why := twice(t, g, sceneAt(m, c.s, c.speed, c.track), vehicle.Command{Accel: 0.5, Steer: 0.1})
			if why.Active != c.intervene {
				t.Fatalf("intervention %+v, want %v", why, c.intervene)
			}
			if why.Active && (cmd.Accel > -8 || cmd.Steer != 0.1 || !strings.Contains(why.Reason, "track 7")) {
				t.Errorf("command %+v because of %q", cmd, why.Reason)
			}
		})
	}
}

func TestIgnoresOncomingTrafficInItsLane(t *testing.T) {
	m := arc(t)
	wide := &m.Lanes[1]
	for s := 5.0; s < wide.Center.Length()-5; s += 7 {
		p := wide.Center.At(s)
		other := perception.Track{ID: 3, Class: perception.Car, Pose: p, Vel: p.Forward().Scale(14), Length: 4.6, Width: 1.9, Existence: 1, Age: 100}
		for _, own := range []float64{30, 60, 90, 120, 150} {
			g := newGuard(t, m)
			if _, why := twice(t, g, sceneAt(m, own, 14, other), vehicle.Command{}); why.Active {
				t.Errorf("ego at %g m, oncoming at %g m: %s", own, s, why.Reason)
			}
		}
	}
}

func TestBrakesForConfirmedTracksOnly(t *testing.T) {
	m := arc(t)
	real := standing(m, perception.Car, 41, 0)
	doubtful, new := real, real
	doubtful.Existence, new.Age = 0.3, 0
	for name, track := range map[string]perception.Track{"doubtful": doubtful, "new": new} {
		if _, why := twice(t, newGuard(t, m), sceneAt(m, 20, 14, track), vehicle.Command{}); why.Active {
			t.Errorf("%s track: %s", name, why.Reason)
		}
	}
	if _, why := newGuard(t, m).Guard(t.Context(), sceneAt(m, 20, 14, real), vehicle.Command{}); why.Active {
		t.Error("brakes at the first detection of a distant obstacle")
	}
}

func TestBrakesUntilTheThreatIsGone(t *testing.T) {
	m := arc(t)
	g := newGuard(t, m)
	track := standing(m, perception.Car, 41, 0)
	twice(t, g, sceneAt(m, 20, 14, track), vehicle.Command{})
	if _, why := g.Guard(t.Context(), sceneAt(m, 24, 9, track), vehicle.Command{}); !why.Active {
		t.Error("stops braking too early")
	}
	if _, why := g.Guard(t.Context(), sceneAt(m, 24, 9), vehicle.Command{Accel: 1}); why.Active {
		t.Error("continues to brake on a free road")
	}
}

func TestStopsWhenSensorsFail(t *testing.T) {
	m := arc(t)
	for name, h := range map[string]perception.Health{
		"blind":    {CameraAge: 100, LidarAge: 100},
		"position": {LocalizationAge: 200},
	} {
		s := sceneAt(m, 20, 14)
		s.Health = h
		cmd, why := newGuard(t, m).Guard(t.Context(), s, vehicle.Command{Accel: 1})
		if !why.Active || cmd.Accel > -2 || !strings.Contains(why.Reason, name) {
			t.Errorf("%s: %+v, %+v", name, cmd, why)
		}
	}
	s := sceneAt(m, 20, 14)
	s.Health = perception.Health{CameraAge: 20, LidarAge: 500}
	if _, why := newGuard(t, m).Guard(t.Context(), s, vehicle.Command{}); why.Active {
		t.Errorf("stops though the camera works: %s", why.Reason)
	}
}

func TestRejectsNaNCommands(t *testing.T) {
	m := arc(t)
	cmd, why := newGuard(t, m).Guard(t.Context(), sceneAt(m, 20, 14), vehicle.Command{Accel: math.NaN()})
	if !why.Active || math.IsNaN(cmd.Accel+cmd.Steer) {
		t.Errorf("%+v, %+v", cmd, why)
	}
}

func TestMeasuresTheRSSMargin(t *testing.T) {
	m := arc(t)
	g := newGuard(t, m)
	g.Guard(t.Context(), sceneAt(m, 5, 50/3.6, standing(m, perception.Car, 40, 0)), vehicle.Command{})
	got := g.Margin()
	gap := 40 - 2.25 - (5 + 2.58/2 + 4.508/2)
	if got.Track != 7 || math.Abs(got.Gap-gap) > 1 || math.Abs(got.Needed-53.436) > 0.01 {
		t.Errorf("%+v, want a gap of about %.1f of 53.436 m", got, gap)
	}
}

func TestCloneKeepsState(t *testing.T) {
	m := arc(t)
	g := newGuard(t, m)
	s := sceneAt(m, 20, 14, standing(m, perception.Car, 41, 0))
	g.Guard(t.Context(), s, vehicle.Command{})
	s.Time += 5
	_, a := g.Clone().Guard(t.Context(), s, vehicle.Command{})
	_, b := g.Guard(t.Context(), s, vehicle.Command{})
	if a != b || !a.Active {
		t.Errorf("clone %+v, original %+v", a, b)
	}
}

func TestNewRejectsBadConfigs(t *testing.T) {
	if _, err := control.NewAEB(control.AEBConfig{}); err == nil {
		t.Error("accepts a missing map")
	}
	if _, err := control.NewAEB(control.AEBConfig{Map: arc(t), Route: planning.Route{Lanes: []road.LaneID{99}}}); err == nil {
		t.Error("accepts a lane that does not exist")
	}
}
