package control

import "math"

// SpeedParams tune the controller. DefaultSpeedParams documents the values.
type SpeedParams struct {
	P float64 // acceleration per speed error, 1/s
	I float64 // acceleration per integral of the speed error, 1/s²
	// MaxIntegral bounds the integral part of the acceleration, m/s².
	MaxIntegral        float64
	MaxAccel, MaxBrake float64 // m/s², both positive
}

// DefaultSpeedParams returns the values used when driving.
func DefaultSpeedParams() SpeedParams {
	return SpeedParams{P: 1.2, I: 0.15, MaxIntegral: 0.6, MaxAccel: 3.5, MaxBrake: 9}
}

// SpeedPI tracks a target speed with a PI controller and feed-forward of the target
// acceleration. It is plain data; a copy is independent.
type SpeedPI struct {
	Params   SpeedParams
	integral float64 // of the error, m
}

// SpeedTarget is the planned speed and acceleration.
type SpeedTarget struct{ Speed, Accel float64 }

// Control returns the acceleration command after dt seconds at the given speed.
// The integral is frozen while the output is at its bounds (anti-windup).
func (c *SpeedPI) Control(speed float64, want SpeedTarget, dt float64) float64 {
	e := want.Speed - speed
	a := want.Accel + c.Params.P*e + c.Params.I*c.integral
	bounded := math.Max(-c.Params.MaxBrake, math.Min(c.Params.MaxAccel, a))
	if bounded == a || (a > bounded) != (e > 0) {
		most := c.Params.MaxIntegral / math.Max(c.Params.I, 1e-9)
		c.integral = math.Max(-most, math.Min(most, c.integral+e*dt))
	}
	return bounded
}

// Reset clears the integral.
func (c *SpeedPI) Reset() { c.integral = 0 }
