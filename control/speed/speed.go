// Package speed tracks a target speed with a PI controller and feed-forward of
// the target acceleration. Speeds are m/s, accelerations m/s², time s.
package speed

import "math"

// Params tune the controller. DefaultParams documents the values.
type Params struct {
	P float64 // acceleration per speed error, 1/s
	I float64 // acceleration per integral of the speed error, 1/s²
	// MaxIntegral bounds the integral part of the acceleration, m/s².
	MaxIntegral        float64
	MaxAccel, MaxBrake float64 // m/s², both positive
}

// DefaultParams returns the values used when driving.
func DefaultParams() Params {
	return Params{P: 1.2, I: 0.15, MaxIntegral: 0.6, MaxAccel: 3.5, MaxBrake: 9}
}

// PI is a speed controller. It is plain data; a copy is independent.
type PI struct {
	Params   Params
	integral float64 // of the error, m
}

// Target is the planned speed and acceleration.
type Target struct{ Speed, Accel float64 }

// Control returns the acceleration command after dt seconds at the given speed.
// The integral is frozen while the output is at its bounds (anti-windup).
func (c *PI) Control(speed float64, want Target, dt float64) float64 {
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
func (c *PI) Reset() { c.integral = 0 }
