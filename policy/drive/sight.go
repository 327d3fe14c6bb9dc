package drive

import (
	"image/color"

	"roadloop/internal/palette"
	"roadloop/policy"
	"roadloop/sim/geom"
)

// stateNames are the names of the values of State.
var stateNames = [StateSize]string{"speed", "acceleration", "yaw rate", "steering", "offset from the route", "heading to the route",
	"speed limit", "speed for the road", "stop line ahead", "red", "amber", "green", "stop sign", "stopped at the sign", "yield sign",
	"distance to the goal", "lane on the left", "lane on the right", "room to the left", "room to the right", "lane change within",
	"side of the lane change", "steering of pure pursuit", "last action", "last action, second value", "missing speed",
	"nearness of a stop", "deceleration to the stop", "nearness of the leader", "relative speed of the leader", "deceleration to the leader", "time to contact"}

// navigationNames are the names of the values of Navigation.
var navigationNames = [NavigationSize]string{"measured speed", "measured acceleration", "measured yaw rate", "measured steering", "time since standing",
	"follow the road", "turn left", "turn right", "straight on", "change to the left lane", "change to the right lane",
	"maneuver within 40 m", "maneuver within 250 m", "end of the maneuver within 40 m", "signed speed limit", "latest action", "latest action, second value"}

// perceivedRoadNames are the names of the values of PerceivedRoad.
var perceivedRoadNames = [PerceivedRoadSize]string{"lane seen", "offset in the lane", "estimated offset from the route", "estimated heading to the route",
	"perceived speed for the road", "perceived missing speed", "perceived steering of pursuit",
	"perceived stop line ahead", "red seen", "amber seen", "green seen", "stop sign ahead", "stop made", "yield sign ahead",
	"perceived nearness of a stop", "perceived deceleration to the stop", "perceived lane change within", "perceived side of the lane change"}

// Sight returns an observation for people, at the scales of the real values.
func (e *Env) Sight(obs []policy.Array) policy.Sight {
	var s policy.Sight
	for i, name := range e.view.names {
		switch name {
		case State, Navigation, PerceivedRoad:
			s.Values = append(s.Values, seenValues(ValueNames(name), obs[i].Floats)...)
		case RoutePoints:
			s.Lines = append(s.Lines, seenRoute(obs[i].Floats))
		case RoadUsers, Perceived:
			s.Users = append(s.Users, seenUsers(obs[i].Floats)...)
		case Rays:
			for k := range NumRays {
				s.Rays = append(s.Rays, DecodeRay(obs[i].Floats, k))
			}
		case Top:
			s.Pictures = append(s.Pictures, seenTop(obs[i].Bytes))
		default:
			s.Pictures = append(s.Pictures, e.view.cameras[i].seen(name, obs[i].Bytes))
		}
	}
	return s
}

func seenValues(names []string, obs []float32) []policy.SeenValue {
	out := make([]policy.SeenValue, len(names))
	for i, name := range names {
		out[i] = policy.SeenValue{Name: name, Value: float64(obs[i])}
	}
	return out
}

// seenRoute returns the points of RoutePoints.
func seenRoute(obs []float32) []geom.Vec {
	line := []geom.Vec{{}}
	for i := range NumPoints {
		line = append(line, DecodePoint(obs, i))
	}
	return line
}

// seenUsers returns the road users of RoadUsers or Perceived.
func seenUsers(obs []float32) []policy.SeenUser {
	var out []policy.SeenUser
	for i := 1; i <= NumUsers; i++ {
		if u, ok := DecodeUser(obs, i); ok {
			out = append(out, u.SeenUser)
		}
	}
	return out
}

// seenTop draws the channels of Top over each other.
func seenTop(obs []byte) policy.Picture {
	p := policy.Picture{Name: Top, Width: topSize, Height: topSize, Drawn: true, RGB: make([]byte, 3*topSize*topSize)}
	colors := TopColors{Outside: gray(0), Road: gray(64), Line: gray(127), Route: color.NRGBA(palette.Plan.Dark), Vehicles: color.NRGBA(palette.Car.Dark),
		Others: color.NRGBA(palette.Pedestrian.Dark), Stop: color.NRGBA(palette.SignalRed.Dark)}
	for i := range topSize * topSize {
		c := colors.of(obs[i*TopChannels : (i+1)*TopChannels])
		p.RGB[3*i], p.RGB[3*i+1], p.RGB[3*i+2] = c.R, c.G, c.B
	}
	return p
}

func gray(v uint8) color.NRGBA { return color.NRGBA{R: v, G: v, B: v, A: 255} }

// seen returns the newest frame of a stack.
func (c *camera) seen(name string, stack []byte) policy.Picture {
	p := policy.Picture{Name: name, Width: c.cal.Width, Height: c.cal.Height, RGB: make([]byte, 3*c.cal.Width*c.cal.Height)}
	stride := c.colors * c.frames
	for i := range c.cal.Width * c.cal.Height {
		pixel := stack[(i+1)*stride-c.colors : (i+1)*stride]
		for k := range 3 {
			p.RGB[3*i+k] = pixel[min(k, c.colors-1)]
		}
	}
	return p
}

// ActionNames returns the names of the maneuvers, or of the values of the action.
func (e *Env) ActionNames() []string {
	switch e.pilot.control {
	case Meta:
		return e.task.config.choices()
	case Trajectory:
		names := make([]string, 0, 2*NumWaypoints)
		for _, t := range []string{"0.5 s", "1 s", "1.5 s", "2 s", "2.5 s"} {
			names = append(names, "x after "+t, "y after "+t)
		}
		return names
	}
	return ActionNames(SteeringAcceleration)
}
