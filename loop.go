package roadloop

import (
	"context"
	"fmt"

	"roadloop/control"
	"roadloop/perception"
	"roadloop/planning"
	"roadloop/sim"
	"roadloop/sim/clock"
	"roadloop/sim/rig"
	"roadloop/sim/sensor"
	"roadloop/sim/vehicle"
)

// Driver decides: an observation in, a command out, every clock.DriverPeriod.
// Everything that drives is a Driver. Calls come in order of time.
type Driver interface {
	Drive(ctx context.Context, obs *sensor.Observation) (vehicle.Command, error)
}

// Case is one drive: a world, the sensors of the car, where to go and for how long.
type Case struct {
	World    *sim.Spec
	Rig      rig.Config
	Route    planning.Route
	Duration clock.Tick
}

// Moment is what there is to see at one decision. All of it belongs to the run
// and is overwritten by the next decision.
type Moment struct {
	Time    clock.Tick
	World   *sim.World
	Obs     *sensor.Observation
	Command vehicle.Command
	// Thoughts is how the driver came to its command; its fields are nil for a
	// driver that does not tell.
	Thoughts Thoughts
	// Events happened between the previous decision and this one.
	Events []sim.Event
}

// Thoughts are the results of the layers of a modular driver in one decision.
type Thoughts struct {
	Images   []perception.Image
	Scene    *perception.Scene
	Forecast []planning.Forecast
	Plan     *planning.Plan
	Want     vehicle.Command // what the controller asked for, before the guard
	Guard    control.Intervention
}

// thinker is a Driver that tells how it decided.
type thinker interface{ Thoughts() Thoughts }

// Drive runs a case in virtual time: the closed loop. driver makes the driver of
// a new world; only an oracle keeps the world it is given. watch is called at
// every decision, and once more at the end; when it returns false the run ends.
// The trace holds every decision that was made, also when Drive fails.
func Drive(ctx context.Context, c *Case, driver func(*sim.World) (Driver, error), watch func(*Moment) bool) (*Trace, error) {
	world, err := sim.New(c.World)
	if err != nil {
		return nil, fmt.Errorf("building the world: %w", err)
	}
	sensors, err := rig.New(c.Rig, c.World.Map, c.World.Seed)
	if err != nil {
		return nil, fmt.Errorf("mounting the sensors: %w", err)
	}
	who, err := driver(world)
	if err != nil {
		return nil, fmt.Errorf("waking the driver: %w", err)
	}
	run := run{world: world, rig: sensors, driver: who, trace: new(Trace)}
	sensors.Sample(world)
	for world.Time() < c.Duration {
		if err := run.decide(ctx); err != nil {
			return run.trace, fmt.Errorf("at %v: %w", world.Time(), err)
		}
		if !watch(&run.moment) {
			return run.trace, nil
		}
		run.advance()
	}
	run.moment.Time = world.Time()
	run.moment.Events = run.events
	watch(&run.moment)
	return run.trace, nil
}

// run is a drive in progress.
type run struct {
	world  *sim.World
	rig    *rig.Rig
	driver Driver
	moment Moment
	events []sim.Event
	trace  *Trace
	digest digester
}

// decide lets the driver see and command, and records it.
func (r *run) decide(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	obs := r.rig.Observe(r.world.Time())
	command, err := r.driver.Drive(ctx, obs)
	if err != nil {
		return err
	}
	r.moment = Moment{Time: r.world.Time(), World: r.world, Obs: obs, Command: command, Events: r.events}
	if t, ok := r.driver.(thinker); ok {
		r.moment.Thoughts = t.Thoughts()
	}
	r.record()
	return nil
}

// advance moves the world on to the next decision under the present command.
func (r *run) advance() {
	r.events = r.events[:0]
	for range clock.DriverPeriod {
		r.events = append(r.events, r.world.Step(r.moment.Command)...)
		r.rig.Sample(r.world)
	}
}

// record appends the present moment to the trace.
func (r *run) record() {
	m, d := &r.moment, &r.digest
	rec := Record{Time: m.Time, Command: m.Command}
	d.buf = r.world.AppendState(d.buf)
	rec.Layers[LayerWorld] = d.sum()
	rec.Layers[LayerSensing] = d.observation(m.Obs)
	rec.Layers[LayerDetection] = d.images(m.Thoughts.Images)
	if s := m.Thoughts.Scene; s != nil {
		rec.Layers[LayerFusion] = d.scene(s)
	}
	rec.Layers[LayerForecast] = d.forecasts(m.Thoughts.Forecast)
	if p := m.Thoughts.Plan; p != nil {
		rec.Layers[LayerPlan] = d.plan(p)
	}
	rec.Layers[LayerCommand] = d.command(m.Command)
	r.trace.Records = append(r.trace.Records, rec)
}
