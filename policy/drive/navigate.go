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
// lane), the distance to its beginning in two scales (0 during the maneuver), the distance to
// its end, by which a driver knows how much of a turn is left, the speed limit, and the last
// action (zeros for Trajectory).
const NavigationSize = 5 + numCommands + 4 + 2

// maneuver returns the next maneuver of the course, which may be in progress, and the
// distances to its beginning and its end, m.
func (c *course) maneuver(m *road.Map) (next command, distance, end float64) {
	l := c.line()
	next, distance, end = follow, announced, announced
	if c.side != 0 {
		if d := max(0, c.lines[c.at+1].base-l.base-c.s); d < distance {
			next, distance, end = changeLeft, d, l.End-c.s
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
			return [...]command{road.Straight: goStraight, road.LeftTurn: turnLeft, road.RightTurn: turnRight}[m.Lanes[p.Lane].Turn], d, p.End - c.s
		}
		break
	}
	return next, distance, end
}

// observeNavigation writes Navigation.
func (e *Env) observeNavigation(dst []float32) {
	s := &e.world.Ego().State
	clear(dst)
	for i, x := range [...]float64{s.Speed / rangeSpeed, s.Accel / rangeAccel, s.YawRate, s.Steer / maxSteer,
		float64(e.moving) / e.task.config.Rate / rangeStood} {
		dst[i] = clip(x)
	}
	next, d, end := e.course.maneuver(e.site.m)
	dst[5+int(next)] = 1
	rest := dst[5+numCommands:]
	last := e.lastAction()
	for i, x := range [...]float64{d / rangeNear, d / announced, end / rangeNear, e.course.here.Limit / rangeSpeed, last[0], last[1]} {
		rest[i] = clip(x)
	}
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
