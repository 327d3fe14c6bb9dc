package mutant

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

// flaw spoils what a layer says. It may keep its argument and must not change
// anything that the layer still needs.
type flaw[T any] interface {
	spoil(T) T
	// clone returns a flaw that remembers the same.
	clone() flaw[T]
}

// plain is a flaw that remembers nothing.
type plain[T any] func(T) T

func (f plain[T]) spoil(x T) T    { return f(x) }
func (f plain[T]) clone() flaw[T] { return f }

// sensors spoil what was measured. The buffers of an observation are its reader's
// until the next one: flaws may change them in place.
type sensors struct {
	rig.Sensors
	flaw flaw[*sensor.Observation]
}

func (s *sensors) Observe(now clock.Tick) *sensor.Observation {
	return s.flaw.spoil(s.Sensors.Observe(now))
}

func (s *sensors) Clone() rig.Sensors {
	return &sensors{s.Sensors.Clone(), s.flaw.clone()}
}

// detector spoils what was read.
type detector struct {
	perception.Detector
	flaw flaw[*perception.Image]
}

func (d *detector) Detect(f *sensor.Frame, im *perception.Image) error {
	if err := d.Detector.Detect(f, im); err != nil {
		return err
	}
	*im = *d.flaw.spoil(im)
	return nil
}

func (d *detector) Clone() perception.Detector {
	return &detector{d.Detector.Clone(), d.flaw.clone()}
}

// perceiver spoils the scene.
type perceiver struct {
	perception.Perceiver
	flaw flaw[*perception.Scene]
}

func (p *perceiver) Perceive(ctx context.Context, obs *sensor.Observation) (*perception.Scene, error) {
	scene, err := p.Perceiver.Perceive(ctx, obs)
	if err != nil {
		return nil, err
	}
	return p.flaw.spoil(copied(scene)), nil
}

func (p *perceiver) Clone() perception.Perceiver {
	return &perceiver{p.Perceiver.Clone(), p.flaw.clone()}
}

// copied returns a scene whose tracks and signals can be changed.
func copied(s *perception.Scene) *perception.Scene {
	c := *s
	c.Tracks = append([]perception.Track(nil), s.Tracks...)
	c.Signals = append([]perception.Signal(nil), s.Signals...)
	return &c
}

// outlook is what a predictor foresees of a scene.
type outlook struct {
	scene *perception.Scene
	cast  []planning.Forecast
}

// predictor spoils forecasts, which may be changed in place: the predictor makes
// them anew each time.
type predictor struct {
	planning.Predictor
	flaw flaw[outlook]
}

func (p *predictor) Predict(ctx context.Context, scene *perception.Scene) []planning.Forecast {
	return p.flaw.spoil(outlook{scene, p.Predictor.Predict(ctx, scene)}).cast
}

func (p *predictor) Clone() planning.Predictor {
	return &predictor{p.Predictor.Clone(), p.flaw.clone()}
}

// planner spoils what a planner looks at, or the plan that it makes, or both.
type planner struct {
	planning.Planner
	look func(outlook) outlook // nil spoils nothing
	flaw flaw[*planning.Plan]  // nil spoils nothing
}

func (p *planner) Plan(ctx context.Context, scene *perception.Scene, cast []planning.Forecast) (*planning.Plan, error) {
	o := outlook{scene, cast}
	if p.look != nil {
		o = p.look(o)
	}
	plan, err := p.Planner.Plan(ctx, o.scene, o.cast)
	if err != nil || p.flaw == nil {
		return plan, err
	}
	c := *plan
	c.Waypoints = append([]planning.Waypoint(nil), plan.Waypoints...)
	return p.flaw.spoil(&c), nil
}

func (p *planner) Clone() planning.Planner {
	c := &planner{Planner: p.Planner.Clone(), look: p.look}
	if p.flaw != nil {
		c.flaw = p.flaw.clone()
	}
	return c
}

// controller spoils commands.
type controller struct {
	control.Controller
	flaw flaw[vehicle.Command]
}

func (c *controller) Control(ego *perception.Ego, plan *planning.Plan) vehicle.Command {
	return c.flaw.spoil(c.Controller.Control(ego, plan))
}

func (c *controller) Clone() control.Controller {
	return &controller{c.Controller.Clone(), c.flaw.clone()}
}
