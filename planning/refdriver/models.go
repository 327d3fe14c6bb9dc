package refdriver

import (
	"fmt"
	"strings"

	"roadloop/sim/vehicle"
)

const (
	// brakeJerk is the jerk of a driver's braking, m/s³, and hardest its maximum,
	// m/s²: 0.774 g after 0.6 s (UN R157, annex 4, appendix 3).
	brakeJerk = 12.65
	maxBrake  = 0.774 * vehicle.Gravity
)

// Situation is the ego and one other road user, relative to the ego's path.
type Situation struct {
	Speed, Accel float64 // of the ego, m/s and m/s²
	Other        float64 // speed of the other along the ego's path, m/s
	// Gap is the bumper-to-bumper distance, negative while the two are side by
	// side, and Clear the distance until the ego's rear has passed the other's
	// far end, m.
	Gap, Clear float64
	// Side is the lateral distance between the sides, m, 0 or less if the other is
	// in the ego's path, and Closing the lateral closing speed, m/s.
	Side, Closing float64
	// Behind reports whether the other's center is behind the ego's.
	Behind bool
	// Evident reports an evident danger: the car ahead brakes, or an obstacle in
	// the ego's lane is revealed. Models with a cut-in trigger then react
	// immediately.
	Evident bool
}

// approach returns the closing speed, m/s.
func (s *Situation) approach() float64 { return s.Speed - s.Other }

// Assessment is the result of a model for a situation.
type Assessment struct {
	Unsafe bool
	// Uncritical reports that the other is in the path but the time to collision
	// is sufficient: in the procedure of the human driver such a case is not
	// critical and ends there.
	Uncritical bool
	// Decel is the deceleration that the model requests while it brakes, m/s².
	Decel float64
	// PFS and CFS are the proactive and critical fuzzy metrics of FSM, 0..1; 0 for
	// other models.
	PFS, CFS float64
}

// Model is a reference driver.
type Model interface {
	Name() string
	// Assess evaluates a situation.
	Assess(s *Situation) Assessment
	// Response returns the dynamics of the driver's response.
	Response() Response
	// Headway returns the following gap of the driver at a constant speed, m
	// and m/s.
	Headway(speed float64) float64
}

// Response is the dynamics of a driver's response from the detection of a danger to
// braking.
type Response struct {
	Reaction float64 // time until braking begins, s
	Coast    float64 // deceleration during the reaction time, m/s²
	Jerk     float64 // of the braking, m/s³; 0 means a step
}

// State is the response state of a driver to a danger. The zero State is no danger.
type State struct {
	Reacted bool
	// Waited is the elapsed reaction time, s, and Decel the current
	// deceleration, m/s².
	Waited, Decel float64
}

// Step advances a driver by dt seconds with the given assessment. It returns
// the next state, the deceleration over these dt seconds, m/s², and whether the
// model acts. A model that has not reacted yet leaves the speed to the caller;
// a model that has reacted and is safe again holds its speed.
func Step(m Model, st State, a *Assessment, dt float64) (next State, decel float64, acts bool) {
	if !a.Unsafe {
		return st, 0, st.Reacted
	}
	k := m.Response()
	st.Reacted = true
	if st.Waited < k.Reaction {
		st.Waited += dt
		st.Decel = k.Coast
		return st, st.Decel, true
	}
	switch grown := st.Decel + k.Jerk*dt; {
	case k.Jerk == 0, grown > a.Decel:
		st.Decel = a.Decel
	default:
		st.Decel = grown
	}
	return st, st.Decel, true
}

// Models returns all models with the parameters of their sources, in the order
// of results.
func Models() []Model { return []Model{NewHuman(), NewFSM(), NewRSS(), NewReg157()} }

// Find returns the model with the given name.
func Find(name string) (Model, error) {
	var names []string
	for _, m := range Models() {
		if m.Name() == name {
			return m, nil
		}
		names = append(names, m.Name())
	}
	return nil, fmt.Errorf("unknown reference driver %q: want one of %s", name, strings.Join(names, ", "))
}
