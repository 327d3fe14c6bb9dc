package roadloop

import (
	"context"
	"fmt"

	"roadloop/control"
	"roadloop/control/guard"
	"roadloop/control/stanley"
	"roadloop/perception"
	"roadloop/planning"
	"roadloop/planning/prediction"
	"roadloop/planning/trajectory"
	"roadloop/sim"
	"roadloop/sim/sensor"
	"roadloop/sim/vehicle"
)

// Stack is the modular driver: it perceives, predicts, plans, controls and
// guards, one layer after the other. Any layer can be replaced by another
// implementation of its interface.
type Stack struct {
	Perceiver  perception.Perceiver
	Predictor  planning.Predictor
	Planner    planning.Planner
	Controller control.Controller
	Guard      control.Guard

	thoughts Thoughts
}

// Drive makes one decision.
func (s *Stack) Drive(ctx context.Context, obs *sensor.Observation) (vehicle.Command, error) {
	scene, err := s.Perceiver.Perceive(ctx, obs) // what we believe
	if err != nil {
		return vehicle.Command{}, fmt.Errorf("perceiving: %w", err)
	}
	cast := s.Predictor.Predict(scene)            // where the others may go
	plan, err := s.Planner.Plan(ctx, scene, cast) // where we mean to go
	if err != nil {
		return vehicle.Command{}, fmt.Errorf("planning: %w", err)
	}
	want := s.Controller.Control(&scene.Ego, plan) // how to get there
	cmd, why := s.Guard.Guard(scene, want)         // the last word: brake if unsafe

	s.thoughts = Thoughts{Scene: scene, Forecast: cast, Plan: plan, Want: want, Guard: why}
	if seer, ok := s.Perceiver.(*Senses); ok {
		s.thoughts.Images = seer.Images()
	}
	return cmd, nil
}

// Thoughts returns how the last decision came about. It belongs to the stack and
// is overwritten by the next decision.
func (s *Stack) Thoughts() Thoughts { return s.thoughts }

// NewStack returns the modular driver for a case with the given perceiver:
// lane-graph prediction, a planner that rolls out and scores proposals, Stanley
// steering with PI speed control, and an emergency brake that has the last word.
func NewStack(c *Case, p perception.Perceiver) (*Stack, error) {
	planner, err := newPlanner(c)
	if err != nil {
		return nil, err
	}
	brake, err := newGuard(c)
	if err != nil {
		return nil, err
	}
	return &Stack{
		Perceiver: p, Predictor: prediction.New(c.World.Map), Planner: planner,
		Controller: newController(c), Guard: brake,
	}, nil
}

// car returns what the ego of a case is.
func (c *Case) car() vehicle.Params {
	if car := c.World.Ego.Params; car.Length != 0 {
		return car
	}
	return vehicle.BMW320i()
}

func newPlanner(c *Case) (*trajectory.Planner, error) {
	return trajectory.New(trajectory.Config{Map: c.World.Map, Route: c.Route, Vehicle: c.car()})
}

func newController(c *Case) *stanley.Controller {
	car := c.car()
	return stanley.New(&car)
}

func newGuard(c *Case) (*guard.Guard, error) {
	return guard.New(guard.Config{Map: c.World.Map, Route: c.Route, Vehicle: c.car()})
}

// Witness shows the world to a detector that is an oracle.
func (s *Stack) Witness(w *sim.World) {
	if senses, ok := s.Perceiver.(*Senses); ok {
		if d, ok := senses.Detector.(witness); ok {
			d.Witness(w)
		}
	}
}
