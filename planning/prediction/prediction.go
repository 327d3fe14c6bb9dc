// Package prediction forecasts where the others may go: vehicles along the lanes
// of the map, with a branch at every fork, a lane change when they drift toward
// a neighbor, and a constant turn; people straight on, to a halt at the curb, or
// over the crosswalk that they walk toward; animals and whatever else moves straight
// on.
//
// Positions are in the map frame. The package judges single tracks: how they
// react to each other and to us is left to whoever plans.
package prediction

import (
	"cmp"
	"context"
	"math"
	"slices"

	"roadloop/perception"
	"roadloop/planning"
	"roadloop/sim/exact"
	"roadloop/sim/geom"
	"roadloop/sim/road"
)

// Params tune the forecasts. DefaultParams documents the values.
type Params struct {
	// Memory is the time constant over which accelerations and turn rates are
	// estimated from successive tracks, s.
	Memory float64
	// AccelStd is the standard deviation that an estimated acceleration, along or
	// across the motion, may have, m/s².
	AccelStd float64
	// Standing is the speed below which vehicles are taken to stay, m/s.
	Standing float64
	// Braking is the deceleration from which on a vehicle is taken to brake to a
	// stop rather than to keep its speed, m/s².
	Braking float64
	// Drift is the sideways speed in its lane that announces a lane change, m/s.
	Drift float64
	// Recenter is the time constant with which cars return to the middle of their
	// lane, s.
	Recenter float64
	// Walk is the speed at which someone who stands is taken to step out, m/s.
	Walk float64
	// CurbReach is how near to the road someone on foot may be about to cross, m.
	CurbReach float64
}

// DefaultParams returns the values used when driving.
func DefaultParams() Params {
	return Params{Memory: 0.4, AccelStd: 0.45, Standing: 0.5, Braking: 1.2, Drift: 0.35, Recenter: 2, Walk: 1.4, CurbReach: 2.5}
}

// sure is by how many variances the speed of an obstacle exceeds what a few echoes
// make of one that stands.
const sure = 16

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

// trend is how the motion of a track changes.
type trend struct {
	id           int32
	vel          geom.Vec // that is believed, m/s
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

// Predict forecasts every track of the scene. The result is overwritten by the
// next call.
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
		return p.onFoot(dst, t)
	case perception.Car, perception.Truck, perception.Cyclist:
		if t.Vel.Norm() >= p.params.Standing {
			return p.driving(dst, t, tr)
		}
	case perception.Cone:
		if speed := t.Vel.Norm(); speed >= p.params.Standing && speed*speed > sure*(t.Cov[2][2]+t.Cov[3][3]) {
			return constantTurn(dst, t, 0, course{speed: speed}, 1)
		}
	}
	return stay(dst, t, 1)
}

// remember updates the trends, which come out in the order of the tracks.
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
		p.steady(&tr, t, old.drift, dt)
		tr.speed = tr.vel.Norm()
		if known && dt > 0 {
			ahead := geom.Unit(tr.vel.Angle())
			tr.accel = p.blend(old.accel, (tr.speed-old.speed)/dt, dt, along(t, ahead))
			tr.turns = p.blend(old.turns, geom.WrapAngle(tr.yaw-old.yaw)/dt, dt, along(t, ahead.Left()))
		}
		next = append(next, tr)
	}
	p.spare, p.memory = p.memory, next
}

// blend returns the estimate of a rate after dt seconds at which it was now. The greater
// the variance of the speed that it stems from, the longer the time over which it is
// estimated, so that the error of an acceleration stays at AccelStd.
func (p *Predictor) blend(old, now, dt, variance float64) float64 {
	memory := math.Max(p.params.Memory, math.Sqrt(variance)/p.params.AccelStd)
	return old + (1-exact.Exp(-dt/memory))*(now-old)
}

// stay appends the mode of not moving.
func stay(dst []planning.Mode, t *perception.Track, probability float64) []planning.Mode {
	dst, mode := extend(dst, probability)
	for i := range mode.Poses {
		mode.Poses[i] = t.Pose
	}
	return dst
}

// extend appends a mode to be filled in.
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
