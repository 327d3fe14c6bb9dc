// Package control converts plans into steering and acceleration commands, and
// overrides unsafe commands: Stanley follows a plan with SpeedPI for its speed, and
// AEB brakes in an emergency. Positions are in the map frame; speeds are m/s,
// accelerations m/s², times s.
package control

import (
	"context"

	"roadloop/perception"
	"roadloop/planning"
	"roadloop/sim/vehicle"
)

// Controller follows a plan. It keeps state between calls. Call it once per driver step.
type Controller interface {
	// Control returns the command that follows the plan.
	Control(ego *perception.Ego, plan *planning.Plan) vehicle.Command
	// Clone returns a controller that goes on exactly as the original would.
	Clone() Controller
}

// Intervention reports whether and why a guard changed a command.
type Intervention struct {
	Active bool
	Reason string // such as "AEB: track 3 in 0.8 s"
}

// Guard may override a command. It evaluates the scene, not the plan, so that
// it works when the planner is wrong.
type Guard interface {
	// Guard returns the command that is carried out: want, or another one with the reason.
	Guard(ctx context.Context, scene *perception.Scene, want vehicle.Command) (vehicle.Command, Intervention)
	// Clone returns a guard that goes on exactly as the original would.
	Clone() Guard
}

// Limits bound the commands of controllers.
type Limits struct {
	MaxAccel float64 // m/s²
	MaxBrake float64 // m/s², positive
	MaxSteer float64 // rad
	MaxRate  float64 // of steering, rad/s
}
