package drive

import (
	"math"
	"slices"
	"testing"

	"roadloop/policy"
	"roadloop/sim/actor"
	"roadloop/sim/geom"
)

// What people see of an observation is what is around the ego.
func TestSightIsTheWorldAroundTheEgo(t *testing.T) {
	c, err := FindTask("drive-town-v0")
	if err != nil {
		t.Fatal(err)
	}
	c.Observations = []string{State, RoutePoints, RoadUsers, Rays, Camera96, Top, Navigation}
	c.Frames, c.Gray = 2, true
	e, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Reset(10000); err != nil {
		t.Fatal(err)
	}
	for range 20 {
		if _, err := e.Step([]float32{0, 1}); err != nil {
			t.Fatal(err)
		}
	}
	obs := policy.NewArrays(e.Spec().Observation, 1)
	e.Observe(obs)
	s := e.Sight(obs)
	var names []string
	for _, v := range s.Values {
		if v.Name == "" || slices.Contains(names, v.Name) {
			t.Errorf("name %q of a value is empty or not the only one", v.Name)
		}
		names = append(names, v.Name)
	}
	ego := e.World().Ego()
	if v := s.Values[0]; v.Name != "speed" || math.Abs(v.Value*rangeSpeed-ego.State.Speed) > .01 {
		t.Errorf("%+v at %g m/s", v, ego.State.Speed)
	}
	if len(names) != StateSize+NavigationSize || len(s.Users) == 0 || len(s.Rays) != NumRays || len(s.Lines) != 1 {
		t.Fatalf("%d values, %d road users, %d rays, %d lines", len(names), len(s.Users), len(s.Rays), len(s.Lines))
	}
	// Each is where an actor of its size is.
	center := geom.Pose{X: ego.Box().Center.X, Y: ego.Box().Center.Y, Yaw: ego.State.Pose.Yaw}
	for _, u := range s.Users {
		at := center.ToWorld(u.Pose.Pos())
		if !slices.ContainsFunc(e.World().Actors(), func(a actor.Actor) bool {
			return a.Box().Center.Dist(at) < .05 && math.Abs(a.Shape.Width-u.Width) < .01 &&
				math.Abs(geom.WrapAngle(a.State.Pose.Yaw-center.Yaw-u.Pose.Yaw)) < .01
		}) {
			t.Errorf("no road user at %v", u.Pose)
		}
	}
	shot, top := s.Pictures[0], s.Pictures[1]
	if frame := obs[4].Bytes; shot.RGB[0] != frame[1] || shot.RGB[2] != frame[1] || shot.RGB[len(shot.RGB)-1] != frame[len(frame)-1] {
		t.Error("the picture is not the newest gray frame")
	}
	rear := 3 * ((topSize-topBehind-1)*topSize + topSize/2) // the ego's rear axle
	if top.RGB[rear] == top.RGB[rear+2] {
		t.Errorf("no vehicle where the ego is: %v", top.RGB[rear:rear+3])
	}
}
