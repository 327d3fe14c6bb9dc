package control

import (
	"math"

	"roadloop/perception"
	"roadloop/planning"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
	"roadloop/sim/vehicle"
)

// StanleyParams tune the controller. DefaultStanleyParams documents the values.
type StanleyParams struct {
	Gain float64 // of the cross-track error, 1/s (k)
	Soft float64 // speed added to soften the law at low speed, m/s (k_s)
	// SteerDelay and PedalDelay are the actuator lags that the controller
	// compensates by look-ahead, s.
	SteerDelay, PedalDelay float64
	Speed                  SpeedParams
	Limits                 Limits
}

// DefaultStanleyParams returns the values used when driving.
func DefaultStanleyParams() StanleyParams {
	return StanleyParams{
		Gain: 1.0, Soft: 1.5, SteerDelay: 0.15, PedalDelay: 0.2,
		Speed:  DefaultSpeedParams(),
		Limits: Limits{MaxAccel: 3.5, MaxBrake: 9, MaxSteer: 0.6, MaxRate: 0.8},
	}
}

// Stanley follows a plan: it steers the front axle by the law of Thrun et al. ("Stanley:
// The robot that won the DARPA Grand Challenge", 2006) and leaves the speed to a SpeedPI.
// The planned curvature is fed forward through the inverse of the steering lag; the
// Stanley law corrects the heading error and the cross-track error of the front axle. It
// is plain data; a copy is independent.
type Stanley struct {
	params    StanleyParams
	wheelbase float64
	pi        SpeedPI
	steer     float64 // last command, rad
	begun     bool
}

// NewStanley returns a controller for a vehicle with DefaultStanleyParams.
func NewStanley(v *vehicle.Params) *Stanley { return NewStanleyWith(v, DefaultStanleyParams()) }

// NewStanleyWith returns a controller for a vehicle.
func NewStanleyWith(v *vehicle.Params, params StanleyParams) *Stanley {
	params.Limits.MaxSteer = math.Min(params.Limits.MaxSteer, v.MaxSteer)
	params.Speed.MaxAccel = math.Min(params.Speed.MaxAccel, params.Limits.MaxAccel)
	params.Speed.MaxBrake = math.Min(params.Speed.MaxBrake, params.Limits.MaxBrake)
	return &Stanley{params: params, wheelbase: v.Wheelbase(), pi: SpeedPI{Params: params.Speed}}
}

// Clone returns an independent copy in the same state.
func (c *Stanley) Clone() Controller {
	k := *c
	return &k
}

// Law returns Stanley's steering angle: the heading error plus atan(k·e/(k_s +
// v)), where e is the distance of the front axle to the right of its path, m.
func (p *StanleyParams) Law(heading, e, v float64) float64 {
	return heading + math.Atan(p.Gain*e/(p.Soft+v))
}

// Control returns the command that follows the plan. The plan must start at the
// current time. For a plan without waypoints it brakes gently and keeps the
// steering angle.
func (c *Stanley) Control(ego *perception.Ego, plan *planning.Plan) vehicle.Command {
	if !c.begun {
		c.steer, c.begun = ego.Steer, true
	}
	if len(plan.Waypoints) == 0 {
		return vehicle.Command{Steer: c.steer, Accel: -2}
	}
	cmd := vehicle.Command{Steer: c.steering(ego, plan.Waypoints), Accel: c.acceleration(ego, plan.Waypoints)}
	if plan.Emergency {
		cmd.Accel = -c.params.Limits.MaxBrake
	}
	return cmd
}

// steering returns the next steering angle, within its limits.
func (c *Stanley) steering(ego *perception.Ego, way []planning.Waypoint) float64 {
	l := &c.params.Limits
	want := c.steer
	if heading, e, ok := c.trackingErrors(ego.Pose, way); ok {
		want = math.Atan(c.wheelbase*c.lead(way)) + c.params.Law(heading, e, ego.Speed)
	}
	turn := l.MaxRate * clock.DriverPeriod.Seconds()
	want = math.Max(c.steer-turn, math.Min(c.steer+turn, want))
	c.steer = math.Max(-l.MaxSteer, math.Min(l.MaxSteer, want))
	return c.steer
}

// lead returns the curvature command with which a steering of first-order lag τ
// drives the planned curvature κ: κ + τ·κ', at the end of the first step.
func (c *Stanley) lead(way []planning.Waypoint) float64 {
	if len(way) < 2 {
		return way[0].Curvature
	}
	a, b := &way[0], &way[1]
	slope := (b.Curvature - a.Curvature) / math.Max(clock.Step, (b.Time-a.Time).Seconds())
	return b.Curvature + c.params.SteerDelay*slope
}

// trackingErrors returns the heading error of the car and the cross-track error of its
// front axle, relative to the nearest point of the planned path. ok is false
// for a plan without motion.
func (c *Stanley) trackingErrors(pose geom.Pose, way []planning.Waypoint) (heading, e float64, ok bool) {
	front := pose.ToWorld(geom.Vec{X: c.wheelbase})
	for i := 1; i < len(way); i++ {
		a, b := c.axle(&way[i-1]), c.axle(&way[i])
		ab := b.Sub(a)
		length := ab.Norm()
		if length < 1e-3 {
			continue
		}
		along := front.Sub(a).Dot(ab) / length
		if along > length && i < len(way)-1 && way[i+1].Speed > 0.05 {
			continue
		}
		f := math.Max(0, math.Min(1, along/length))
		yaw := way[i-1].Pose.Yaw + f*geom.WrapAngle(way[i].Pose.Yaw-way[i-1].Pose.Yaw)
		return geom.WrapAngle(yaw - pose.Yaw), ab.Cross(a.Sub(front)) / length, true
	}
	return 0, 0, false
}

// axle returns the position of the front axle at a waypoint.
func (c *Stanley) axle(w *planning.Waypoint) geom.Vec {
	return w.Pose.ToWorld(geom.Vec{X: c.wheelbase})
}

// acceleration returns the acceleration command, with a look-ahead of PedalDelay.
func (c *Stanley) acceleration(ego *perception.Ego, way []planning.Waypoint) float64 {
	at := sample(way, c.params.PedalDelay)
	if at.Speed < 0.05 && ego.Speed < 0.3 && at.Accel <= 0 {
		c.pi.Reset()
		return math.Min(at.Accel, -1)
	}
	expected := math.Max(0, ego.Speed+ego.Accel*c.params.PedalDelay)
	return c.pi.Control(expected, SpeedTarget{Speed: at.Speed, Accel: at.Accel}, clock.DriverPeriod.Seconds())
}

// sample returns the waypoint t seconds after the start of a plan, with
// interpolated speed and acceleration.
func sample(way []planning.Waypoint, t float64) planning.Waypoint {
	for i := 1; i < len(way); i++ {
		a, b := &way[i-1], &way[i]
		if end := b.Time.Seconds(); end >= t {
			f := (t - a.Time.Seconds()) / math.Max(1e-9, end-a.Time.Seconds())
			w := *a
			w.Speed += f * (b.Speed - a.Speed)
			w.Accel += f * (b.Accel - a.Accel)
			return w
		}
	}
	return way[len(way)-1]
}
