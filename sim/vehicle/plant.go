package vehicle

import (
	"math"

	"roadloop/sim/clock"
	"roadloop/sim/detmath"
	"roadloop/sim/geom"
)

// Model selects the equations that a Plant integrates.
type Model uint8

// Models. Dynamic is the default.
const (
	DynamicModel   Model = iota // single track with tire forces
	KinematicModel              // single track without slip
)

// kinematicBelow is the speed below which a Plant uses the kinematic model,
// m/s: the dynamic equations are stiff at low speed, and at 2 m/s both models
// agree.
const kinematicBelow = 2.0

// Actuators are the lags and limits between a Command and the wheels. Lags are
// the time constants of first-order filters, in seconds.
type Actuators struct {
	SteerLag, BrakeLag, ThrottleLag float64
	MaxAccel, MaxBrake              float64 // m/s², both positive
}

// DefaultActuators returns the actuators of an ordinary passenger car.
func DefaultActuators() Actuators {
	return Actuators{SteerLag: 0.15, BrakeLag: 0.2, ThrottleLag: 0.4, MaxAccel: 4, MaxBrake: 9.5}
}

// Plant is a vehicle that follows commands: a model with its actuators. It is
// plain data; a copy is an independent fork. It never drives backward: braking
// ends at standstill.
type Plant struct {
	Params    Params
	Actuators Actuators
	Model     Model

	x            STState // about the center of mass
	drive, brake float64 // acceleration of throttle and brake now, m/s², both >= 0
	accel        float64 // achieved in the last step, m/s²
}

// Motion is the motion state of a vehicle at its rear axle.
type Motion struct {
	Pose    geom.Pose // rear axle, map frame
	Speed   float64   // along the heading, m/s
	Accel   float64   // along the path, m/s²
	YawRate float64   // rad/s
	Steer   float64   // road wheel angle, rad
}

// Place sets the pose of the vehicle's rear axle. The vehicle rolls straight
// ahead at speed, without throttle or brake.
func (p *Plant) Place(pose geom.Pose, speed float64) {
	c := pose.ToWorld(geom.Vec{X: p.Params.RearAxle})
	p.x = STState{X: c.X, Y: c.Y, Yaw: pose.Yaw, Speed: math.Max(0, speed)}
	p.drive, p.brake, p.accel = 0, 0, 0
}

// State returns the present state of the model, about the center of mass.
func (p *Plant) State() STState { return p.x }

// ThrottleAndBrake returns the current acceleration of throttle and deceleration of brake, m/s²,
// both >= 0.
func (p *Plant) ThrottleAndBrake() (drive, brake float64) { return p.drive, p.brake }

// Motion returns the present motion of the rear axle.
func (p *Plant) Motion() Motion {
	rear := p.rear()
	return Motion{
		Pose:    geom.Pose{X: rear.X, Y: rear.Y, Yaw: geom.WrapAngle(rear.Yaw)},
		Speed:   rear.Speed,
		Accel:   p.accel,
		YawRate: p.x.YawRate,
		Steer:   p.x.Steer,
	}
}

// Step advances the vehicle by one clock.Tick. Friction is the tire-road
// coefficient: 0.9 on dry asphalt, 0.6 wet, 0.3 snow, 0.1 ice. It caps braking,
// acceleration and side force, but not the cornering stiffness. A NaN command
// keeps the steering angle and coasts.
func (p *Plant) Step(cmd Command, friction float64) {
	p.Params.Friction = friction
	u := Input{p.steerRate(cmd.Steer), p.pedals(cmd.Accel)}
	grip := friction * Gravity
	u.Accel = math.Max(-grip, math.Min(grip, u.Accel))
	u.Accel = math.Max(u.Accel, -p.x.Speed/clock.Step)
	before := p.x.Speed
	p.integrate(u)
	p.x.Steer = math.Max(-p.Params.MaxSteer, math.Min(p.Params.MaxSteer, p.x.Steer))
	p.x.Speed = math.Max(0, p.x.Speed)
	p.accel = (p.x.Speed - before) / clock.Step
}

// steerRate returns the rate of the lagging steering toward target, rad/s.
func (p *Plant) steerRate(target float64) float64 {
	if math.IsNaN(target) {
		return 0
	}
	target = math.Max(-p.Params.MaxSteer, math.Min(p.Params.MaxSteer, target))
	return p.Params.limitSteerRate((target-p.x.Steer)*approach(p.Actuators.SteerLag)/clock.Step, p.x.Steer)
}

// pedals moves throttle and brake toward the wanted acceleration and returns
// the resulting acceleration.
func (p *Plant) pedals(want float64) float64 {
	if math.IsNaN(want) {
		want = 0
	}
	drive := math.Max(0, math.Min(p.Actuators.MaxAccel, want))
	brake := math.Max(0, math.Min(p.Actuators.MaxBrake, -want))
	p.drive += (drive - p.drive) * approach(p.Actuators.ThrottleLag)
	p.brake += (brake - p.brake) * approach(p.Actuators.BrakeLag)
	return p.drive - p.brake
}

// approach returns the share of the remaining difference that a first-order lag
// of time constant tau closes in one Tick; 1 without lag.
func approach(tau float64) float64 {
	if tau <= 0 {
		return 1
	}
	return 1 - detmath.Exp(-clock.Step/tau)
}

func (p *Plant) integrate(u Input) {
	if p.Model == DynamicModel && p.x.Speed >= kinematicBelow {
		p.x = p.Params.StepSingleTrack(p.x, u, clock.Step)
		return
	}
	p.setRear(p.Params.StepKinematic(p.rear(), u, clock.Step))
}

// rear returns the state of the rear axle.
func (p *Plant) rear() KSState {
	sin, cos := math.Sincos(p.x.Yaw)
	b := p.Params.RearAxle
	return KSState{X: p.x.X - b*cos, Y: p.x.Y - b*sin, Steer: p.x.Steer,
		Speed: p.x.Speed * math.Cos(p.x.Slip), Yaw: p.x.Yaw}
}

// setRear sets the state from the state of a rear axle that rolls without slip.
func (p *Plant) setRear(r KSState) {
	sin, cos := math.Sincos(r.Yaw)
	b := p.Params.RearAxle
	turn := math.Tan(r.Steer) / p.Params.Wheelbase() // curvature of the rear axle's path
	slip := math.Atan(b * turn)
	p.x = STState{X: r.X + b*cos, Y: r.Y + b*sin, Steer: r.Steer, Speed: r.Speed / math.Cos(slip),
		Yaw: r.Yaw, YawRate: r.Speed * turn, Slip: slip}
}
