package drive

import (
	"math"

	"roadloop/control"
	"roadloop/perception"
	"roadloop/planning"
	"roadloop/policy"
	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
	"roadloop/sim/vehicle"
)

// Maneuver is an action of the control Meta.
type Maneuver uint8

// Maneuvers. Left and Right select the neighboring lane of the same direction, if there is
// one; Faster and Slower change the wanted speed. The car follows its lane with the Stanley
// controller and slows for curves; it does not react to others or signals.
const (
	Keep Maneuver = iota
	Left
	Right
	Faster
	Slower
	NumManeuvers = iota
)

// choices returns the names of the values of a discrete action, nil for others.
func (c *Config) choices() []string {
	if c.Control == Meta {
		return []string{"keep", "left", "right", "faster", "slower"}
	}
	return nil
}

// Bounds of the controls.
const (
	// lateralAccel bounds the steering angle at speed, m/s²: nuPlan's bound of comfort is 4.89.
	lateralAccel = 4.5
	// maxSteer bounds it at low speed, rad.
	maxSteer = .6
	// fullThrottle and fullBrake are the accelerations of the actions 1 and -1, m/s².
	fullThrottle = 2.4
	fullBrake    = 6.0
)

// Waypoints of the control Trajectory.
const (
	// NumWaypoints is their number; an action has x and y of each.
	NumWaypoints = 5
	waypointTime = clock.Tick(50)
	// waypointSpeed is the mean speed from the start to a waypoint at x = 1; at x = -1 it is 0, m/s.
	waypointSpeed = 36.0
	// waypointSide is the offset of a waypoint to the left at y = 1, m.
	waypointSide = 12.0
)

// Names of the spaces of continuous actions.
const (
	// SteeringAcceleration is the action of Continuous.
	SteeringAcceleration = "steering-acceleration"
	// Waypoints is the action of Trajectory.
	Waypoints = "waypoints"
)

// action returns the space of actions.
func (c *Config) action() policy.Space {
	switch c.Control {
	case Meta:
		return policy.Space{Name: "maneuver", Kind: policy.Discrete, N: NumManeuvers}
	case Trajectory:
		return policy.Space{Name: Waypoints, Kind: policy.Box, Shape: []int{NumWaypoints * 2}, Low: -1, High: 1}
	}
	return policy.Space{Name: SteeringAcceleration, Kind: policy.Box, Shape: []int{2}, Low: -1, High: 1}
}

// steerLimit returns the steering angle of the action 1 at a speed, rad.
func steerLimit(wheelbase, speed float64) float64 {
	return min(maxSteer, math.Atan(wheelbase*lateralAccel/max(speed*speed, 1)))
}

// lookAhead returns the distance to the point that pure pursuit steers to at a speed, m.
func lookAhead(speed float64) float64 { return max(4, .7*speed) }

// pursue returns the steering action on the circle to a point (pure pursuit).
func (p *pilot) pursue(s *actor.State, to geom.Vec) float32 {
	at, wheelbase := s.Pose.ToLocal(to), p.car.Wheelbase()
	return clip(math.Atan(wheelbase*2*at.Y/max(at.Dot(at), 1)) / steerLimit(wheelbase, s.Speed))
}

// pursueRoute returns the steering action of pure pursuit of a course from the state of the ego
// on it.
func (p *pilot) pursueRoute(s *actor.State, c *course) float32 {
	return p.pursue(s, c.line().At(c.s+lookAhead(s.Speed)).Pose.Pos())
}

// pilot turns actions into commands.
type pilot struct {
	control   Control
	car       vehicle.Params
	stanley   control.Stanley
	plan      planning.Plan
	waypoints [NumWaypoints + 1]planning.Waypoint
	follow    [followPoints]planning.Waypoint

	command vehicle.Command // of Continuous
	lane    float64         // of Meta: offset of the wanted lane from the line, m
	speed   float64         // wanted, m/s
	step    float64         // of the wanted speed, m/s
}

// Points of the line that Meta follows.
const (
	followPoints = 16
	followTime   = clock.Tick(15)
)

// begin begins an episode.
func (p *pilot) begin(e *Env) {
	p.stanley = *control.NewStanley(&p.car)
	p.lane, p.speed = 0, e.world.Ego().State.Speed
	p.command = vehicle.Command{}
}

// apply takes an action at a decision.
func (p *pilot) apply(e *Env, action []float32) {
	s := &e.world.Ego().State
	switch p.control {
	case Continuous:
		p.command = vehicle.Command{Steer: float64(action[0]) * steerLimit(p.car.Wheelbase(), s.Speed), Accel: Acceleration(float64(action[1]))}
	case Meta:
		p.maneuver(e, Maneuver(action[0]))
	case Trajectory:
		p.trace(&s.Pose, s.Speed, s.Accel, math.Tan(s.Steer)/p.car.Wheelbase(), action)
	}
}

// trace makes a plan of the waypoints of an action, from a pose, speed, acceleration and
// curvature on. A waypoint's heading is that of a circle through it and the one before.
func (p *pilot) trace(from *geom.Pose, speed, accel, curvature float64, action []float32) {
	const least = .2 // m, between waypoints with a direction
	p.waypoints[0] = planning.Waypoint{Pose: *from, Speed: speed, Accel: accel, Curvature: curvature}
	last, t := geom.Pose{}, waypointTime.Seconds()
	var headings [NumWaypoints + 1]float64 // of the way to each waypoint
	for i := range NumWaypoints {
		at := waypoint(i, action[2*i], action[2*i+1])
		way := at.Sub(last.Pos())
		headings[i+1] = headings[i]
		if way.Norm() > least {
			headings[i+1] = way.Angle()
		}
		p.waypoints[i+1] = planning.Waypoint{Time: waypointTime * clock.Tick(i+1), Speed: way.Norm() / t, Pose: geom.Pose{X: at.X, Y: at.Y}}
		last = geom.Pose{X: at.X, Y: at.Y}
	}
	for i := 1; i <= NumWaypoints; i++ {
		w, before := &p.waypoints[i], &p.waypoints[i-1]
		yaw := headings[i] + geom.WrapAngle(headings[i]-headings[i-1])/2
		if i < NumWaypoints {
			yaw = headings[i] + geom.WrapAngle(headings[i+1]-headings[i])/2
		}
		w.Pose = from.Compose(geom.Pose{X: w.Pose.X, Y: w.Pose.Y, Yaw: yaw})
		w.Accel = (w.Speed - before.Speed) / t
		if length := w.Speed * t; length > least {
			w.Curvature = max(-.2, min(.2, geom.WrapAngle(w.Pose.Yaw-before.Pose.Yaw)/length))
		}
	}
}

// waypoint returns waypoint i of an action in the vehicle frame.
func waypoint(i int, x, y float32) geom.Vec {
	t := (waypointTime * clock.Tick(i+1)).Seconds()
	return geom.Vec{X: (float64(x) + 1) / 2 * waypointSpeed * t, Y: float64(y) * waypointSide}
}

// waypointAction is the inverse of waypoint, within the space.
func waypointAction(i int, at geom.Vec) (x, y float32) {
	t := (waypointTime * clock.Tick(i+1)).Seconds()
	return clip(2*at.X/(waypointSpeed*t) - 1), clip(at.Y / waypointSide)
}

// maneuver selects the wanted lane and speed.
func (p *pilot) maneuver(e *Env, m Maneuver) {
	here := &e.course.here
	width := e.laneWidth()
	switch m {
	case Left:
		if p.lane+1.4*width < here.Left {
			p.lane += width
		}
	case Right:
		if -p.lane+1.4*width < here.Right {
			p.lane -= width
		}
	case Faster:
		p.speed += p.step
	case Slower:
		p.speed -= p.step
	}
	p.speed = max(0, min(p.speed, 1.2*here.Limit))
}

// Bounds of following, for a comfortable ride.
const (
	followAccel   = 1.8 // m/s²
	followBrake   = 3.0 // m/s²
	followShift   = 1.2 // lateral speed of a lane change, m/s
	followLateral = 1.5 // lateral acceleration of a lane change, m/s²
	followPull    = 1.2 // rate at which an offset from the wanted lane decays, 1/s
)

// drive returns the command until the next one. The controller takes a step of 50 ms.
func (p *pilot) drive(e *Env) vehicle.Command {
	s := &e.world.Ego().State
	ego := perception.Ego{Pose: s.Pose, Speed: s.Speed, Accel: s.Accel, YawRate: s.YawRate, Steer: s.Steer}
	switch p.control {
	case Trajectory:
		p.plan.Waypoints = p.waypoints[:]
	case Meta:
		p.line(e)
		p.plan.Waypoints = p.follow[:]
	default:
		return p.command
	}
	cmd := p.stanley.Control(&ego, &p.plan)
	if p.control == Trajectory { // the plan ages by a step
		for i := 1; i < len(p.waypoints); i++ {
			p.waypoints[i].Time = max(p.waypoints[i].Time-clock.DriverPeriod, p.waypoints[i-1].Time+1)
		}
	}
	return cmd
}

// planned returns the plan that the controller follows, nil for a control without one.
func (p *pilot) planned() *planning.Plan {
	if p.control == Continuous {
		return nil
	}
	return &p.plan
}

// line lays waypoints from the ego's state onto the wanted lane: a plan that begins where the
// car is needs no correction by the controller, which is unstable at high speed.
func (p *pilot) line(e *Env) {
	c := e.course
	l := c.line()
	state := &e.world.Ego().State
	v, s, d := state.Speed, c.s, c.d
	drift := v * math.Sin(c.heading) // to the left, m/s
	t := followTime.Seconds()
	for i := range p.follow {
		at := l.At(s)
		stretch := max(.3, 1-at.Curvature*d)
		pull := max(-followShift, min(followShift, followPull/2*(p.lane-d)))
		aside := max(-followLateral, min(followLateral, 2*followPull*(pull-drift)))
		accel := max(-followBrake, min(followAccel, (min(p.speed, c.allowed(s))-v)/t))
		pos := at.Pose.ToWorld(geom.Vec{Y: d})
		p.follow[i] = planning.Waypoint{
			Time:  followTime * clock.Tick(i),
			Pose:  geom.Pose{X: pos.X, Y: pos.Y, Yaw: geom.WrapAngle(at.Pose.Yaw + math.Asin(max(-.9, min(.9, drift/max(v, 1)))))},
			Speed: v, Accel: accel, Curvature: at.Curvature/stretch + aside/max(v*v, 4),
		}
		next := max(0, v+accel*t)
		s += (v + next) / 2 * t / stretch
		d += drift*t + aside*t*t/2
		drift += aside * t
		v = next
	}
}
