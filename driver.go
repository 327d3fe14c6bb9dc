package roadloop

import (
	"context"

	"roadloop/control"
	"roadloop/perception"
	"roadloop/planning"
	"roadloop/sim/sensor"
	"roadloop/sim/vehicle"
)

// Driver decides: an observation in, a command out, every clock.DriverPeriod. Calls come
// in order of time.
type Driver interface {
	// Drive makes a decision. The decision belongs to the driver, which overwrites it in the
	// next call.
	Drive(ctx context.Context, obs *sensor.Observation) (Decision, error)
	// Clone returns a driver that goes on exactly as the original would.
	Clone() Driver
	// Stack returns the layers of a modular driver, and those of the wrapped driver for a
	// wrapper. They can be replaced. It is nil for a driver without layers.
	Stack() *Stack
}

// Decision is the command of a driver and how it came about. Scene, Forecast,
// Plan, Want and Guard are zero for a driver without layers.
type Decision struct {
	Command  vehicle.Command
	Scene    *perception.Scene
	Forecast []planning.Forecast
	Plan     *planning.Plan
	Want     vehicle.Command // of the controller, before the guard
	Guard    control.Intervention
	Policy   *PolicyView // of a trained policy, nil for other drivers
}

// Images returns what was read from the frames of the camera.
func (d *Decision) Images() []perception.Image {
	if d.Scene == nil {
		return nil
	}
	return d.Scene.Images
}
