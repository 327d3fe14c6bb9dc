package behavior

import (
	"math"

	"roadloop/perception"
	"roadloop/planning"
	"roadloop/planning/route"
	"roadloop/sim/geom"
)

// Steps is the number of positions of each mode in a View: now and every
// planning.ForecastStep.
const Steps = planning.Horizon + 1

// PathPoint is a position in the Frenet frame of a path.
type PathPoint struct{ S, D float64 }

// Other is a track in the Frenet frame of a path.
type Other struct {
	Track *perception.Track
	Cast  *planning.Forecast // nil if the track has none
	// Along and Across are the half extents of its box along and across the path.
	Along, Across float64
	// Speed is along the path, Drift lateral, positive to the left, m/s.
	Speed, Drift float64
	// At holds the positions of its center, now and at each step of its most probable
	// mode.
	At [Steps]PathPoint
}

// PathView is a scene in the Frenet frame of a path.
type PathView struct {
	Scene *perception.Scene
	Path  *route.Path
	// S and D are the position of the rear axle, Front is that of the front bumper.
	// Heading is the direction of motion of the rear axle relative to the path.
	S, D, Front, Heading float64
	Speed                float64
	// Cruise is the cruising speed at each sample of the path without traffic.
	Cruise []float64
	Others []Other
}

// Ahead is the range of a View ahead of the ego, and behind the range to the rear, m.
const (
	Ahead  = 130.0
	behind = 40.0
)

// lookAhead returns the look-ahead distance for constraints: more than a gentle stopping
// distance.
func (v *PathView) lookAhead() float64 { return v.Speed*v.Speed/3 + 25 }

// Update updates the ego and the others. s is the approximate position of the ego on the
// path.
func (v *PathView) Update(scene *perception.Scene, cast []planning.Forecast, car *Car, s float64) {
	ego := &scene.Ego
	v.Scene, v.Speed = scene, ego.Speed
	v.S, v.D = v.Path.Refine(ego.Pose.Pos(), s)
	v.Front = v.S + car.Front
	at := v.Path.At(v.S)
	// The slip is computed from the road's curvature, not from the measured yaw
	// rate, which would feed steering oscillations back.
	slip := car.Slip * at.Curvature * ego.Speed * ego.Speed
	v.Heading = geom.WrapAngle(ego.Pose.Yaw - slip - at.Pose.Yaw)
	v.Others = v.Others[:0]
	for i := range scene.Tracks {
		v.add(&scene.Tracks[i], forecastOf(cast, i))
	}
}

func forecastOf(cast []planning.Forecast, track int) *planning.Forecast {
	if track < len(cast) && cast[track].Track == track {
		return &cast[track]
	}
	for i := range cast {
		if cast[i].Track == track {
			return &cast[i]
		}
	}
	return nil
}

// add appends a track if it is near enough.
func (v *PathView) add(t *perception.Track, cast *planning.Forecast) {
	pos := t.Pose.Pos()
	if pos.Dist(v.Scene.Ego.Pose.Pos()) > Ahead {
		return
	}
	s, d := v.Path.Project(pos, v.S-behind, v.S+Ahead)
	if math.Abs(d) > 60 {
		return
	}
	o := Other{Track: t, Cast: cast}
	frame := v.Path.At(s).Pose
	off := t.Pose.Yaw - frame.Yaw
	sin, cos := math.Sincos(off)
	sin, cos = math.Abs(sin), math.Abs(cos)
	o.Along = (cos*t.Length + sin*t.Width) / 2
	o.Across = (sin*t.Length + cos*t.Width) / 2
	o.Speed, o.Drift = t.Vel.Dot(frame.Forward()), t.Vel.Dot(frame.Forward().Left())
	o.At[0] = PathPoint{s, d}
	o.project(v.Path)
	v.Others = append(v.Others, o)
}

// project projects the most probable mode onto the path.
func (o *Other) project(p *route.Path) {
	at := o.At[0]
	for i := 1; i < Steps; i++ {
		if o.Cast != nil && len(o.Cast.Modes) > 0 {
			at.S, at.D = p.Refine(o.Cast.Modes[0].Poses[i-1].Pos(), at.S)
		}
		o.At[i] = at
	}
}

// PositionAt returns the position of the other t seconds from now in its most probable mode.
func (o *Other) PositionAt(t float64) PathPoint {
	x := t / planning.ForecastStep.Seconds()
	i := int(x)
	if i >= Steps-1 {
		return o.At[Steps-1]
	}
	f := x - float64(i)
	a, b := o.At[i], o.At[i+1]
	return PathPoint{a.S + f*(b.S-a.S), a.D + f*(b.D-a.D)}
}

// arrivalTime returns the time to cover way meters from a speed, with acceleration
// accel up to the speed top; +Inf if it never arrives.
func arrivalTime(way, speed, accel, top float64) float64 {
	if way <= 0 {
		return 0
	}
	top = math.Max(top, 0.1)
	if speed >= top || accel <= 0 {
		if speed <= 0 {
			return math.Inf(1)
		}
		return way / math.Min(speed, math.Max(top, speed))
	}
	ramp := (top*top - speed*speed) / (2 * accel)
	if ramp >= way {
		return (math.Sqrt(speed*speed+2*accel*way) - speed) / accel
	}
	return (top-speed)/accel + (way-ramp)/top
}
