// Package careful holds the performance models that UN Regulation No. 157
// (automated lane keeping) and the work on it measure a system against: how well
// a careful driver, or a rule for one, copes with someone who cuts in, lays bare
// an obstacle or brakes. A case in which they avoid a crash is preventable.
//
// A model looks at one road user at a time along the own way: speeds and gaps in
// SI units, bumper to bumper and side to side. It brakes and never steers. Models
// are pure functions of plain state; who steps them keeps the State.
//
// Formulas are those of the sources named at each model, with their symbols.
package careful

import (
	"fmt"
	"strings"
)

const (
	gravity = 9.81 // m/s²

	// pedal is the jerk at which a driver's braking grows, m/s³, and hardest where
	// it ends, m/s²: 0.774 g after 0.6 s (UN R157, annex 4, appendix 3).
	pedal   = 12.65
	hardest = 0.774 * gravity
)

// Situation is one other road user as seen from the car.
type Situation struct {
	Speed, Accel float64 // own, m/s and m/s²
	Other        float64 // speed of the other along our way, m/s
	// Gap is the way between the bumpers, negative while the two are abreast, and
	// Clear the way until the own tail has passed the other's far end, m.
	Gap, Clear float64
	// Side is the room between the sides, 0 or less where the other is in our way,
	// and Closing the speed at which the other comes nearer sideways.
	Side, Closing float64
	// Behind tells that the other's middle is behind our own.
	Behind bool
	// Manifest tells that the danger needs no weighing: the car ahead brakes, or an
	// obstacle has come to light in our lane. Models whose trigger is made for
	// someone who cuts in then react at once.
	Manifest bool
}

// approach returns the speed at which the gap closes, m/s.
func (s *Situation) approach() float64 { return s.Speed - s.Other }

// Assessment is what a model makes of a situation.
type Assessment struct {
	Unsafe bool
	// Dismissed tells that the model looked at someone in the way and found that
	// there is time: by the procedure of the human driver such a case is not
	// critical and ends there.
	Dismissed bool
	// Urge is the deceleration that the model asks for once it brakes, m/s².
	Urge float64
	// PFS and CFS are the proactive and critical fuzzy metrics of FSM, 0..1; other
	// models leave them 0.
	PFS, CFS float64
}

// Model is a careful driver.
type Model interface {
	Name() string
	// Assess judges a situation.
	Assess(s *Situation) Assessment
	// Manner says how the driver reacts.
	Manner() Manner
	// Headway returns the gap at which the driver follows another at a steady
	// speed, both in SI units.
	Headway(speed float64) float64
}

// Manner is how a driver goes from seeing a danger to braking.
type Manner struct {
	Reaction float64 // until the brake is touched, s
	Coast    float64 // deceleration meanwhile, m/s²
	Jerk     float64 // at which braking grows, m/s³; 0 for at once
}

// State is what a driver remembers of a danger. The zero State has seen none.
type State struct {
	Reacted bool
	// Waited is how long the driver has been reacting, s, and Decel the present
	// deceleration, m/s².
	Waited, Decel float64
}

// Step moves a driver on by dt seconds in the light of what it has assessed. It
// returns its next state, the deceleration over these dt seconds, m/s², and
// whether the model has the pedals: one that has not reacted yet leaves them to
// whoever drives, one that has and finds itself safe again holds its speed.
func Step(m Model, st State, a *Assessment, dt float64) (next State, decel float64, acts bool) {
	if !a.Unsafe {
		return st, 0, st.Reacted
	}
	k := m.Manner()
	st.Reacted = true
	if st.Waited < k.Reaction {
		st.Waited += dt
		st.Decel = k.Coast
		return st, st.Decel, true
	}
	switch grown := st.Decel + k.Jerk*dt; {
	case k.Jerk == 0, grown > a.Urge:
		st.Decel = a.Urge
	default:
		st.Decel = grown
	}
	return st, st.Decel, true
}

// Models returns all models with the parameters of their sources, in the order
// in which results list them.
func Models() []Model { return []Model{NewHuman(), NewFSM(), NewRSS(), NewReg157()} }

// Find returns the model of that name.
func Find(name string) (Model, error) {
	var names []string
	for _, m := range Models() {
		if m.Name() == name {
			return m, nil
		}
		names = append(names, m.Name())
	}
	return nil, fmt.Errorf("careful driver %q is none of %s", name, strings.Join(names, ", "))
}
