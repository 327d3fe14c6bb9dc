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

// Sensors measure the world and deliver what they measured when it arrives.
type Sensors interface {
	// Sample lets those measure whose turn it is, once for every tick of the world.
	Sample(w rig.World)
	// Observe returns what arrived since the last call, which overwrites it.
	Observe(now clock.Tick) *sensor.Observation
}

// witness is a driver, or a layer of one, that is shown the world at every tick: an
// oracle of what sensors saw a while ago.
type witness interface{ Witness(w *sim.World) }

// Session is a drive in progress: decisions and the world's way between them take
// turns. Drive runs one to its end; a window steps one at its own pace.
type Session struct {
	drive   *Case
	world   *sim.World
	sensors Sensors
	driver  Driver
	moment  Moment
	events  []sim.Event
	trace   *Trace
	digest  digester
}

// NewSession builds the world of a case, mounts the sensors and wakes the driver.
// Only an oracle keeps the world that it is given.
func NewSession(c *Case, driver func(*sim.World) (Driver, error)) (*Session, error) {
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
	sensors.Sample(world)
	return &Session{drive: c, world: world, sensors: sensors, driver: who, trace: new(Trace)}, nil
}

// Done reports whether the time of the case is over.
func (s *Session) Done() bool { return s.world.Time() >= s.drive.Duration }

// Case returns what is driven; the caller must not change it.
func (s *Session) Case() *Case { return s.drive }

// Driver returns who drives.
func (s *Session) Driver() Driver { return s.driver }

// Employ lets another driver decide from the next decision on.
func (s *Session) Employ(d Driver) { s.driver = d }

// Mount puts other sensors, or a filter around the present ones, in their place.
func (s *Session) Mount(wrap func(Sensors) Sensors) { s.sensors = wrap(s.sensors) }

// World returns the world, for those who only look.
func (s *Session) World() *sim.World { return s.world }

// Trace returns the record of every decision so far.
func (s *Session) Trace() *Trace { return s.trace }

// Decide lets the driver see and command, records that, and returns the moment,
// which the next decision overwrites.
func (s *Session) Decide(ctx context.Context) (*Moment, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	obs := s.sensors.Observe(s.world.Time())
	command, err := s.driver.Drive(ctx, obs)
	if err != nil {
		return nil, fmt.Errorf("at %v: %w", s.world.Time(), err)
	}
	s.moment = Moment{Time: s.world.Time(), World: s.world, Obs: obs, Command: command, Events: s.events}
	if t, ok := s.driver.(thinker); ok {
		s.moment.Thoughts = t.Thoughts()
	}
	s.record()
	return &s.moment, nil
}

// Advance moves the world on to the next decision under the command of the last
// one, or under that of somebody else's hand where override is not nil, which the
// trace tells.
func (s *Session) Advance(override *vehicle.Command) {
	command := s.moment.Command
	if override != nil {
		command = *override
		if n := len(s.trace.Records); n > 0 {
			s.trace.Hands = append(s.trace.Hands, Hand{Record: uint32(n - 1), Command: command})
		}
	}
	s.events = s.events[:0]
	for range clock.DriverPeriod {
		s.events = append(s.events, s.world.Step(command)...)
		s.sensors.Sample(s.world)
		if d, ok := s.driver.(witness); ok {
			d.Witness(s.world)
		}
	}
}

// End returns the last moment of a drive whose time is over: the present time and what
// happened since the last decision. The trace keeps the world's digest.
func (s *Session) End() *Moment {
	s.trace.End, s.digest.buf = WorldDigest(s.world, s.digest.buf)
	s.moment.Time = s.world.Time()
	s.moment.Events = s.events
	return &s.moment
}

// record appends the present moment to the trace.
func (s *Session) record() {
	m, d := &s.moment, &s.digest
	rec := Record{Time: m.Time, Command: m.Command}
	rec.Layers[LayerWorld], d.buf = WorldDigest(s.world, d.buf)
	rec.Layers[LayerSensor] = d.observation(m.Obs)
	rec.Layers[LayerDetection] = d.images(m.Thoughts.Images)
	if scene := m.Thoughts.Scene; scene != nil {
		rec.Layers[LayerTracking] = d.scene(scene)
	}
	rec.Layers[LayerPrediction] = d.forecasts(m.Thoughts.Forecast)
	if p := m.Thoughts.Plan; p != nil {
		rec.Layers[LayerPlanning] = d.plan(p)
	}
	rec.Layers[LayerControl] = d.command(m.Command)
	s.trace.Records = append(s.trace.Records, rec)
}

// Drive runs a case in virtual time: the closed loop. watch is called at every
// decision, and once more at the end; when it returns false the run ends. The
// trace holds every decision that was made, also when Drive fails.
func Drive(ctx context.Context, c *Case, driver func(*sim.World) (Driver, error), watch func(*Moment) bool) (*Trace, error) {
	s, err := NewSession(c, driver)
	if err != nil {
		return nil, err
	}
	for !s.Done() {
		m, err := s.Decide(ctx) // the sensors speak, the driver commands
		if err != nil {
			return s.trace, err
		}
		if !watch(m) {
			return s.trace, nil
		}
		s.Advance(nil) // the world moves on, the sensors measure
	}
	watch(s.End())
	return s.trace, nil
}
