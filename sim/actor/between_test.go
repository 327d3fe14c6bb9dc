package actor_test

import (
	"math"
	"testing"

	"roadloop/sim/actor"
	"roadloop/sim/geom"
)

// Headings and gaits are interpolated along the shorter arc; discrete fields keep their
// first value.
func TestBetween(t *testing.T) {
	a := actor.State{Pose: geom.Pose{X: 1, Y: 2, Yaw: 3.1}, Speed: 4, Accel: 1, Steer: .2, Gait: -3, Lights: actor.BrakeLights}
	b := actor.State{Pose: geom.Pose{X: 3, Y: -2, Yaw: -3.1}, Speed: 8, Accel: 9, Steer: -.2, Gait: 3}
	got := a.Interpolate(&b, .25)
	turn := 2*math.Pi - 6.2
	back := 2*math.Pi - 6
	for _, c := range []struct {
		name      string
		got, want float64
	}{
		{"x", got.Pose.X, 1.5}, {"y", got.Pose.Y, 1}, {"yaw", got.Pose.Yaw, 3.1 + turn/4}, {"speed", got.Speed, 5},
		{"steer", got.Steer, .1}, {"gait", got.Gait, -3 - back/4}, {"acceleration", got.Accel, 1},
	} {
		if math.Abs(c.got-c.want) > 1e-12 {
			t.Errorf("%s is %g, want %g", c.name, c.got, c.want)
		}
	}
	if got.Lights != actor.BrakeLights {
		t.Errorf("lamps %v", got.Lights)
	}
	if got := a.Interpolate(&b, 0); got != a {
		t.Errorf("at the beginning: %+v", got)
	}
}
