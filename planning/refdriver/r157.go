package refdriver

import (
	"math"
)

const (
	hz     = 10.0 // steps per second
	steps  = 350  // of a case
	length = 4.3  // of every car, m
	width  = 1.9
	kmh    = 3.6 // km/h per m/s
)

// R157Case is a concrete case of a grid.
type R157Case struct {
	Ego, Other float64 // km/h
	// Gap is the initial gap to the car that cuts in, or the gap from the car that cuts
	// out to the stopped car, m.
	Gap float64
	// Lateral is the lateral speed, m/s. Decel is the lead's deceleration, m/s².
	Lateral, Decel float64
}

// R157Outcome is the result of a case.
type R157Outcome struct {
	Crash bool
	// Ahead means that the ego was ahead when the boxes first overlapped, so that the
	// other car hit its side or rear.
	Ahead bool
}

// vehicleState is the state of another car at a step.
type vehicleState struct {
	x, y  float64 // of its center, relative to the ego's start, m
	v, vy float64 // m/s
	half  float64 // half its length, m
}

// ego is the car under test. It keeps its lane.
type ego struct {
	model     Model
	x, v      float64
	prevSpeed float64 // speed at the previous step
	state     State
	situation Situation
	outcome   R157Outcome
}

func newEgo(m Model, x, v float64) *ego { return &ego{model: m, x: x, v: v, prevSpeed: v} }

// step moves the ego by one step and reports whether the case is over: the ego has
// crashed, or the model dismissed the other car. The overlap is checked before the
// motion.
func (e *ego) step(o vehicleState, manifest bool) (over bool) {
	dist, aside := math.Abs(e.x-o.x), math.Abs(0-o.y)
	s := &e.situation
	*s = Situation{
		Speed: e.v, Accel: (e.v - e.prevSpeed) * hz, Other: o.v,
		Gap: dist - length/2 - o.half, Clear: dist + length/2 + o.half,
		Side: aside - width/2 - width/2, Closing: -o.vy,
		Behind: e.x > o.x, Evident: manifest,
	}
	a := e.model.Assess(s)
	var decel float64
	e.state, decel, _ = Step(e.model, e.state, &a, 1/hz)
	if s.Side < 0 && s.Gap < 0 {
		e.outcome = R157Outcome{Crash: true, Ahead: s.Behind}
	}
	e.prevSpeed = e.v
	e.v = math.Max(0, e.v-decel/hz)
	e.x += e.v / hz
	return e.outcome.Crash || a.Uncritical
}
