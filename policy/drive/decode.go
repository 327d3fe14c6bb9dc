package drive

import (
	"image/color"
	"math"

	"roadloop/policy"
	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
)

// ValueNames returns the names of the values of a vector observation, nil for an observation
// without them.
func ValueNames(observation string) []string {
	switch observation {
	case State:
		return stateNames[:]
	case Navigation:
		return navigationNames[:]
	case PerceivedRoad:
		return perceivedRoadNames[:]
	}
	return nil
}

// continuousNames are the names of the values of SteeringAcceleration.
var continuousNames = [...]string{"steering", "acceleration"}

// ActionNames returns the names of the values of SteeringAcceleration, nil for other actions.
func ActionNames(action string) []string {
	if action == SteeringAcceleration {
		return continuousNames[:]
	}
	return nil
}

// Acceleration returns the acceleration of a value of the action, m/s².
func Acceleration(action float64) float64 {
	if action < 0 {
		return action * fullBrake
	}
	return action * fullThrottle
}

// ObservedUser is a row of RoadUsers or Perceived, in the frame of the ego's box center. The velocity of the
// ego's own row is its speed.
type ObservedUser struct {
	policy.SeenUser
	// Kind is one of Car, Truck, Cyclist, Pedestrian and Cone, each for its group.
	Kind actor.Kind
}

// groups are the kinds that stand for the columns of RoadUsers.
var groups = [...]actor.Kind{actor.Car, actor.Truck, actor.Cyclist, actor.Pedestrian, actor.Cone}

// DecodeUser returns the road user in a row of RoadUsers or Perceived; row 0 is the ego. ok is
// false for a row without one.
func DecodeUser(obs []float32, row int) (u ObservedUser, ok bool) {
	width := len(obs) / (NumUsers + 1)
	if row < 0 || row > NumUsers || width < UserValues {
		return u, false
	}
	r := obs[row*width : (row+1)*width]
	u.SeenUser = policy.SeenUser{
		Pose:     geom.Pose{X: float64(r[1]) * rangeUsers, Y: float64(r[2]) * rangeUsers, Yaw: math.Atan2(float64(r[4]), float64(r[3]))},
		Velocity: geom.Vec{X: float64(r[5]) * rangeSpeed, Y: float64(r[6]) * rangeSpeed},
		Length:   float64(r[7]) * rangeLength, Width: float64(r[8]) * rangeWidth,
	}
	for i, k := range groups {
		if r[9+i] > 0 {
			u.Kind = k
		}
	}
	return u, r[0] > 0
}

// DecodePoint returns point i of RoutePoints in the vehicle frame.
func DecodePoint(obs []float32, i int) geom.Vec {
	p := obs[i*pointValues : (i+1)*pointValues]
	return geom.Vec{X: float64(p[0]) * rangePoints, Y: float64(p[1]) * rangePoints}
}

// DecodeRay returns the end of ray i of Rays in the frame of the ego's box center.
func DecodeRay(obs []float32, i int) geom.Vec {
	return geom.Unit(2 * math.Pi * float64(i) / NumRays).Scale(float64(obs[i]) * rayRange)
}

// DecodeWaypoint returns waypoint i of an action of Trajectory, or of its mean, in the vehicle
// frame.
func DecodeWaypoint[T float32 | float64](action []T, i int) geom.Vec {
	return waypoint(i, float32(action[2*i]), float32(action[2*i+1]))
}

// WaypointSpread returns the standard deviations of waypoint i in meters, x forward and y to
// the left, from those of the action.
func WaypointSpread(std []float64, i int) geom.Vec {
	t := (waypointTime * clock.Tick(i+1)).Seconds()
	return geom.Vec{X: std[2*i] / 2 * waypointSpeed * t, Y: std[2*i+1] * waypointSide}
}

// TopColors are the colors of the channels of Top.
type TopColors struct {
	Road, Line, Route, Vehicles color.NRGBA
	Others                      color.NRGBA // on foot, on two wheels, obstacles
	Stop                        color.NRGBA // stop lines that require a stop now
	Outside                     color.NRGBA // no road
}

// of returns the color of a pixel: each channel is drawn over those before it.
func (t *TopColors) of(channels []byte) *color.NRGBA {
	c := &t.Outside
	switch {
	case channels[topRoad] == 255:
		c = &t.Line
	case channels[topRoad] > 0:
		c = &t.Road
	}
	for k, over := range [TopChannels]*color.NRGBA{topRoute: &t.Route, topVehicles: &t.Vehicles, topOthers: &t.Others, topStop: &t.Stop} {
		if over != nil && channels[k] > 0 {
			c = over
		}
	}
	return c
}

// PaintTop draws an image of Top as RGBA pixels. Both have the same number of pixels.
func PaintTop(rgba, obs []byte, colors *TopColors) {
	for i := range len(obs) / TopChannels {
		c := colors.of(obs[i*TopChannels : (i+1)*TopChannels])
		rgba[4*i], rgba[4*i+1], rgba[4*i+2], rgba[4*i+3] = c.R, c.G, c.B, c.A
	}
}
