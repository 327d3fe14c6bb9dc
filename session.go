package roadloop

import (
	"context"
	"fmt"
	"slices"

	"roadloop/planning"
	"roadloop/sim"
	"roadloop/sim/clock"
	"roadloop/sim/rig"
	"roadloop/sim/sensor"
	"roadloop/sim/vehicle"
	"roadloop/trace"
)

// Case is one drive: a world, the sensors of the car, where to go and for how long.
type Case struct {
	World *sim.Spec
	Rig   rig.Config
	// Blind switches all sensors off, for a driver that needs none. Rig stays as it is.
	Blind    bool
	Route    planning.Route
	Duration clock.Tick
}

// Step is one decision cycle: what was observed, decided and what happened since the one
// before. It belongs to the session, which overwrites it in the next cycle.
type Step struct {
	Time  clock.Tick
	World *sim.World
	Obs   *sensor.Observation
	Decision
	// Events happened between the previous decision and this one.
	Events []sim.Event
}

// Session is a drive in progress. It alternates between a decision and the ticks of the
// world until the next one. Drive runs one to its end; a window steps one at its own pace.
type Session struct {
	drive   *Case
	world   *sim.World
	sensors rig.Sensors
	driver  Driver
	step    Step
	events  []sim.Event
	trace   *trace.Trace
	digest  trace.Digester
}

// NewSession creates the world and the sensors of a case for a driver.
func NewSession(c *Case, d Driver) (*Session, error) {
	world, err := sim.New(c.World)
	if err != nil {
		return nil, fmt.Errorf("creating the world: %w", err)
	}
	config := c.Rig
	if c.Blind {
		config = rig.Off()
	}
	sensors, err := rig.New(config, c.World.Map, c.World.Seed)
	if err != nil {
		return nil, fmt.Errorf("creating the sensors: %w", err)
	}
	sensors.Sample(world)
	return &Session{drive: c, world: world, sensors: sensors, driver: d, trace: new(trace.Trace)}, nil
}

// Done reports whether the time of the case is over.
func (s *Session) Done() bool { return s.world.Time() >= s.drive.Duration }

// Case returns the case that is driven; the caller must not change it.
func (s *Session) Case() *Case { return s.drive }

// Driver returns the driver.
func (s *Session) Driver() Driver { return s.driver }

// SetDriver replaces the driver from the next decision on.
func (s *Session) SetDriver(d Driver) { s.driver = d }

// WrapSensors replaces the sensors by others, or by a filter around the present ones.
func (s *Session) WrapSensors(wrap func(rig.Sensors) rig.Sensors) { s.sensors = wrap(s.sensors) }

// World returns the world. Only changes of a scenario may write to it.
func (s *Session) World() *sim.World { return s.world }

// Trace returns the record of every decision so far.
func (s *Session) Trace() *trace.Trace { return s.trace }

// Decide passes what the sensors deliver to the driver, records its decision, and returns
// the step, which the next decision overwrites.
func (s *Session) Decide(ctx context.Context) (*Step, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	obs := s.sensors.Observe(s.world.Time())
	decision, err := s.driver.Drive(sim.WithWorld(ctx, s.world), obs)
	if err != nil {
		return nil, fmt.Errorf("at %v: %w", s.world.Time(), err)
	}
	s.step = Step{Time: s.world.Time(), World: s.world, Obs: obs, Decision: decision, Events: s.events}
	s.record()
	return &s.step, nil
}

// Advance moves the world on to the next decision under the command of the last one, or
// under override, if non-nil; the trace records it.
func (s *Session) Advance(override *vehicle.Command) {
	command := s.step.Command
	if override != nil {
		command = *override
		if n := len(s.trace.Records); n > 0 {
			s.trace.Overrides = append(s.trace.Overrides, trace.Override{Record: uint32(n - 1), Command: command})
		}
	}
	s.events = s.events[:0]
	for range clock.DriverPeriod {
		s.events = append(s.events, s.world.Step(command)...)
		s.sensors.Sample(s.world)
	}
}

// End returns the last step of a drive that reached the end of its time: the present time
// and what happened since the last decision. The trace keeps the world's digest.
func (s *Session) End() *Step {
	s.trace.End = s.digest.World(s.world)
	s.step.Time = s.world.Time()
	s.step.Events = s.events
	return &s.step
}

// Clone returns a session that goes on exactly as s would, with the driver's memory and
// the messages on their way. The two share only what never changes, and the engine of a
// network: they must take turns. The decision of the last step stays with s.
func (s *Session) Clone() *Session {
	c := &Session{drive: s.drive, world: s.world.Clone(), sensors: s.sensors.Clone(), driver: s.driver.Clone(),
		events: slices.Clone(s.events), trace: s.trace.Clone()}
	c.step = Step{Time: s.step.Time, World: c.world, Decision: Decision{Command: s.step.Command}, Events: c.events}
	return c
}

// record appends the present step to the trace.
func (s *Session) record() {
	x, d := &s.step, &s.digest
	rec := trace.Record{Time: x.Time, Command: x.Command}
	rec.Layers[trace.LayerWorld] = d.World(s.world)
	rec.Layers[trace.LayerSensor] = d.Observation(x.Obs)
	rec.Layers[trace.LayerDetection] = d.Images(x.Images())
	if x.Scene != nil {
		rec.Layers[trace.LayerTracking] = d.Scene(x.Scene)
	}
	rec.Layers[trace.LayerPrediction] = d.Forecasts(x.Forecast)
	if x.Plan != nil {
		rec.Layers[trace.LayerPlanning] = d.Plan(x.Plan)
	}
	rec.Layers[trace.LayerControl] = d.Command(x.Command)
	s.trace.Records = append(s.trace.Records, rec)
}

// Drive runs a case in virtual time: the closed loop. watch is called at every decision,
// and once more at the end; when it returns false the run ends. The trace holds every
// decision that was made, also when Drive fails.
func Drive(ctx context.Context, c *Case, d Driver, watch func(*Step) bool) (*trace.Trace, error) {
	s, err := NewSession(c, d)
	if err != nil {
		return nil, err
	}
	for !s.Done() {
		step, err := s.Decide(ctx) // the driver observes and decides
		if err != nil {
			return s.trace, err
		}
		if !watch(step) {
			return s.trace, nil
		}
		s.Advance(nil) // the world moves on, the sensors measure
	}
	watch(s.End())
	return s.trace, nil
}
