package traffic

import (
	"math"

	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
	"roadloop/sim/road"
)

// move moves the car for one tick and writes its state.
func (c *car) move(dark bool, s *actor.State) {
	c.a = c.nextAccel(c.a)
	c.roll()
	for l := c.here(); c.s >= l.length && c.advance(); l = c.here() {
		c.s -= l.length
	}
	c.step()
	c.show(dark, s)
}

// nextAccel returns the acceleration of this tick; a is the acceleration of the last tick.
func (c *car) nextAccel(a float64) float64 {
	if c.order.mode == free {
		return c.wanted
	}
	want := c.order.accel(c.v)
	landed := c.order.reached(c.v)
	if landed && c.order.mode == reach {
		c.settle()
	}
	if c.manner != Blind && (c.order.mode == hold || c.order.gentle) && c.wanted < want {
		return c.wanted
	}
	if landed {
		return want
	}
	most := jerk * clock.Step
	return a + math.Max(-most, math.Min(most, want-a))
}

// settle ends a fulfilled order: an obedient driver continues with the target
// as desired speed, other drivers keep the target speed.
func (c *car) settle() {
	if c.manner == Obedient && c.order.target > 0 {
		c.order = order{}
		return
	}
	c.order.mode = hold
	c.order.rate = 2
}

// roll integrates the speed along the lane, ending at standstill.
func (c *car) roll() {
	before := c.v
	c.v += c.a * clock.Step
	way := (before + c.v) / 2 * clock.Step
	if c.v < 0 {
		way = before * before / (-2 * c.a)
		c.v = 0
	}
	if before == 0 && c.v == 0 {
		c.a = 0
	}
	c.s += way
	c.travelled += way
}

// show writes the actor's state.
func (c *car) show(dark bool, s *actor.State) {
	pose := c.pose()
	s.YawRate = geom.WrapAngle(pose.Yaw-s.Pose.Yaw) / clock.Step
	s.Pose = pose
	s.Speed, s.Accel = c.v, c.a
	s.Steer = 0
	if c.v > 0.5 {
		s.Steer = math.Atan(c.wheelbase * s.YawRate / c.v)
	}
	s.Gait = geom.WrapAngle(s.Gait + c.v*clock.Step/0.6)
	s.Lights = c.lights(dark)
}

// longWheelbase is the wheelbase from which a vehicle keeps both axles on its
// path, m. With only the rear axle on the path, as for a car, the body of a long
// vehicle would sweep over the adjacent lane.
const longWheelbase = 3.5

// pose returns the pose of the vehicle.
func (c *car) pose() geom.Pose {
	p := c.here().Center.Offset(c.s, c.d)
	if c.wheelbase > longWheelbase {
		p.Yaw = c.pointAhead().Sub(p.Pos()).Angle()
	}
	if c.shift.active {
		p.Yaw = geom.WrapAngle(p.Yaw + c.turned())
	}
	return p
}

// pointAhead returns the position of the front axle on the path.
func (c *car) pointAhead() geom.Vec {
	l, s := c.here(), c.s+c.wheelbase
	if s > l.length && c.lanes[1] != road.None {
		l, s = &c.net.lanes[c.lanes[1]], s-l.length
	}
	return l.Center.Offset(s, c.d).Pos()
}

func (c *car) lights(dark bool) actor.Lights {
	var on actor.Lights
	if c.a < -0.5 || c.v < 0.1 {
		on |= actor.BrakeLights
	}
	if dark {
		on |= actor.Headlights
	}
	switch c.signaled() {
	case road.LeftTurn:
		on |= actor.LeftIndicator
	case road.RightTurn:
		on |= actor.RightIndicator
	}
	return on
}

// signaled returns the direction of c's indicators: that of a lane change, or
// of a turn within 40 m.
func (c *car) signaled() road.Turn {
	const early = 40.0
	if c.shift.active && math.Abs(c.shift.to-c.shift.from) > 1.5 {
		if c.shift.to > c.shift.from {
			return road.LeftTurn
		}
		return road.RightTurn
	}
	left := -c.s
	for _, id := range c.lanes {
		if id == road.None || left > early {
			return road.Straight
		}
		l := &c.net.lanes[id]
		if l.Turn != road.Straight {
			return l.Turn
		}
		left += l.length
	}
	return road.Straight
}
