// Package control turns plans into steering and acceleration, and watches that
// nothing unsafe is done. It holds types only; the controllers and the guard are
// in the packages below.
package control

import (
	"context"

	"roadloop/perception"
	"roadloop/planning"
	"roadloop/sim/vehicle"
)

// Controller follows a plan. It keeps state between calls, one each driver step.
type Controller interface {
	Control(ego *perception.Ego, plan *planning.Plan) vehicle.Command
	// Clone returns a controller that goes on exactly as the original would.
	Clone() Controller
}

// Intervention says whether and why a guard changed a command.
type Intervention struct {
	Active bool
	Reason string // such as "AEB: track 3 in 0.8 s"
}

// Guard has the last word on a command. It judges the scene by itself, not
// by the plan, so that it works when the planner is wrong.
type Guard interface {
	Guard(ctx context.Context, scene *perception.Scene, want vehicle.Command) (vehicle.Command, Intervention)
	// Clone returns a guard that goes on exactly as the original would.
	Clone() Guard
}

// Limits bound what controllers may ask for.
type Limits struct {
	MaxAccel float64 // m/s²
	MaxBrake float64 // m/s², positive
	MaxSteer float64 // rad
	MaxRate  float64 // of steering, rad/s
}
