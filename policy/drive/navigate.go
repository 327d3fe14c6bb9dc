package drive

import "roadloop/sim/road"

// command is the next maneuver of the route, as navigation announces it.
type command uint8

// Commands.
const (
	follow command = iota // no maneuver within announced
	turnLeft
	turnRight
	goStraight // over a junction
	changeLeft
	changeRight
	numCommands = iota
)

// Ranges of Navigation.
const (
	announced  = 250.0 // m before a maneuver at which it is announced
	rangeNear  = 40.0  // m, of the distance to a maneuver
	rangeStood = 4.0   // s
)

// NavigationSize is the number of values of Navigation: speed, acceleration, yaw rate and
// steering as odometry measures them, the time since the car stood, the next maneuver of the
// route (one of follow, left, right, straight, change to the left lane, change to the right
// lane), the distance to its beginning in two scales (0 during the maneuver), the speed
// limit, and the last action (zeros for Trajectory).
const NavigationSize = 5 + numCommands + 3 + 2

// maneuver returns the next maneuver of the course, which may be in progress, and the
// distance to its beginning, m.
func (c *course) maneuver(m *road.Map) (next command, distance float64) {
	l := c.line()
	next, distance = follow, announced
	if c.side != 0 {
		if d := max(0, c.lines[c.at+1].base-l.base-c.s); d < distance {
			next, distance = changeLeft, d
			if c.side < 0 {
				next = changeRight
			}
		}
	}
	for _, p := range l.Pieces {
		if p.End <= c.s || m.Lanes[p.Lane].Junction < 0 {
			continue
		}
		if d := max(0, p.Start-c.s); d < distance && p.Start < l.End {
			return [...]command{road.Straight: goStraight, road.LeftTurn: turnLeft, road.RightTurn: turnRight}[m.Lanes[p.Lane].Turn], d
		}
		break
	}
	return next, distance
}

// observeNavigation writes Navigation.
func (e *Env) observeNavigation(dst []float32) {
	s := &e.world.Ego().State
	clear(dst)
	for i, x := range [...]float64{s.Speed / rangeSpeed, s.Accel / rangeAccel, s.YawRate, s.Steer / maxSteer,
		float64(e.moving) / e.task.config.Rate / rangeStood} {
		dst[i] = clip(x)
	}
	next, d := e.course.maneuver(e.site.m)
	dst[5+int(next)] = 1
	rest := dst[5+numCommands:]
	rest[0], rest[1], rest[2] = clip(d/rangeNear), clip(d/announced), clip(e.course.here.Limit/rangeSpeed)
	last := e.lastAction()
	rest[3], rest[4] = clip(last[0]), clip(last[1])
}

// lastAction returns the last action, scaled to -1..1; zeros for Trajectory.
func (e *Env) lastAction() (action [2]float64) {
	if e.pilot.control == Trajectory {
		return action
	}
	for i, a := range e.last {
		action[i] = float64(a)
	}
	if e.pilot.control == Meta {
		action[0] /= NumManeuvers - 1
	}
	return action
}
