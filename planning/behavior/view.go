package behavior

import (
	"math"

	"roadloop/perception"
	"roadloop/planning"
	"roadloop/planning/route"
	"roadloop/sim/geom"
)

// Steps is the number of places that a View keeps of each mode: now and every
// planning.ForecastStep.
const Steps = planning.Horizon + 1

// Place is where something is on a path.
type Place struct{ S, D float64 }

// Other is a track as seen from a path.
type Other struct {
	Track *perception.Track
	Cast  *planning.Forecast // nil if the track has none
	// Along and Across are the half extents of its box along and across the path.
	Along, Across float64
	// Speed along the path and sideways, m/s.
	Speed, Drift float64
	// At holds where its middle is now and in each step of its likeliest mode.
	At [Steps]Place
}

// View is a scene as seen from a path.
type View struct {
	Scene *perception.Scene
	Path  *route.Path
	// S and D place the rear axle, Front the front bumper; Heading is the direction
	// that the rear axle moves in, relative to the path.
	S, D, Front, Heading float64
	Speed                float64
	// Cruise is the speed to drive at each sample of the path when nothing is in
	// the way.
	Cruise []float64
	Others []Other
}

// Ahead is how far a View looks ahead of the ego, and behind how far back, m.
const (
	Ahead  = 130.0
	behind = 40.0
)

// sight returns how far ahead bounds matter: the way to stop gently, and more.
func (v *View) sight() float64 { return v.Speed*v.Speed/3 + 25 }

// Look fills in the ego and the others. s is about where the ego is on the path.
func (v *View) Look(scene *perception.Scene, cast []planning.Forecast, car *Car, s float64) {
	ego := &scene.Ego
	v.Scene, v.Speed = scene, ego.Speed
	v.S, v.D = v.Path.Refine(ego.Pose.Pos(), s)
	v.Front = v.S + car.Front
	at := v.Path.At(v.S)
	// The slip is that of the road's curve, not of the measured yaw rate, which
	// would feed the steering's own swings back into it.
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

// add appends a track that is near enough to matter.
func (v *View) add(t *perception.Track, cast *planning.Forecast) {
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
	o.At[0] = Place{s, d}
	o.foresee(v.Path)
	v.Others = append(v.Others, o)
}

// foresee places the likeliest mode on the path.
func (o *Other) foresee(p *route.Path) {
	at := o.At[0]
	for i := 1; i < Steps; i++ {
		if o.Cast != nil && len(o.Cast.Modes) > 0 {
			at.S, at.D = p.Refine(o.Cast.Modes[0].Poses[i-1].Pos(), at.S)
		}
		o.At[i] = at
	}
}

// When returns where the other is t seconds from now in its likeliest mode.
func (o *Other) When(t float64) Place {
	x := t / planning.ForecastStep.Seconds()
	i := int(x)
	if i >= Steps-1 {
		return o.At[Steps-1]
	}
	f := x - float64(i)
	a, b := o.At[i], o.At[i+1]
	return Place{a.S + f*(b.S-a.S), a.D + f*(b.D-a.D)}
}

// arrival returns the time to cover way meters from a speed, speeding up at accel
// to at most top; +Inf if it never gets there.
func arrival(way, speed, accel, top float64) float64 {
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
