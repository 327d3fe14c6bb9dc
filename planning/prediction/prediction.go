// Package prediction forecasts the motion of other road users: vehicles along the
// lanes of the map, with a branch at every fork, a lane change if they drift toward
// a neighboring lane, and a constant turn; pedestrians straight on, to a stop at the
// curb, or over a near crosswalk; animals and other moving objects straight on.
//
// Positions are in the map frame. The package treats tracks separately: it does
// not model their reactions to each other and to the ego.
package prediction

import (
	"cmp"
	"context"
	"math"
	"slices"

	"roadloop/perception"
	"roadloop/planning"
	"roadloop/sim/detmath"
	"roadloop/sim/geom"
	"roadloop/sim/road"
)

// Params tune the forecasts. DefaultParams documents the values.
type Params struct {
	// Memory is the time constant over which accelerations and turn rates are
	// estimated from successive tracks, s.
	Memory float64
	// AccelStd is the target standard deviation of estimated accelerations, along
	// and across the motion, m/s².
	AccelStd float64
	// Standing is the speed below which vehicles count as standing, m/s.
	Standing float64
	// Braking is the deceleration from which a vehicle is assumed to brake to a
	// stop instead of keeping its speed, m/s².
	Braking float64
	// Drift is the lateral speed in the lane that indicates a lane change, m/s.
	Drift float64
	// Recenter is the time constant with which cars return to the center of their
	// lane, s.
	Recenter float64
	// Walk is the assumed walking speed of a pedestrian that starts to cross, m/s.
	Walk float64
	// CurbReach is the maximum distance from the road of a pedestrian that may be about
	// to cross, m.
	CurbReach float64
}

// DefaultParams returns the values used when driving.
func DefaultParams() Params {
	return Params{Memory: 0.4, AccelStd: 0.45, Standing: 0.5, Braking: 1.2, Drift: 0.35, Recenter: 2, Walk: 1.4, CurbReach: 2.5}
}

// movingRatio is the ratio of squared speed to variance above which an obstacle counts as
// moving: noise of a few echoes stays below.
const movingRatio = 16

// maxModes bounds the modes of one track.
const maxModes = 6

// Predictor implements planning.Predictor. It remembers the last tracks.
type Predictor struct {
	m      *road.Map
	params Params

	now    float64 // time of the last scene, s
	memory []trend // by track ID
	spare  []trend
	cast   []planning.Forecast
	lanes  []road.LaneID
}

// trend is the estimated motion of a track and its rates of change.
type trend struct {
	id           int32
	vel          geom.Vec // estimated, m/s
	drift        drift
	yaw, speed   float64
	accel, turns float64 // m/s², rad/s
}

// New returns a predictor on the map with DefaultParams.
func New(m *road.Map) *Predictor { return NewWith(m, DefaultParams()) }

// NewWith returns a predictor on the map.
func NewWith(m *road.Map, params Params) *Predictor { return &Predictor{m: m, params: params} }

// Clone returns an independent copy in the same state.
func (p *Predictor) Clone() planning.Predictor {
	return &Predictor{m: p.m, params: p.params, now: p.now, memory: slices.Clone(p.memory)}
}

// Predict forecasts every track of the scene. The next call overwrites the
// result.
func (p *Predictor) Predict(_ context.Context, scene *perception.Scene) []planning.Forecast {
	dt := scene.Time.Seconds() - p.now
	p.now = scene.Time.Seconds()
	p.remember(scene.Tracks, dt)
	for len(p.cast) < len(scene.Tracks) {
		p.cast = append(p.cast, planning.Forecast{Modes: make([]planning.Mode, 0, maxModes)})
	}
	cast := p.cast[:len(scene.Tracks)]
	for i := range scene.Tracks {
		cast[i].Track = i
		t := scene.Tracks[i]
		t.Vel = p.memory[i].vel
		cast[i].Modes = p.modes(cast[i].Modes[:0], &t, p.memory[i])
		rank(cast[i].Modes)
	}
	return cast
}

// modes appends the modes of one track.
func (p *Predictor) modes(dst []planning.Mode, t *perception.Track, tr trend) []planning.Mode {
	switch t.Class {
	case perception.Pedestrian:
		return p.pedestrianModes(dst, t)
	case perception.Car, perception.Truck, perception.Cyclist:
		if t.Vel.Norm() >= p.params.Standing {
			return p.vehicleModes(dst, t, tr)
		}
	case perception.Cone:
		if speed := t.Vel.Norm(); speed >= p.params.Standing && speed*speed > movingRatio*(t.Cov[2][2]+t.Cov[3][3]) {
			return constantTurn(dst, t, 0, course{speed: speed}, 1)
		}
	}
	return stay(dst, t, 1)
}

// remember updates the trends, in the order of the tracks.
func (p *Predictor) remember(tracks []perception.Track, dt float64) {
	next := p.spare[:0]
	for i := range tracks {
		t := &tracks[i]
		at, known := slices.BinarySearchFunc(p.memory, t.ID, func(a trend, id int32) int { return cmp.Compare(a.id, id) })
		old := trend{drift: noDrift}
		if known {
			old = p.memory[at]
		}
		tr := trend{id: t.ID}
		p.estimate(&tr, t, old.drift, dt)
		tr.speed = tr.vel.Norm()
		if known && dt > 0 {
			ahead := geom.Unit(tr.vel.Angle())
			tr.accel = p.lowPass(old.accel, (tr.speed-old.speed)/dt, dt, velocityVariance(t, ahead))
			tr.turns = p.lowPass(old.turns, geom.WrapAngle(tr.yaw-old.yaw)/dt, dt, velocityVariance(t, ahead.Left()))
		}
		next = append(next, tr)
	}
	p.spare, p.memory = p.memory, next
}

// lowPass is a low-pass filter for a rate: it returns the estimate from the previous
// estimate old and the measurement now, after dt seconds. The time constant grows with
// the standard deviation of the speed, so that the error of an acceleration stays at
// AccelStd.
func (p *Predictor) lowPass(old, now, dt, variance float64) float64 {
	memory := math.Max(p.params.Memory, math.Sqrt(variance)/p.params.AccelStd)
	return old + (1-detmath.Exp(-dt/memory))*(now-old)
}

// stay appends the mode of not moving.
func stay(dst []planning.Mode, t *perception.Track, probability float64) []planning.Mode {
	dst, mode := extend(dst, probability)
	for i := range mode.Poses {
		mode.Poses[i] = t.Pose
	}
	return dst
}

// extend appends an empty mode.
func extend(dst []planning.Mode, probability float64) ([]planning.Mode, *planning.Mode) {
	dst = append(dst, planning.Mode{Probability: probability})
	return dst, &dst[len(dst)-1]
}

// rank scales the probabilities to a sum of one and sorts by them.
func rank(modes []planning.Mode) {
	sum := 0.0
	for i := range modes {
		sum += modes[i].Probability
	}
	for i := range modes {
		modes[i].Probability /= sum
		for j := i; j > 0 && modes[j].Probability > modes[j-1].Probability; j-- {
			modes[j], modes[j-1] = modes[j-1], modes[j]
		}
	}
}

// after returns the time of forecast step i, s.
func after(i int) float64 { return float64(i+1) * planning.ForecastStep.Seconds() }
