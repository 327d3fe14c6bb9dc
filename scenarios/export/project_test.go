package export

import (
	"math"
	"testing"

	"roadloop/perception"
	"roadloop/perception/results"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
	"roadloop/sim/sensor"
)

// level is a camera at the origin of the vehicle, 1.5 m high, with a focal length of 100 px.
var level = sensor.Camera{Width: 200, Height: 100, Fx: 100, Fy: 100, Cx: 100, Cy: 50, Mount: sensor.Mount{Z: 1.5}}

// By hand: a box of 4 m × 2 m × 1.5 m with its middle 22 m ahead has its near end at 20 m,
// where 1 m is 5 px; its top is at the height of the camera.
func TestProjectByHand(t *testing.T) {
	s := results.Space{Pos: geom.Vec{X: 22}, Length: 4, Width: 2, Top: 1.5}
	b, ok := project(&s, &level)
	if want := (perception.Box{X0: 95, Y0: 50, X1: 105, Y1: 57.5}); !ok || b.IoU(want) < 1-1e-9 {
		t.Errorf("%+v, want %+v", b, want)
	}
	for name, s := range map[string]results.Space{
		"behind":      {Pos: geom.Vec{X: -5}, Length: 4, Width: 2, Top: 1.5},
		"to the side": {Pos: geom.Vec{X: 10, Y: 30}, Length: 4, Width: 2, Top: 1.5},
		"far away":    {Pos: geom.Vec{X: 200}, Length: 4, Width: 2, Top: 1.5},
	} {
		if b, ok := project(&s, &level); ok {
			t.Errorf("%s: %+v", name, b)
		}
	}
	near := results.Space{Pos: geom.Vec{X: 1}, Length: 4, Width: 2, Top: 1.5} // reaches behind the camera
	if b, ok := project(&near, &level); !ok || b.X0 != 0 || b.X1 != 200 || b.Y1 != 100 {
		t.Errorf("a near box: %+v, %v", b, ok)
	}
}

// A frame that is 0.1 s old shows a track at 10 m/s from an ego at 20 m/s: the track is 22 m
// ahead now, and was 23 m ahead then. Its near end was at 21 m.
func TestTracksAreMovedToTheTimeOfTheFrame(t *testing.T) {
	s := perception.Scene{
		Time: 100, Ego: perception.Ego{Pose: geom.Pose{X: 50, Yaw: 0}, Speed: 20},
		Tracks: []perception.Track{
			{ID: 6, Class: perception.Car, Pose: geom.Pose{X: 72}, Vel: geom.Vec{X: 10}, Length: 4, Width: 2, Existence: .9, Seen: 95},
			{ID: 7, Class: perception.Car, Pose: geom.Pose{X: 72}, Length: 4, Width: 2, Seen: 100 - clock.PerSecond}, // hidden for 1 s
		},
	}
	f := sensor.Frame{Time: 90, Cal: &level}
	got := projectTracks(nil, &s, &f)
	if len(got) != 1 || got[0].ID != 7 || got[0].Score != .9 || got[0].Class != "car" {
		t.Fatalf("%+v", got)
	}
	if x := got[0].Space.Pos.X; math.Abs(x-23) > 1e-9 {
		t.Errorf("%g m ahead, want 23", x)
	}
	if want := 100 - 100./21; math.Abs(got[0].Box.X0-want) > 1e-9 {
		t.Errorf("left edge at %g px, want %g", got[0].Box.X0, want)
	}
}
