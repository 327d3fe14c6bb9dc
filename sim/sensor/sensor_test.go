package sensor_test

import (
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"

	"roadloop/sim/sensor"
)

// Ground inverts Project for points on the ground and cameras near the default
// one.
func TestGroundInvertsProject(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := sensor.FrontCamera()
		draw := func(name string, lo, hi float64) float64 { return rapid.Float64Range(lo, hi).Draw(t, name) }
		c.Mount.Pitch, c.Mount.Roll, c.Mount.Yaw = draw("pitch", -.05, .1), draw("roll", -.1, .1), draw("yaw", -1, 1)
		c.K1, c.K2 = draw("k1", -.15, .15), draw("k2", -.02, .02)
		ahead, left := draw("ahead", 5, 50), draw("left", -.45, .45)
		s, k := math.Sincos(c.Mount.Yaw)
		x, y := c.Mount.X+ahead*(k-s*left), ahead*(s+k*left)
		u, v, depth, ok := c.Project(x, y, 0)
		if !ok || depth <= 0 {
			t.Fatalf("(%.1f, %.1f) is not in front of the camera", x, y)
		}
		p, ok := c.Ground(u, v)
		if !ok || math.Hypot(p.X-x, p.Y-y) > 1e-3*ahead {
			t.Errorf("(%.3f, %.3f) comes back as (%.3f, %.3f)", x, y, p.X, p.Y)
		}
	})
}

// By hand: a point on the ground, 10 m in front of a level camera at 1.4 m
// height and 1 m to the left. u = 160 − f/10, v = 88 + 1.4·f/10 with f =
// 160/tan 32.5°.
func TestProjectByHand(t *testing.T) {
	c := sensor.FrontCamera()
	c.Mount.Pitch = 0
	f := 160 / math.Tan(32.5*math.Pi/180)
	u, v, depth, ok := c.Project(c.Mount.X+10, 1, 0)
	if !ok || math.Abs(u-(160-f/10)) > 1e-9 || math.Abs(v-(88+.14*f)) > 1e-9 || math.Abs(depth-10) > 1e-9 {
		t.Errorf("pixel (%.3f, %.3f) at %.3f m", u, v, depth)
	}
	if _, _, _, ok := c.Project(0, 0, 0); ok {
		t.Error("a point behind the camera has a pixel")
	}
	if _, ok := c.Ground(160, 20); ok {
		t.Error("a pixel above the horizon shows ground")
	}
}

func ExampleCamera_Ground() {
	c := sensor.FrontCamera()
	p, _ := c.Ground(160, 120)
	fmt.Printf("%.1f m ahead\n", p.X)
	// Output: 11.2 m ahead
}

// Zoom compares cameras of any size by their fields of view.
func TestZoom(t *testing.T) {
	front := sensor.FrontCamera()
	if front.Zoom() != 1 {
		t.Errorf("zoom %v of the camera itself", front.Zoom())
	}
	// 1280 px with 40 degrees: tan(65°/2) / tan(40°/2).
	c := sensor.Camera{Width: 1280, Height: 720, Fx: 640 / math.Tan(20*math.Pi/180)}
	if want := .6370702608 / .3639702343; math.Abs(c.Zoom()-want) > 1e-9 {
		t.Errorf("zoom %v, want %v", c.Zoom(), want)
	}
}
