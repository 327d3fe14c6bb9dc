package vehicle

import "math"

// STState is the state of the dynamic single-track model, or its derivative.
type STState struct {
	X, Y    float64 // center of mass, m
	Steer   float64 // road wheel angle, rad
	Speed   float64 // m/s
	Yaw     float64 // rad
	YawRate float64 // rad/s
	Slip    float64 // angle from the heading to the velocity of the center of mass, rad
}

// minSlipSpeed is the speed below which the published model assumes wheels
// without slip, since slip angles divide by the speed, m/s.
const minSlipSpeed = 0.1

// SingleTrack returns the time derivative of the dynamic single-track model
// (CommonRoad, model ST): linear tires with a lateral force proportional to
// wheel load, and load transfer by acceleration. As an extension, the force of
// each axle is limited to the friction ellipse sqrt(Fx² + Fy²) <= Friction·Fz;
// inside it the model is the published one. Below 0.1 m/s it is kinematic.
func (p *Params) SingleTrack(x STState, u Input) STState {
	u = p.Limit(u, x.Steer, x.Speed)
	if math.Abs(x.Speed) < minSlipSpeed {
		return p.creep(x, u)
	}
	front, rear := p.lateral(x, u.Accel)
	sin, cos := math.Sincos(x.Slip + x.Yaw)
	return STState{
		X:       x.Speed * cos,
		Y:       x.Speed * sin,
		Steer:   u.SteerRate,
		Speed:   u.Accel,
		Yaw:     x.YawRate,
		YawRate: p.Mass / p.YawInertia * (p.FrontAxle*front - p.RearAxle*rear),
		Slip:    (front+rear)/x.Speed - x.YawRate,
	}
}

// creep returns the derivative below minSlipSpeed. Like the published code, it
// moves the point (X, Y) as if it were the rear axle.
func (p *Params) creep(x STState, u Input) STState {
	k := p.Kinematic(KSState{x.X, x.Y, x.Steer, x.Speed, x.Yaw}, u)
	cos := math.Cos(x.Steer)
	return STState{
		X: k.X, Y: k.Y, Steer: k.Steer, Speed: k.Speed, Yaw: k.Yaw,
		YawRate: u.Accel/p.Wheelbase()*math.Tan(x.Steer) + x.Speed/(p.Wheelbase()*cos*cos)*u.SteerRate,
	}
}

// lateral returns the lateral force on the front and the rear axle per mass of
// the vehicle, m/s².
func (p *Params) lateral(x STState, accel float64) (front, rear float64) {
	loadFront := (Gravity*p.RearAxle - accel*p.CGHeight) / p.Wheelbase()
	loadRear := (Gravity*p.FrontAxle + accel*p.CGHeight) / p.Wheelbase()
	slipFront := x.Steer - x.Slip - p.FrontAxle*x.YawRate/x.Speed
	slipRear := p.RearAxle*x.YawRate/x.Speed - x.Slip
	return p.axleForce(slipFront, loadFront, accel), p.axleForce(slipRear, loadRear, accel)
}

// axleForce returns the lateral force of an axle with the given slip angle and
// load. Braking and driving forces are split between the axles like the load,
// so that each axle uses the share accel/g of its grip for them.
func (p *Params) axleForce(slip, load, accel float64) float64 {
	spent := accel / Gravity
	left := math.Sqrt(math.Max(0, p.Friction*p.Friction-spent*spent))
	force := dryFriction * p.Stiffness * slip
	return load * math.Max(-left, math.Min(left, force))
}

// add returns x + h·f.
func (x STState) add(h float64, f STState) STState {
	return STState{
		x.X + h*f.X, x.Y + h*f.Y, x.Steer + h*f.Steer, x.Speed + h*f.Speed,
		x.Yaw + h*f.Yaw, x.YawRate + h*f.YawRate, x.Slip + h*f.Slip,
	}
}

// StepSingleTrack advances the dynamic model by dt seconds under a constant
// input, with the classical Runge-Kutta method of order 4. The lateral dynamics
// are stiff at low speed: the fastest eigenvalue is near -215/Speed per second,
// so steps of 10 ms are stable only above 0.8 m/s.
func (p *Params) StepSingleTrack(x STState, u Input, dt float64) STState {
	k1 := p.SingleTrack(x, u)
	k2 := p.SingleTrack(x.add(dt/2, k1), u)
	k3 := p.SingleTrack(x.add(dt/2, k2), u)
	k4 := p.SingleTrack(x.add(dt, k3), u)
	return x.add(dt/6, k1).add(dt/3, k2).add(dt/3, k3).add(dt/6, k4)
}
