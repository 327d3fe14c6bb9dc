package control_test

import (
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"

	"roadloop/control"
)

// After n calls with the error e the integral has n-1 updates.
func TestTermsByHand(t *testing.T) {
	c := control.SpeedPI{Params: control.SpeedParams{P: 2, I: 0.5, MaxIntegral: 10, MaxAccel: 100, MaxBrake: 100}}
	want := []float64{
		0.3 + 2*1.5,             // feed-forward and P
		0.3 + 2*1.5 + 0.5*0.15,  // plus I after 0.1 s
		0.3 + 2*1.5 + 0.5*0.30,  // after 0.2 s
		-0.2 + 2*0.5 + 0.5*0.45, // the error is smaller now
	}
	for i, w := range want {
		in := control.SpeedTarget{Speed: 11.5, Accel: 0.3}
		if i == 3 {
			in = control.SpeedTarget{Speed: 10.5, Accel: -0.2}
		}
		if got := c.Control(10, in, 0.1); math.Abs(got-w) > 1e-12 {
			t.Errorf("call %d: %g, want %g", i, got, w)
		}
	}
}

// A car with drag that is not in the feed-forward reaches the target speed only
// with the integral.
func TestRemovesASteadyError(t *testing.T) {
	run := func(p control.SpeedParams) float64 {
		c, v := control.SpeedPI{Params: p}, 10.0
		for range 2000 {
			v += 0.05 * (c.Control(v, control.SpeedTarget{Speed: 15}, 0.05) - 0.4)
		}
		return v
	}
	p := control.DefaultSpeedParams()
	if v := run(p); math.Abs(v-15) > 0.01 {
		t.Errorf("settles at %.3f m/s, want 15", v)
	}
	p.I = 0
	if v, want := run(p), 15-0.4/p.P; math.Abs(v-want) > 0.01 {
		t.Errorf("without the integral settles at %.3f m/s, want %.3f", v, want)
	}
}

// After a long saturation the integral must not cause an overshoot.
func TestDoesNotWindUp(t *testing.T) {
	c := control.SpeedPI{Params: control.DefaultSpeedParams()}
	for range 2000 {
		c.Control(0, control.SpeedTarget{Speed: 30}, 0.05) // the car is held
	}
	if a := c.Control(30.5, control.SpeedTarget{Speed: 30}, 0.05); a > 0.1 {
		t.Errorf("commands %.2f m/s² above the target speed", a)
	}
}

func TestStaysWithinBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := control.SpeedPI{Params: control.DefaultSpeedParams()}
		for range 20 {
			v := rapid.Float64Range(0, 60).Draw(t, "v")
			in := control.SpeedTarget{Speed: rapid.Float64Range(0, 60).Draw(t, "want"), Accel: rapid.Float64Range(-20, 20).Draw(t, "accel")}
			a := c.Control(v, in, 0.05)
			if !(a >= -c.Params.MaxBrake && a <= c.Params.MaxAccel) {
				t.Fatalf("%g m/s²", a)
			}
		}
	})
}

func ExampleSpeedPI_Control() {
	c := control.SpeedPI{Params: control.DefaultSpeedParams()}
	fmt.Printf("%.2f m/s²\n", c.Control(13, control.SpeedTarget{Speed: 14, Accel: 0.5}, 0.05))
	// Output: 1.70 m/s²
}
