package roadloop

import (
	"roadloop/control"
	"roadloop/control/stanley"
	"roadloop/perception"
	"roadloop/planning/careful"
	"roadloop/planning/chauffeur"
	"roadloop/planning/prediction"
	"roadloop/planning/trajectory"
	"roadloop/sim"
	"roadloop/sim/vehicle"
)

// Unguarded is a Guard that lets every command pass.
type Unguarded struct{}

// Guard returns what is wanted.
func (Unguarded) Guard(_ *perception.Scene, want vehicle.Command) (vehicle.Command, control.Intervention) {
	return want, control.Intervention{}
}

// Fork returns the same: it remembers nothing.
func (Unguarded) Fork(*sim.World) (control.Guard, error) { return Unguarded{}, nil }

// NewReference returns a reference driver for a case: it keeps to the route under
// Stanley steering, as fast as the road allows, brakes for others as a
// careful-driver model does, and does nothing else to avoid them. What it knows is
// what the perceiver tells; give an oracle through a Sight.
func NewReference(c *Case, p perception.Perceiver, m careful.Model) (*Stack, error) {
	car := c.World.Ego.Params
	if car.Length == 0 {
		car = vehicle.BMW320i()
	}
	keeper, err := trajectory.NewKeeper(trajectory.Config{Map: c.World.Map, Route: c.Route, Vehicle: car}, chauffeur.New(m))
	if err != nil {
		return nil, err
	}
	return &Stack{
		Perceiver: p, Predictor: prediction.New(c.World.Map), Planner: keeper,
		Controller: stanley.New(&car), Guard: Unguarded{},
	}, nil
}
