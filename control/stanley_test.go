package control_test

import (
	"fmt"
	"math"
	"testing"

	"roadloop/control"
	"roadloop/perception"
	"roadloop/planning"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
	"roadloop/sim/vehicle"
)

// circle returns a plan along a circle of curvature k through the origin, at
// constant speed.
func circle(k, v float64) *planning.Plan {
	p := &planning.Plan{}
	for i := range 41 {
		t := float64(i) * 0.1
		yaw := k * v * t
		pose := geom.Pose{X: v * t}
		if k != 0 {
			pose = geom.Pose{X: math.Sin(yaw) / k, Y: (1 - math.Cos(yaw)) / k, Yaw: yaw}
		}
		p.Waypoints = append(p.Waypoints, planning.Waypoint{Time: clock.Tick(10 * i), Pose: pose, Speed: v, Curvature: k})
	}
	return p
}

func newController() (*control.Stanley, vehicle.Params) {
	v := vehicle.BMW320i()
	return control.NewStanley(&v), v
}

func TestLawByHand(t *testing.T) {
	p := control.StanleyParams{Gain: 0.8, Soft: 1}
	for _, c := range []struct{ heading, e, v, want float64 }{
		{0, 0, 10, 0},
		{0.1, 0, 10, 0.1},
		{0, 1, 7, 0.0996686524911620}, // atan(0.8/8) = atan 0.1
		{-0.05, -2, 0.6, -0.05 - math.Pi/4},
	} {
		if got := p.Law(c.heading, c.e, c.v); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("law(%g, %g, %g) = %.12f, want %.12f", c.heading, c.e, c.v, got, c.want)
		}
	}
}

// On the plan the steering angle is that of the planned curvature.
func TestFeedsForwardTheCurvature(t *testing.T) {
	for _, k := range []float64{0, 0.02, -0.05} {
		c, v := newController()
		ego := &perception.Ego{Speed: 8, Steer: math.Atan(v.Wheelbase() * k), YawRate: 8 * k}
		cmd := c.Control(ego, circle(k, 8))
		if want := math.Atan(v.Wheelbase() * k); math.Abs(cmd.Steer-want) > 2e-3 {
			t.Errorf("curvature %g: steers %.4f, want %.4f", k, cmd.Steer, want)
		}
	}
}

func TestSteersBackToThePlan(t *testing.T) {
	for _, off := range []geom.Pose{{Y: 1}, {Yaw: 0.1}, {Y: -1}, {Yaw: -0.1}} {
		c, _ := newController()
		cmd := c.Control(&perception.Ego{Pose: off, Speed: 10}, circle(0, 10))
		if cmd.Steer*(off.Y+off.Yaw) >= 0 {
			t.Errorf("off by %+v steers %.3f", off, cmd.Steer)
		}
	}
}

func TestSteersNoFasterThanItMay(t *testing.T) {
	c, _ := newController()
	p := control.DefaultStanleyParams()
	last := 0.0
	for range 30 {
		cmd := c.Control(&perception.Ego{Pose: geom.Pose{Y: 30, Yaw: 1}, Speed: 5}, circle(0, 5))
		if step := math.Abs(cmd.Steer - last); step > p.Limits.MaxRate*0.05+1e-12 || math.Abs(cmd.Steer) > p.Limits.MaxSteer {
			t.Fatalf("from %.3f to %.3f rad in 50 ms", last, cmd.Steer)
		}
		last = cmd.Steer
	}
	if last > -0.5 {
		t.Errorf("ends at %.3f rad, want the limit", last)
	}
}

func TestBrakesInAnEmergencyAndWithoutAPlan(t *testing.T) {
	c, _ := newController()
	plan := circle(0, 10)
	plan.Emergency = true
	if cmd := c.Control(&perception.Ego{Speed: 10}, plan); cmd.Accel != -control.DefaultStanleyParams().Limits.MaxBrake {
		t.Errorf("emergency: %g m/s²", cmd.Accel)
	}
	if cmd := c.Control(&perception.Ego{Speed: 10}, &planning.Plan{}); cmd.Accel >= 0 {
		t.Errorf("no plan: %g m/s²", cmd.Accel)
	}
}

func TestHoldsTheBrakeAtAStandstill(t *testing.T) {
	c, _ := newController()
	if cmd := c.Control(&perception.Ego{}, circle(0, 0)); cmd.Accel >= 0 {
		t.Errorf("%g m/s² for a plan at standstill", cmd.Accel)
	}
}

func TestCloneIsIndependent(t *testing.T) {
	a, _ := newController()
	ego := &perception.Ego{Pose: geom.Pose{Y: 0.5}, Speed: 9}
	a.Control(ego, circle(0, 10))
	b := a.Clone()
	if x, y := a.Control(ego, circle(0, 10)), b.Control(ego, circle(0, 10)); x != y {
		t.Errorf("the clone commands %+v, the original %+v", y, x)
	}
	for range 5 {
		b.Control(ego, circle(0.1, 3))
	}
	c := a.Clone()
	if x, y := a.Control(ego, circle(0, 10)), c.Control(ego, circle(0, 10)); x != y {
		t.Error("the clone changed the original")
	}
}

func ExampleController_Control() {
	v := vehicle.BMW320i()
	c := control.NewStanley(&v)
	ego := &perception.Ego{Speed: 10}
	plan := &planning.Plan{Waypoints: []planning.Waypoint{
		{Speed: 10, Accel: 1},
		{Time: 100, Pose: geom.Pose{X: 10.5}, Speed: 11, Accel: 1},
	}}
	cmd := c.Control(ego, plan)
	fmt.Printf("steer %.2f rad, accelerate %.2f m/s²\n", cmd.Steer, cmd.Accel)
	// Output: steer 0.00 rad, accelerate 1.24 m/s²
}
