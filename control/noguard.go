package control

import (
	"context"

	"roadloop/perception"
	"roadloop/sim/vehicle"
)

// NoGuard is a guard that changes no command.
type NoGuard struct{}

// Guard returns the wanted command.
func (NoGuard) Guard(_ context.Context, _ *perception.Scene, want vehicle.Command) (vehicle.Command, Intervention) {
	return want, Intervention{}
}

// Clone returns the same: it remembers nothing.
func (NoGuard) Clone() Guard { return NoGuard{} }
