package roadloop

import (
	"context"
	"fmt"

	"roadloop/control"
	"roadloop/perception"
	"roadloop/perception/fusion"
	"roadloop/planning"
	"roadloop/planning/prediction"
	"roadloop/planning/refdriver"
	"roadloop/planning/trajectory"
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
}

// NewStack returns the modular driver for a case with the given perceiver:
// lane-graph prediction, a planner that rolls out and scores proposals, Stanley
// steering with PI speed control, and an emergency brake that has the last word.
func NewStack(c *Case, p perception.Perceiver) (*Stack, error) {
	planner, err := NewPlanner(c)
	if err != nil {
		return nil, err
	}
	brake, err := NewGuard(c)
	if err != nil {
		return nil, err
	}
	return &Stack{
		Perceiver: p, Predictor: prediction.New(c.World.Map), Planner: planner,
		Controller: NewController(c), Guard: brake,
	}, nil
}

// NewReference returns a reference driver for a case: it keeps to the route under
// Stanley steering, as fast as the road allows, brakes for others as a
// careful-driver model does, and does nothing else to avoid them.
func NewReference(c *Case, p perception.Perceiver, m refdriver.Model) (*Stack, error) {
	keeper, err := trajectory.NewLaneKeeper(trajectory.Config{Map: c.World.Map, Route: c.Route, Vehicle: c.Car()}, refdriver.New(m))
	if err != nil {
		return nil, err
	}
	return &Stack{
		Perceiver: p, Predictor: prediction.New(c.World.Map), Planner: keeper,
		Controller: NewController(c), Guard: control.NoGuard{},
	}, nil
}

// Drive makes one decision.
func (s *Stack) Drive(ctx context.Context, obs *sensor.Observation) (Decision, error) {
	scene, err := s.Perceiver.Perceive(ctx, obs) // where everything is believed to be
	if err != nil {
		return Decision{}, fmt.Errorf("perceiving: %w", err)
	}
	if scene == nil {
		return Decision{}, fmt.Errorf("perceiving: %T returned no scene", s.Perceiver)
	}
	forecast := s.Predictor.Predict(ctx, scene)       // where the others may go
	plan, err := s.Planner.Plan(ctx, scene, forecast) // where the ego is to go
	if err != nil {
		return Decision{}, fmt.Errorf("planning: %w", err)
	}
	if plan == nil {
		return Decision{}, fmt.Errorf("planning: %T returned no plan", s.Planner)
	}
	want := s.Controller.Control(&scene.Ego, plan)  // steering and acceleration for that
	command, why := s.Guard.Guard(ctx, scene, want) // brakes instead if that is unsafe
	return Decision{Command: command, Scene: scene, Forecast: forecast, Plan: plan, Want: want, Guard: why}, nil
}

// Clone returns a stack of copies of the layers.
func (s *Stack) Clone() Driver {
	return &Stack{
		Perceiver: s.Perceiver.Clone(), Predictor: s.Predictor.Clone(), Planner: s.Planner.Clone(),
		Controller: s.Controller.Clone(), Guard: s.Guard.Clone(),
	}
}

// Stack returns s.
func (s *Stack) Stack() *Stack { return s }

// NewPerception returns the perception pipeline for the car of a case: d reads the frames
// of its cameras, and fusion combines the result with radar and lidar.
func NewPerception(c *Case, d perception.Detector) (*perception.Pipeline, error) {
	config := fusion.Config{Map: c.World.Map, Sensors: c.Rig.Names()}
	if _, front, err := c.Rig.Camera(""); err == nil {
		config.Camera = &front.Calibration
	}
	f, err := fusion.New(config)
	if err != nil {
		return nil, err
	}
	return perception.NewPipeline(d, f), nil
}

// Car returns the parameters of the ego.
func (c *Case) Car() vehicle.Params {
	if car := c.World.Ego.Params; car.Length != 0 {
		return car
	}
	return vehicle.BMW320i()
}

// NewPlanner returns the planner of NewStack.
func NewPlanner(c *Case) (*trajectory.Planner, error) {
	return trajectory.New(trajectory.Config{Map: c.World.Map, Route: c.Route, Vehicle: c.Car()})
}

// NewController returns the controller of NewStack.
func NewController(c *Case) *control.Stanley {
	car := c.Car()
	return control.NewStanley(&car)
}

// NewGuard returns the guard of NewStack.
func NewGuard(c *Case) (*control.AEB, error) {
	return control.NewAEB(control.AEBConfig{Map: c.World.Map, Route: c.Route, Vehicle: c.Car()})
}
