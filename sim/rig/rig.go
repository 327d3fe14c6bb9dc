// Package rig models the sensors of the car under test. A rig is a list of named sensors:
// cameras, lidars, radars, GNSS, odometry, and any other Model. Each sensor has its own
// rate, latency, noise, dropouts and false returns, all in virtual time. Each sensor also
// has its own random streams, named after it, so that adding or removing one does not
// change another.
//
// The rig measures the true world; its only output is sensor messages.
package rig

import (
	"fmt"
	"slices"

	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
	"roadloop/sim/rng"
	"roadloop/sim/road"
	"roadloop/sim/scene"
	"roadloop/sim/sensor"
)

// World is the ground truth that a rig measures.
type World interface {
	Time() clock.Tick
	Ego() *actor.Actor
	Actors() []actor.Actor
	Signals() []road.SignalState
	Map() *road.Map
	Conditions() scene.Conditions
}

// Model is a kind of sensor with its settings. A model is a constant value.
type Model interface {
	// Check returns an error for the first setting out of range.
	Check() error
	// Ideal returns the model without noise and false returns.
	Ideal() Model
	// Start returns a sensor of this model at the start of a run.
	Start(s *Setup) (Device, error)
}

// Device is a sensor in a run. The rig decides when it measures, which messages are lost
// and when the others arrive. Devices deliver messages in the order of measurement.
type Device interface {
	// Measure measures the world and keeps the message until Deliver.
	Measure(w World)
	// Deliver appends the oldest kept message to the observation. The message stays valid
	// until Deliver is called for an observation with another time.
	Deliver(o *sensor.Observation)
	// Clone returns a device that continues exactly as this one would, including the kept
	// messages. Several clones of one device may be made at the same time.
	Clone() Device
}

// Setup is what a sensor is started with.
type Setup struct {
	Sensor // its name and timing
	Map    *road.Map
	Seed   uint64 // of the run

	shared *shared
}

// shared is what the sensors of a rig have in common.
type shared struct{ builder *scene.Builder }

// Stream returns the sensor's random stream for a purpose. The purpose "dropout" is the
// rig's.
func (s *Setup) Stream(purpose string) rng.Stream { return stream(s.Seed, s.Name, purpose) }

func stream(seed uint64, sensor, purpose string) rng.Stream {
	return rng.New(seed, "sensor/"+sensor, purpose)
}

// sceneBuilder returns the scene builder of the map, which all cameras of a rig share.
func (s *Setup) sceneBuilder() (*scene.Builder, error) {
	if s.shared.builder == nil {
		var err error
		if s.shared.builder, err = scene.NewBuilder(s.Map); err != nil {
			return nil, err
		}
	}
	return s.shared.builder, nil
}

// Sensors measure the world and deliver each message when it arrives.
type Sensors interface {
	// Sample makes the sensors measure that are due. It is called once per tick of the world.
	Sample(w World)
	// Observe returns the messages that arrived since the last call. The next call
	// overwrites them.
	Observe(now clock.Tick) *sensor.Observation
	// Clone returns sensors that continue exactly as these would, including the messages
	// in transit.
	Clone() Sensors
}

// Rig is the set of sensors of a car in a run. It is not safe for concurrent use.
type Rig struct {
	sensors   []running // those that are switched on, in the order of the configuration
	inTransit []transit // in order of arrival
	obs       sensor.Observation
}

// running is a sensor in a run.
type running struct {
	timing   Timing
	device   Device
	dropouts rng.Stream
}

// transit is a message on its way from a sensor, which keeps it.
type transit struct {
	arrives clock.Tick
	sensor  int
}

// New returns the sensors for a run on a map with a seed.
func New(c Config, m *road.Map, seed uint64) (*Rig, error) {
	if err := c.check(); err != nil {
		return nil, fmt.Errorf("rig: %w", err)
	}
	r := new(Rig)
	common := new(shared)
	for _, s := range c.Sensors {
		if s.Period == 0 {
			continue
		}
		device, err := s.Model.Start(&Setup{Sensor: s, Map: m, Seed: seed, shared: common})
		if err != nil {
			return nil, fmt.Errorf("rig: starting the sensor %s: %w", s.Name, err)
		}
		r.sensors = append(r.sensors, running{s.Timing, device, stream(seed, s.Name, "dropout")})
	}
	return r, nil
}

// Sample takes the measurements that are due. Call it at every tick of the
// world, including the first.
func (r *Rig) Sample(w World) {
	now := w.Time()
	for i := range r.sensors {
		s := &r.sensors[i]
		if now%s.timing.Period != 0 || s.timing.lost(now, &s.dropouts) {
			continue
		}
		s.device.Measure(w)
		arrives := now + s.timing.Latency
		if now == 0 && s.timing.ReadyAtStart {
			arrives = 0
		}
		r.send(transit{arrives, i})
	}
}

// send inserts a message in order of arrival, and of the sensors for equal times.
func (r *Rig) send(m transit) {
	i := len(r.inTransit)
	for i > 0 && (r.inTransit[i-1].arrives > m.arrives || r.inTransit[i-1].arrives == m.arrives && r.inTransit[i-1].sensor > m.sensor) {
		i--
	}
	r.inTransit = slices.Insert(r.inTransit, i, m)
}

// Observe returns the messages that arrived since the last call, up to now. The
// next call overwrites them.
func (r *Rig) Observe(now clock.Tick) *sensor.Observation {
	o := &r.obs
	*o = sensor.Observation{
		Now: now, Frames: o.Frames[:0], Scans: o.Scans[:0], Radars: o.Radars[:0],
		Odometry: o.Odometry[:0], GNSS: o.GNSS[:0], Other: o.Other[:0],
	}
	n := 0
	for n < len(r.inTransit) && r.inTransit[n].arrives <= now {
		r.sensors[r.inTransit[n].sensor].device.Deliver(o)
		n++
	}
	r.inTransit = slices.Delete(r.inTransit, 0, n)
	return o
}

// Clone returns a rig that continues exactly as r would, including the messages
// in transit. The two share immutable data, and the messages in transit until
// they arrive.
func (r *Rig) Clone() Sensors {
	c := &Rig{sensors: slices.Clone(r.sensors), inTransit: slices.Clone(r.inTransit)}
	for i := range c.sensors {
		c.sensors[i].device = r.sensors[i].device.Clone()
	}
	return c
}

// frameOf returns the pose in the map of a sensor that is mounted on the car.
func frameOf(ego *actor.Actor, m *sensor.Mount) geom.Pose {
	return ego.State.Pose.Compose(geom.Pose{X: m.X, Y: m.Y, Yaw: m.Yaw})
}
