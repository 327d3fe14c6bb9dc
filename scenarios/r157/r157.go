// Package r157 runs the careful-driver models of planning/careful through the
// grids of concrete cases by which UN Regulation No. 157 compares them: someone
// cuts in, a car ahead cuts out and lays bare a stopped one, a car ahead brakes.
//
// The world of these grids is that of the published comparison (Joint Research
// Centre of the European Commission, 2021): two lanes, boxes of 4.3 m × 1.9 m,
// steps of 0.1 s, positions that advance with the new speed, an ego that brakes and
// never steers. Sums run in a fixed order: on many grid points the sides of two
// boxes meet exactly, and then the last bit decides whether they overlap.
package r157

import (
	"math"

	"roadloop/planning/careful"
)

const (
	hz     = 10.0 // steps per second
	steps  = 350  // of a case
	length = 4.3  // of every car, m
	width  = 1.9
	kmh    = 3.6 // km/h per m/s
)

// Case is a concrete case of a grid. Speeds are in km/h, as grids count them.
type Case struct {
	Ego, Other float64 // km/h
	// Gap is that to the car that cuts in when it begins to, or from the car that
	// cuts out to the stopped one, m.
	Gap float64
	// Lateral is the speed across the lane, m/s, and Decel the lead's, m/s².
	Lateral, Decel float64
}

// Outcome is how a case ended.
type Outcome struct {
	Crash bool
	// Ahead tells that the ego was ahead when the boxes first overlapped, so that
	// the other ran into its side or rear.
	Ahead bool
}

// spot is where another car is at a step.
type spot struct {
	x, y  float64 // of its middle, from the ego's start, m
	v, vy float64 // m/s
	half  float64 // of its length, m
}

// ego is the car under test; it keeps its lane.
type ego struct {
	model   careful.Model
	x, v    float64
	before  float64 // speed a step ago
	state   careful.State
	sees    careful.Situation
	outcome Outcome
}

func newEgo(m careful.Model, x, v float64) *ego { return &ego{model: m, x: x, v: v, before: v} }

// step moves the ego on by one step in view of another car and reports whether
// the case is over: it has crashed, or the model dismissed it. An overlap counts
// as it was before the step.
func (e *ego) step(o spot, manifest bool) (over bool) {
	dist, aside := math.Abs(e.x-o.x), math.Abs(0-o.y)
	s := &e.sees
	*s = careful.Situation{
		Speed: e.v, Accel: (e.v - e.before) * hz, Other: o.v,
		Gap: dist - length/2 - o.half, Clear: dist + length/2 + o.half,
		Side: aside - width/2 - width/2, Closing: -o.vy,
		Behind: e.x > o.x, Manifest: manifest,
	}
	a := e.model.Assess(s)
	var decel float64
	e.state, decel, _ = careful.Step(e.model, e.state, &a, 1/hz)
	if s.Side < 0 && s.Gap < 0 {
		e.outcome = Outcome{Crash: true, Ahead: s.Behind}
	}
	e.before = e.v
	e.v = math.Max(0, e.v-decel/hz)
	e.x += e.v / hz
	return e.outcome.Crash || a.Dismissed
}
