package behavior_test

import (
	"fmt"
	"math"
	"testing"

	"roadloop/perception"
	"roadloop/planning"
	"roadloop/planning/behavior"
	"roadloop/planning/prediction"
	"roadloop/planning/route"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
	"roadloop/sim/road"
	"roadloop/sim/vehicle"
)

// stage is a car on a route at a settable position and time.
type stage struct {
	t     *testing.T
	m     *road.Map
	path  *route.Path
	car   behavior.Car
	mind  *behavior.Rules
	cast  *prediction.Predictor
	scene perception.Scene
}

func newStage(t *testing.T, p road.Params, turn road.Turn) *stage {
	t.Helper()
	m, err := road.Generate(p)
	if err != nil {
		t.Fatal(err)
	}
	lanes := []road.LaneID{0}
	for _, id := range m.Lanes[0].Next {
		if m.Lanes[id].Turn == turn {
			lanes = append(lanes, id, m.Lanes[id].Next[0])
		}
	}
	r, err := route.New(m, planning.Route{Lanes: lanes})
	if err != nil {
		t.Fatal(err)
	}
	v := vehicle.BMW320i()
	s := &stage{t: t, m: m, path: r.Lines[0].Path, car: behavior.NewCar(&v), cast: prediction.New(m)}
	s.mind = behavior.NewRules(m, s.car, behavior.DefaultParams())
	for i := range m.Signals {
		s.scene.Signals = append(s.scene.Signals, perception.Signal{ID: road.SignalID(i), Confidence: 1, State: road.Green})
	}
	return s
}

// judge returns the constraints for a car with its front bumper at front.
func (s *stage) judge(front, speed float64, tracks ...perception.Track) *behavior.Constraints {
	s.t.Helper()
	s.scene.Time += clock.DriverPeriod
	s.scene.Ego = perception.Ego{Pose: s.path.At(front - s.car.Front).Pose, Speed: speed}
	s.scene.Tracks = tracks
	v := &behavior.PathView{Path: s.path, Cruise: s.path.Profile(2.3, 1.5)}
	v.Update(&s.scene, s.cast.Predict(s.t.Context(), &s.scene), &s.car, front-s.car.Front)
	s.mind.Update(v)
	return s.mind.Evaluate(v)
}

func (s *stage) lights(state road.SignalState) {
	for i := range s.scene.Signals {
		s.scene.Signals[i].State = state
	}
}

// nearest returns the nearest stop constraint.
func nearest(v *behavior.Constraints) (s float64, reason string) {
	s = math.Inf(1)
	for _, w := range v.Stops {
		if w.S < s {
			s, reason = w.S, w.Reason
		}
	}
	return s, reason
}

func fourWay(c road.Control) road.Params {
	return road.Params{Kind: road.KindFourWay, Control: c, Length: 120, SpeedLimit: 14, Crosswalks: true, Urban: true}
}

func TestLights(t *testing.T) {
	s := newStage(t, fourWay(road.SignalControl), road.Straight)
	line := s.path.Stops[0].S
	for _, c := range []struct {
		name   string
		light  road.SignalState
		before float64 // m from the line
		speed  float64
		reason string
	}{
		{"green", road.Green, 30, 14, ""},
		{"red", road.Red, 40, 14, "red light"},
		{"amber with room to stop", road.Amber, 45, 14, "amber light"},
		{"amber too near to stop", road.Amber, 20, 14, ""},
		{"red too close to stop", road.Red, 5, 14, ""},
		{"unseen light", road.Off, 45, 14, "unseen light"},
		{"standing at red", road.Red, 0.8, 0, "red light"},
		{"beyond the line", road.Red, -3, 5, ""},
	} {
		s.lights(road.Green) // resets the previous decision
		s.judge(line-60, c.speed)
		s.lights(c.light)
		at, reason := nearest(s.judge(line-c.before, c.speed))
		if reason != c.reason {
			t.Errorf("%s: wall %q at %.1f, want %q", c.name, reason, at, c.reason)
		}
		if c.reason != "" && math.Abs(at-(line-behavior.DefaultParams().LineMargin)) > 1e-9 {
			t.Errorf("%s: wall at %.2f, the line is at %.2f", c.name, at, line)
		}
	}
}

// A car that has stood beyond the line waits there for green; a car that passes the
// line without a stop goes on.
func TestLightHoldsACarThatStoodBeyondTheLine(t *testing.T) {
	s := newStage(t, fourWay(road.SignalControl), road.Straight)
	stop := s.path.Stops[0]
	for _, c := range []struct {
		name         string
		stands       bool // has stood on green, 2 m beyond the line
		light        road.SignalState
		front, speed float64 // then, beyond the line
		reason       string
	}{
		{"red", true, road.Red, 2, 0, "red light"},
		{"amber", true, road.Amber, 2, 0, "amber light"},
		{"green", true, road.Green, 2, 0, ""},
		{"unseen light", true, road.Off, 2, 0, ""},
		{"sets off on green, red before the junction", true, road.Red, 3, 1, "red light"},
		{"sets off on green, amber before the junction", true, road.Amber, 3, 1, ""},
		{"red too late to stop", true, road.Red, stop.Exit - stop.S - 0.2, 3, ""},
		{"in the junction", true, road.Red, stop.Exit - stop.S + 0.5, 0, ""},
		{"without a standstill", false, road.Red, 3, 1, ""},
	} {
		s.lights(road.Green)
		s.judge(stop.S-10, 5) // resets the previous state
		if c.stands {
			s.judge(stop.S+2, 0)
		}
		s.lights(c.light)
		if at, reason := nearest(s.judge(stop.S+c.front, c.speed)); reason != c.reason {
			t.Errorf("%s: wall %q at %.1f, want %q", c.name, reason, at-stop.S, c.reason)
		}
	}
}

// The amber rule depends on the necessary braking after the reaction time.
func TestAmberDecidesByStoppingDistance(t *testing.T) {
	s := newStage(t, fourWay(road.SignalControl), road.Straight)
	s.lights(road.Amber)
	p := behavior.DefaultParams()
	const v = 12.0
	limit := v*p.Reaction + v*v/(2*p.AmberBrake) + p.LineMargin
	line := s.path.Stops[0].S
	if _, reason := nearest(s.judge(line-limit-0.1, v)); reason == "" {
		t.Errorf("drives on at amber %.1f m before the line", limit+0.1)
	}
	s.lights(road.Green)
	s.judge(line-limit, v)
	s.lights(road.Amber)
	if _, reason := nearest(s.judge(line-limit+0.1, v)); reason != "" {
		t.Errorf("stops for amber %.1f m before the line", limit-0.1)
	}
}

// A decision to stop holds even if the necessary braking becomes slightly harder; a
// car that did not decide to stop drives on. Green ends the decision.
func TestAmberIsDecidedOnce(t *testing.T) {
	s := newStage(t, fourWay(road.SignalControl), road.Straight)
	p := behavior.DefaultParams()
	const v = 12.0
	line := s.path.Stops[0].S
	limit := v*p.Reaction + v*v/(2*p.AmberBrake) + p.LineMargin
	for _, c := range []struct {
		first road.SignalState
		stops bool
	}{{road.Amber, true}, {road.Green, false}} {
		s.lights(c.first)
		s.judge(line-limit-0.5, v)
		s.lights(road.Amber)
		if _, reason := nearest(s.judge(line-limit+3, v)); (reason != "") != c.stops {
			t.Errorf("after %v: %q", c.first, reason)
		}
	}
}

func TestStopSignHoldsUntilTheCarHasStood(t *testing.T) {
	p := fourWay(road.StopSign)
	m, err := road.Generate(p)
	if err != nil {
		t.Fatal(err)
	}
	var in *road.Lane
	for i := range m.Lanes {
		if m.Lanes[i].Control == road.StopSign {
			in = &m.Lanes[i]
		}
	}
	next := in.Next[0]
	r, err := route.New(m, planning.Route{Lanes: []road.LaneID{in.ID, next, m.Lanes[next].Next[0]}})
	if err != nil {
		t.Fatal(err)
	}
	s := newStage(t, p, road.Straight)
	s.path = r.Lines[0].Path
	line := s.path.Stops[0].S
	if _, reason := nearest(s.judge(line-20, 8)); reason != "stop sign" {
		t.Fatalf("approaching: %q", reason)
	}
	for range 10 {
		if _, reason := nearest(s.judge(line-1, 0)); reason != "stop sign" {
			t.Fatalf("after half a second: %q", reason)
		}
	}
	for range 15 {
		s.judge(line-1, 0)
	}
	if _, reason := nearest(s.judge(line-1, 0)); reason != "" {
		t.Errorf("after more than a second on an empty road: %q", reason)
	}
}

// oncoming returns an oncoming car, dist before the junction.
func (s *stage) oncoming(dist, speed float64) perception.Track {
	for i := range s.m.Lanes {
		l := &s.m.Lanes[i]
		if l.Junction < 0 && len(l.Next) > 0 && math.Abs(geom.WrapAngle(l.Center.At(0).Yaw-math.Pi)) < 0.1 {
			p := l.Center.At(l.Center.Length() - dist)
			return perception.Track{ID: 1, Class: perception.Car, Pose: p, Vel: p.Forward().Scale(speed), Length: 4.5, Width: 1.8, Existence: 1}
		}
	}
	s.t.Fatal("no oncoming lane")
	return perception.Track{}
}

func TestUnprotectedLeftTurn(t *testing.T) {
	line := func(s *stage) float64 { return s.path.Stops[0].S }
	for _, c := range []struct {
		name        string
		dist, speed float64
		yields      bool
	}{
		{"car 30 m away at 12 m/s", 30, 12, true},
		{"car 60 m away at 12 m/s", 60, 12, true},
		{"car 110 m away at 8 m/s", 110, 8, false},
		{"car that stands far away", 60, 0, false},
	} {
		s := newStage(t, fourWay(road.SignalControl), road.LeftTurn)
		at, reason := nearest(s.judge(line(s)-1, 3, s.oncoming(c.dist, c.speed)))
		if (reason == "yield") != c.yields {
			t.Errorf("%s: %q", c.name, reason)
		}
		if c.yields && at < s.path.Pieces[0].End {
			t.Errorf("%s: waits at %.1f, before the junction at %.1f", c.name, at, s.path.Pieces[0].End)
		}
	}
	s := newStage(t, fourWay(road.SignalControl), road.Straight)
	if _, reason := nearest(s.judge(line(s)-5, 10, s.oncoming(30, 12))); reason != "" {
		t.Errorf("going straight: %q", reason)
	}
}

func TestTracksWithLowExistenceAreIgnored(t *testing.T) {
	s := newStage(t, fourWay(road.SignalControl), road.LeftTurn)
	ghost := s.oncoming(30, 12)
	ghost.Existence = 0.2
	if _, reason := nearest(s.judge(s.path.Stops[0].S-1, 3, ghost)); reason != "" {
		t.Errorf("%q for a track with low existence", reason)
	}
}

func TestCrosswalks(t *testing.T) {
	p := road.Params{Kind: road.KindStraight, Urban: true, Crosswalks: true, Length: 300, SpeedLimit: 14}
	for _, c := range []struct {
		name   string
		d      float64 // of the pedestrian, to the left of the car's path
		vy     float64
		before float64 // m from the crosswalk
		walls  bool
	}{
		{"no pedestrian near", -30, 0, 25, false},
		{"pedestrian in the path", 0, 1.3, 30, true},
		{"pedestrian from the right", -3, 1.3, 30, true},
		{"pedestrian that has passed", 3, 1.3, 30, false},
		{"pedestrian that waits at the curb", -2.6, 0, 40, true},
		{"pedestrian that walks away", -2.6, -1.3, 40, false},
	} {
		s := newStage(t, p, road.Straight)
		cw := s.path.Crosswalks[0]
		at := s.path.At((cw.Start + cw.End) / 2).Pose
		pos := at.ToWorld(geom.Vec{Y: c.d})
		ped := perception.Track{
			ID: 1, Class: perception.Pedestrian, Pose: geom.Pose{X: pos.X, Y: pos.Y, Yaw: math.Pi / 2},
			Vel: geom.Vec{Y: c.vy}, Length: 0.5, Width: 0.5, Existence: 1,
		}
		_, reason := nearest(s.judge(cw.Start-c.before, 10, ped))
		if (reason != "") != c.walls {
			t.Errorf("%s: %q", c.name, reason)
		}
	}
}

func TestSlowsAtParkedCars(t *testing.T) {
	s := newStage(t, road.Params{Kind: road.KindStraight, Urban: true, Length: 300, SpeedLimit: 14}, road.Straight)
	parked := func(d float64) perception.Track {
		return perception.Track{ID: 1, Class: perception.Car, Pose: s.path.At(80).Pose.Compose(geom.Pose{Y: d}), Length: 4.5, Width: 1.8, Existence: 1}
	}
	p := behavior.DefaultParams()
	v := s.judge(50, 12, parked(-2.8))
	clear := 2.8 - 0.9 - s.car.HalfWidth
	if want := p.HiddenSpeed + p.HiddenSlope*clear; len(v.SpeedZones) != 1 || math.Abs(v.SpeedZones[0].Speed-want) > 1e-9 {
		t.Errorf("zones %+v, want one at %.2f m/s", v.SpeedZones, want)
	}
	if v := s.judge(50, 12, parked(3.5)); len(v.SpeedZones) != 0 {
		t.Errorf("slows for a car that stands on the oncoming lane: %+v", v.SpeedZones)
	}
}

func TestSlowsWhenCameraIsLate(t *testing.T) {
	s := newStage(t, road.Params{Kind: road.KindStraight, Length: 300, SpeedLimit: 14}, road.Straight)
	s.scene.Health.CameraAge = 80
	if v := s.judge(50, 12); len(v.SpeedZones) != 1 || v.SpeedZones[0].Speed != 7 {
		t.Errorf("%+v, want half of the limit", v.SpeedZones)
	}
}

func TestStopsAtTheEndOfTheRoad(t *testing.T) {
	s := newStage(t, road.Params{Kind: road.KindStraight, Length: 300, SpeedLimit: 14}, road.Straight)
	if at, reason := nearest(s.judge(270, 10)); reason != "end of the lane" || math.Abs(at-299.2) > 1e-6 {
		t.Errorf("%q at %.2f", reason, at)
	}
}

func TestCloneRemembersTheStop(t *testing.T) {
	s := newStage(t, fourWay(road.SignalControl), road.Straight)
	s.lights(road.Off)
	line := s.path.Stops[0].S
	for range 200 { // 10 s at an unlit signal
		s.judge(line-1, 0)
	}
	s.mind = s.mind.Clone()
	if _, reason := nearest(s.judge(line-1, 0)); reason != "" {
		t.Errorf("the clone waits again: %q", reason)
	}
}

func ExampleRules_Evaluate() {
	m, _ := road.Generate(road.Params{Kind: road.KindStraight, Length: 100})
	r, _ := route.New(m, planning.Route{Lanes: []road.LaneID{0}})
	v := vehicle.BMW320i()
	car := behavior.NewCar(&v)
	scene := &perception.Scene{Ego: perception.Ego{Pose: geom.Pose{X: 80, Y: -1.75}, Speed: 5}}
	view := &behavior.PathView{Path: r.Lines[0].Path, Cruise: r.Lines[0].Profile(2, 1.5)}
	view.Update(scene, nil, &car, 80)
	verdict := behavior.NewRules(m, car, behavior.DefaultParams()).Evaluate(view)
	fmt.Printf("%s, wall at %.1f m\n", verdict.Stops[0].Reason, verdict.Stops[0].S)
	// Output: end of the lane, wall at 99.2 m
}
