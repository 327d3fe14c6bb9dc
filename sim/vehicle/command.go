// Package vehicle holds the vehicle models: kinematic and dynamic single track
// with tire limits, friction and actuator lag, and published parameter sets.
// Models are pure functions of plain state.
package vehicle

// Command is what a driver asks of a vehicle. The vehicle follows it within the
// limits and lags of its actuators.
type Command struct {
	Steer float64 // road wheel angle, rad, positive to the left
	Accel float64 // acceleration along the heading, m/s²; negative brakes
}
