package vehicle

import "math"

// KSState is the state of the kinematic single-track model, or its derivative.
type KSState struct {
	X, Y  float64 // rear axle, m
	Steer float64 // road wheel angle, rad
	Speed float64 // m/s
	Yaw   float64 // rad
}

// Kinematic returns the time derivative of the kinematic single-track model, in
// which wheels roll without slip (CommonRoad, model KS). The input is limited
// by Limit.
func (p *Params) Kinematic(x KSState, u Input) KSState {
	u = p.Limit(u, x.Steer, x.Speed)
	sin, cos := math.Sincos(x.Yaw)
	return KSState{
		X:     x.Speed * cos,
		Y:     x.Speed * sin,
		Steer: u.SteerRate,
		Speed: u.Accel,
		Yaw:   x.Speed / p.Wheelbase() * math.Tan(x.Steer),
	}
}

// add returns x + h·f.
func (x KSState) add(h float64, f KSState) KSState {
	return KSState{x.X + h*f.X, x.Y + h*f.Y, x.Steer + h*f.Steer, x.Speed + h*f.Speed, x.Yaw + h*f.Yaw}
}

// StepKinematic advances the kinematic model by dt seconds under a constant
// input, with the classical Runge-Kutta method of order 4.
func (p *Params) StepKinematic(x KSState, u Input, dt float64) KSState {
	k1 := p.Kinematic(x, u)
	k2 := p.Kinematic(x.add(dt/2, k1), u)
	k3 := p.Kinematic(x.add(dt/2, k2), u)
	k4 := p.Kinematic(x.add(dt, k3), u)
	return x.add(dt/6, k1).add(dt/3, k2).add(dt/3, k3).add(dt/6, k4)
}
