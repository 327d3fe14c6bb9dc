package drive

import (
	"fmt"
	"math"
	"slices"

	"roadloop/policy"
	"roadloop/sim/geom"
	"roadloop/sim/road"
)

// Ranges of observations.
const (
	rangeSpeed     = 40.0  // m/s
	rangeAccel     = 10.0  // m/s²
	rangeOffset    = 10.0  // m
	rangeStop      = 100.0 // m
	rangeGoal      = 500.0 // m
	rangePoints    = 150.0 // m
	rangeCurvature = .1    // 1/m
	rangeUsers     = 100.0 // m
	rangeAside     = 20.0  // m, of road users from the route
	rangeTime      = 8.0   // s, until road users are in the way
	rangeMargin    = 5.0   // m/s, to the speed that the road allows
	rangeLength    = 12.0  // m, of road users
	rangeWidth     = 3.0   // m
)

// Sizes of observations.
const (
	// StateSize is the number of values of State: speed, acceleration, yaw rate, steering,
	// offset and heading relative to the route, speed limit, speed that the road allows now,
	// distance to the next stop line, whether its signal is red, amber or green, whether it has a
	// stop sign, whether the ego has stopped before it, whether it has a yield sign, distance to the goal, whether there is a lane on the left and on the right, room
	// to the left and the right edge of the lanes, distance to the end of the present line of
	// the route, the side of the lane change there, the steering of pure pursuit of the route (as
	// an action of Continuous), the last action (zeros for Trajectory), what is missing to the
	// speed that the road allows half a second ahead; the nearness of a stop line at which the ego
	// must stop now, and the deceleration that stops there (zeros for none); of the nearest road
	// user in the way along the route the nearness, its speed relative to the ego, and the
	// deceleration to its speed (zeros for none); and the least time to contact of RoadUsers.
	StateSize = 32
	// NumPoints is the number of points of RoutePoints; each has x, y, heading, curvature and
	// speed limit.
	NumPoints   = 16
	pointValues = 5
	// NumUsers is the number of road users of RoadUsers, after the ego's row; UserValues are
	// presence, x, y, cosine and sine of the heading, vx, vy, length, width, the kind: car or
	// van, truck or bus, two-wheeler, on foot, obstacle; and the place and the velocity along
	// the route: distance ahead of the ego, offset to the left of the route, speed along it,
	// speed to its left; and, at constant velocities along the route, the time until it is in the
	// ego's way and the time until it touches the ego, up to 8 s. Places up to the one on the
	// route are relative to the ego; the ego's own row has its speed as vx.
	NumUsers   = 16
	UserValues = 20
	// NumRays is the number of Rays, counter-clockwise from straight ahead.
	NumRays = 40
)

// space returns the space of an observation.
func (c *Config) space(name string) policy.Space {
	s := policy.Space{Name: name, Kind: policy.Box, Low: -1, High: 1}
	switch name {
	case State:
		s.Shape = []int{StateSize}
	case RoutePoints:
		s.Shape = []int{NumPoints * pointValues}
	case RoadUsers:
		s.Shape = []int{NumUsers + 1, UserValues}
	case Perceived:
		s.Shape = []int{NumUsers + 1, PerceivedValues}
	case PerceivedRoad:
		s.Shape = []int{PerceivedRoadSize}
	case Rays:
		s.Shape = []int{NumRays}
	case Navigation:
		s.Shape = []int{NavigationSize}
	case Camera96:
		return policy.Space{Name: name, Kind: policy.Image, Shape: []int{96, 96, c.channels()}}
	case Camera320:
		return policy.Space{Name: name, Kind: policy.Image, Shape: []int{192, 320, c.channels()}}
	case Top:
		return policy.Space{Name: name, Kind: policy.Image, Shape: []int{topSize, topSize, TopChannels}}
	}
	return s
}

// channels returns the number of channels of a stack of camera frames.
func (c *Config) channels() int { return c.colors() * max(1, c.Frames) }

// colors returns the number of channels of one camera frame.
func (c *Config) colors() int {
	if c.Gray {
		return 1
	}
	return 3
}

// clip returns x as a value of an observation, within -1..1.
func clip(x float64) float32 { return float32(max(-1, min(1, x))) }

// view makes the observations of an environment.
type view struct {
	names     []string
	cameras   []*camera  // by observation, nil for others
	perceived *perceived // nil if it is not observed
	places    bool       // whether an observation has the places of road users along the route
	unused    bool       // whether nothing observes
}

func (v *view) init(c *Config) {
	v.names = c.Observations
	v.cameras = make([]*camera, len(v.names))
	for i, name := range v.names {
		if name == Camera96 || name == Camera320 {
			v.cameras[i] = newCamera(name, c)
		}
	}
	if c.perceives() {
		v.perceived = newPerceived(c)
	}
	v.places = slices.Contains(v.names, State) || slices.Contains(v.names, RoadUsers)
}

// begin takes the first camera frames of an episode, and perceives its first scene.
func (v *view) begin(e *Env) error {
	if v.unused {
		return nil
	}
	for _, c := range v.cameras {
		if c == nil {
			continue
		}
		if err := c.begin(e); err != nil {
			return err
		}
	}
	if v.perceived != nil {
		if err := v.perceived.start(e); err != nil {
			return fmt.Errorf("drive: %w", err)
		}
	}
	return nil
}

// advance takes the camera frames of a decision. They are taken whether or not they are
// observed, so that a stack does not depend on the observer.
func (v *view) advance(e *Env) {
	if v.unused {
		return
	}
	for _, c := range v.cameras {
		if c != nil {
			c.push(c.render(e))
		}
	}
}

// Observe writes the present observations.
func (e *Env) Observe(dst []policy.Array) {
	if e.view.unused {
		return
	}
	for i, name := range e.view.names {
		switch name {
		case State:
			e.observeState(dst[i].Floats)
		case RoutePoints:
			e.observeRoute(dst[i].Floats)
		case RoadUsers:
			clear(dst[i].Floats)
			e.near.observe(dst[i].Floats, UserValues, e.world.Ego(), e.course)
		case Perceived:
			e.view.perceived.observe(dst[i].Floats, e)
		case PerceivedRoad:
			e.view.perceived.observeRoad(dst[i].Floats, e)
		case Rays:
			e.observeRays(dst[i].Floats)
		case Navigation:
			e.observeNavigation(dst[i].Floats)
		case Top:
			e.observeTop(dst[i].Bytes)
		default:
			e.view.cameras[i].observe(dst[i].Bytes)
		}
	}
}

// observeState writes State.
func (e *Env) observeState(dst []float32) {
	s, c := &e.world.Ego().State, e.course
	here := &c.here
	stop := c.stopAhead(e.front, e.light)
	half := e.laneWidth() / 2
	action := e.lastAction()
	closing := 0.0
	if !math.IsInf(e.near.gap, 1) {
		closing = s.Speed - e.near.leadSpeed
	}
	for i, x := range [StateSize]float64{
		s.Speed / rangeSpeed, s.Accel / rangeAccel, s.YawRate, s.Steer / maxSteer, c.d / rangeOffset, c.heading,
		here.Limit / rangeSpeed, c.allowed(c.s) / rangeSpeed,
		stop.distance, stop.red, stop.amber, stop.green, stop.sign, stop.stopped, stop.yield,
		(c.total - c.progress()) / rangeGoal,
		one(here.Left > half+1), one(here.Right > half+1), (here.Left - c.d) / rangeOffset, (here.Right + c.d) / rangeOffset,
		c.leave(), float64(c.side), float64(e.pilot.pursueRoute(s, c)), action[0], action[1],
		(c.allowed(c.s+.5*s.Speed) - s.Speed) / rangeMargin, nearness(stop.wait), braking(s.Speed, stop.wait),
		nearness(e.near.gap), -closing / rangeSpeed, braking(closing, e.near.gap), e.near.meets / rangeTime,
	} {
		dst[i] = clip(x)
	}
}

// stopLine is what observations have of a stop line, each as a share of 1.
type stopLine struct {
	distance          float64 // of rangeStop
	red, amber, green float64
	sign, stopped     float64
	yield             float64
	wait              float64 // distance to it if the ego must stop there now, m; else +Inf
}

// stopAhead returns the next stop line before the front bumper, with the light of its signal.
func (c *course) stopAhead(front float64, light func(road.SignalID) road.SignalState) stopLine {
	l := stopLine{distance: 1, wait: math.Inf(1)}
	stops := c.line().Stops
	if c.stop >= len(stops) {
		return l
	}
	next := &stops[c.stop]
	if l.distance = (next.S - c.s - front) / rangeStop; l.distance > 1 {
		return l
	}
	switch light(next.Signal) {
	case road.Red:
		l.red = 1
	case road.Amber:
		l.amber = 1
	case road.Green:
		l.green = 1
	}
	l.sign, l.yield, l.stopped = one(next.Control == road.StopSign), one(next.Control == road.Yield), one(c.stopped)
	if l.red+l.amber > 0 || l.sign > l.stopped {
		l.wait = l.distance * rangeStop
	}
	return l
}

// leave returns the distance to the end of the present line, as a share of rangeGoal; 1 if no
// lane change follows it.
func (c *course) leave() float64 {
	if c.side == 0 {
		return 1
	}
	return (c.line().End - c.s) / rangeGoal
}

// nearness returns a share that is 1 at a distance of 0, and falls with the distance: it tells
// small distances apart.
func nearness(distance float64) float64 {
	const half = 5.0 // m, at which it is ½
	return half / (half + max(0, distance))
}

// braking returns the deceleration that takes a speed to 0 within a distance, as a share of
// rangeAccel.
func braking(speed, distance float64) float64 {
	const least = .5 // m
	speed = max(0, speed)
	return speed * speed / (2 * max(distance, least)) / rangeAccel
}

// light returns the light of a signal, road.Off for none.
func (e *Env) light(id road.SignalID) road.SignalState {
	if id == road.NoSignal {
		return road.Off
	}
	return e.world.Signals()[id]
}

// pointDistance returns the distance of point i of RoutePoints ahead of the ego, m: near
// points are dense.
func pointDistance(i int) float64 {
	k := float64(i + 1)
	return 2*k + .4*k*k
}

// observeRoute writes RoutePoints.
func (e *Env) observeRoute(dst []float32) {
	c := e.course
	pose := &e.world.Ego().State.Pose
	sin, cos := math.Sincos(pose.Yaw)
	l := c.line()
	for i := range NumPoints {
		at := l.At(c.s + pointDistance(i))
		dx, dy := at.Pose.X-pose.X, at.Pose.Y-pose.Y
		out := dst[i*pointValues : (i+1)*pointValues]
		out[0] = clip((cos*dx + sin*dy) / rangePoints)
		out[1] = clip((cos*dy - sin*dx) / rangePoints)
		out[2] = clip(geom.WrapAngle(at.Pose.Yaw - pose.Yaw))
		out[3] = clip(at.Curvature / rangeCurvature)
		out[4] = clip(at.Limit / rangeSpeed)
	}
}
