package faults

import (
	"context"

	"roadloop/control"
	"roadloop/perception"
	"roadloop/planning"
	"roadloop/sim/clock"
	"roadloop/sim/rig"
	"roadloop/sim/sensor"
	"roadloop/sim/vehicle"
)

// modifier changes the output of a layer. It may keep its argument and must not change
// data that the layer still uses.
type modifier[T any] interface {
	modify(T) T
	// clone returns a modifier with the same state.
	clone() modifier[T]
}

// modifyFunc is a modifier without state.
type modifyFunc[T any] func(T) T

func (f modifyFunc[T]) modify(x T) T       { return f(x) }
func (f modifyFunc[T]) clone() modifier[T] { return f }

// sensors modifies measurements. The reader owns the buffers of an observation until the
// next one: modifiers may change them in place.
type sensors struct {
	rig.Sensors
	modifier modifier[*sensor.Observation]
}

func (s *sensors) Observe(now clock.Tick) *sensor.Observation {
	return s.modifier.modify(s.Sensors.Observe(now))
}

func (s *sensors) Clone() rig.Sensors {
	return &sensors{s.Sensors.Clone(), s.modifier.clone()}
}

// detector modifies detections.
type detector struct {
	perception.Detector
	modifier modifier[*perception.Image]
}

func (d *detector) Detect(f *sensor.Frame, im *perception.Image) error {
	if err := d.Detector.Detect(f, im); err != nil {
		return err
	}
	*im = *d.modifier.modify(im)
	return nil
}

func (d *detector) Clone() perception.Detector {
	return &detector{d.Detector.Clone(), d.modifier.clone()}
}

// perceiver modifies the scene.
type perceiver struct {
	perception.Perceiver
	modifier modifier[*perception.Scene]
}

func (p *perceiver) Perceive(ctx context.Context, obs *sensor.Observation) (*perception.Scene, error) {
	scene, err := p.Perceiver.Perceive(ctx, obs)
	if err != nil {
		return nil, err
	}
	return p.modifier.modify(copied(scene)), nil
}

func (p *perceiver) Clone() perception.Perceiver {
	return &perceiver{p.Perceiver.Clone(), p.modifier.clone()}
}

// copied returns a scene with tracks and signals that can be changed.
func copied(s *perception.Scene) *perception.Scene {
	c := *s
	c.Tracks = append([]perception.Track(nil), s.Tracks...)
	c.Signals = append([]perception.Signal(nil), s.Signals...)
	return &c
}

// prediction is a scene and its forecasts.
type prediction struct {
	scene     *perception.Scene
	forecasts []planning.Forecast
}

// predictor modifies forecasts. They may be changed in place: the predictor returns new
// ones each time.
type predictor struct {
	planning.Predictor
	modifier modifier[prediction]
}

func (p *predictor) Predict(ctx context.Context, scene *perception.Scene) []planning.Forecast {
	return p.modifier.modify(prediction{scene, p.Predictor.Predict(ctx, scene)}).forecasts
}

func (p *predictor) Clone() planning.Predictor {
	return &predictor{p.Predictor.Clone(), p.modifier.clone()}
}

// planner modifies the inputs of a planner, its plan, or both.
type planner struct {
	planning.Planner
	modifyInput func(prediction) prediction // nil for none
	modifier    modifier[*planning.Plan]    // nil for none
}

func (p *planner) Plan(ctx context.Context, scene *perception.Scene, forecasts []planning.Forecast) (*planning.Plan, error) {
	o := prediction{scene, forecasts}
	if p.modifyInput != nil {
		o = p.modifyInput(o)
	}
	plan, err := p.Planner.Plan(ctx, o.scene, o.forecasts)
	if err != nil || p.modifier == nil {
		return plan, err
	}
	c := *plan
	c.Waypoints = append([]planning.Waypoint(nil), plan.Waypoints...)
	return p.modifier.modify(&c), nil
}

func (p *planner) Clone() planning.Planner {
	c := &planner{Planner: p.Planner.Clone(), modifyInput: p.modifyInput}
	if p.modifier != nil {
		c.modifier = p.modifier.clone()
	}
	return c
}

// controller modifies commands.
type controller struct {
	control.Controller
	modifier modifier[vehicle.Command]
}

func (c *controller) Control(ego *perception.Ego, plan *planning.Plan) vehicle.Command {
	return c.modifier.modify(c.Controller.Control(ego, plan))
}

func (c *controller) Clone() control.Controller {
	return &controller{c.Controller.Clone(), c.modifier.clone()}
}
