// Package vehicle holds vehicle models: the kinematic and the dynamic
// single-track model with tire limits, friction and actuator lag, and published
// parameter sets; and the models of the gap to other vehicles that traffic and the
// driving stack share: the acceleration of the Intelligent Driver Model and the safe
// distances of Responsibility-Sensitive Safety, in SI units, bumper to bumper. Models are
// pure functions of plain state.
package vehicle

// Command is the control input of a vehicle. The vehicle follows it within the
// limits and lags of its actuators.
type Command struct {
	Steer float64 // road wheel angle, rad, positive to the left
	Accel float64 // acceleration along the heading, m/s²; negative brakes
}
