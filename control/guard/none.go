package guard

import (
	"context"

	"roadloop/control"
	"roadloop/perception"
	"roadloop/sim/vehicle"
)

// None is a guard that changes no command.
type None struct{}

// Guard returns the wanted command.
func (None) Guard(_ context.Context, _ *perception.Scene, want vehicle.Command) (vehicle.Command, control.Intervention) {
	return want, control.Intervention{}
}

// Clone returns the same: it remembers nothing.
func (None) Clone() control.Guard { return None{} }
