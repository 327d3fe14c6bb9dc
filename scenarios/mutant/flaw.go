package mutant

import (
	"context"

	"roadloop"
	"roadloop/control"
	"roadloop/perception"
	"roadloop/planning"
	"roadloop/sim"
	"roadloop/sim/clock"
	"roadloop/sim/sensor"
	"roadloop/sim/vehicle"
)

// flaw spoils what a layer says. It may keep its argument and must not change
// anything that the layer still needs.
type flaw[T any] interface {
	spoil(T) T
	// fork returns a flaw that remembers the same.
	fork() flaw[T]
}

// plain is a flaw that remembers nothing.
type plain[T any] func(T) T

func (f plain[T]) spoil(x T) T   { return f(x) }
func (f plain[T]) fork() flaw[T] { return f }

// sensors spoil what was measured. The buffers of an observation are its reader's
// until the next one: flaws may change them in place.
type sensors struct {
	roadloop.Sensors
	flaw flaw[*sensor.Observation]
}

func (s *sensors) Observe(now clock.Tick) *sensor.Observation {
	return s.flaw.spoil(s.Sensors.Observe(now))
}

func (s *sensors) Fork(w *sim.World) (roadloop.Sensors, error) {
	in, err := roadloop.ForkLayer(s.Sensors, w)
	return &sensors{in, s.flaw.fork()}, err
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

func (d *detector) Fork(w *sim.World) (perception.Detector, error) {
	in, err := roadloop.ForkLayer(d.Detector, w)
	return &detector{in, d.flaw.fork()}, err
}

// tracker spoils what senses believe.
type tracker struct {
	roadloop.Tracker
	flaw flaw[*perception.Scene]
}

func (t *tracker) Update(obs *sensor.Observation, images []perception.Image) *perception.Scene {
	return t.flaw.spoil(copied(t.Tracker.Update(obs, images)))
}

func (t *tracker) Fork(w *sim.World) (roadloop.Tracker, error) {
	in, err := roadloop.ForkLayer(t.Tracker, w)
	return &tracker{in, t.flaw.fork()}, err
}

// perceiver spoils what an oracle tells.
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

// Unwrap returns the perceiver that is spoiled.
func (p *perceiver) Unwrap() perception.Perceiver { return p.Perceiver }

func (p *perceiver) Fork(w *sim.World) (perception.Perceiver, error) {
	in, err := roadloop.ForkLayer(p.Perceiver, w)
	return &perceiver{in, p.flaw.fork()}, err
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

func (p *predictor) Predict(scene *perception.Scene) []planning.Forecast {
	return p.flaw.spoil(outlook{scene, p.Predictor.Predict(scene)}).cast
}

func (p *predictor) Fork(w *sim.World) (planning.Predictor, error) {
	in, err := roadloop.ForkLayer(p.Predictor, w)
	return &predictor{in, p.flaw.fork()}, err
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

func (p *planner) Fork(w *sim.World) (planning.Planner, error) {
	in, err := roadloop.ForkLayer(p.Planner, w)
	c := &planner{Planner: in, look: p.look}
	if p.flaw != nil {
		c.flaw = p.flaw.fork()
	}
	return c, err
}

// controller spoils commands.
type controller struct {
	control.Controller
	flaw flaw[vehicle.Command]
}

func (c *controller) Control(ego *perception.Ego, plan *planning.Plan) vehicle.Command {
	return c.flaw.spoil(c.Controller.Control(ego, plan))
}

func (c *controller) Fork(w *sim.World) (control.Controller, error) {
	in, err := roadloop.ForkLayer(c.Controller, w)
	return &controller{in, c.flaw.fork()}, err
}
