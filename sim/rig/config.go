package rig

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"math"
	"slices"
	"strings"

	"roadloop/sim/clock"
	"roadloop/sim/rng"
	"roadloop/sim/sensor"
)

// Config describes the sensors of a car. Their order is that of messages that arrive
// together. The zero value has no sensors.
type Config struct{ Sensors []Sensor }

// Sensor is a sensor of a rig.
type Sensor struct {
	Name string // unique in the rig
	Timing
	Model Model
}

// Timing is the measurement period and the latency of a sensor, in ticks. A
// Period of 0 switches the sensor off.
type Timing struct {
	Period, Latency clock.Tick
	// Dropout is the probability that a message is lost.
	Dropout float64
	// Blackout is an interval, from Blackout[0] to Blackout[1], in which all messages are
	// lost.
	Blackout [2]clock.Tick
	// ReadyAtStart means that the message of the start of a run arrives at once.
	ReadyAtStart bool
}

// Silent reports whether the sensor has a blackout at a time.
func (t *Timing) Silent(now clock.Tick) bool { return now >= t.Blackout[0] && now < t.Blackout[1] }

// lost draws whether the message of this measurement is lost.
func (t *Timing) lost(now clock.Tick, r *rng.Stream) bool {
	return t.Dropout > 0 && r.Chance(t.Dropout) || t.Silent(now)
}

// Default returns the sensors of the default car: a front camera at 20 Hz, a
// lidar at 10 Hz, a radar at 20 Hz, RTK-grade GNSS and odometry.
func Default() Config {
	return Config{[]Sensor{
		camera(sensor.DefaultCamera, sensor.FrontCamera()),
		{sensor.DefaultLidar, Timing{Period: 10, Latency: 3}, Lidar{
			Calibration: sensor.RoofLidar(), Azimuths: 720, Range: 70, RangeStd: .03, Miss: .03, FalseAlarm: .004}},
		{sensor.DefaultRadar, Timing{Period: 5, Latency: 3}, Radar{
			Mount: sensor.Mount{X: 3.6, Z: .5},
			Range: 150, HalfAngle: .8, RangeStd: .2, AzimuthStd: .012, DopplerStd: .12, Detection: .95, FalseAlarms: .15, Clutter: 1}},
		{sensor.DefaultOdometry, Timing{Period: 1}, Odometry{SpeedScale: .003, SpeedStd: .03, YawRateBias: .001, YawRateStd: .004, AccelStd: .08}},
		{sensor.DefaultGNSS, Timing{Period: 10, Latency: 6, ReadyAtStart: true}, GNSS{PosStd: .025, Drift: .04, YawStd: .004}},
	}}
}

// camera returns a camera of the shipped rigs.
func camera(name string, c sensor.Camera) Sensor {
	return Sensor{name, Timing{Period: 5, Latency: 4, Dropout: .002}, Camera{Calibration: c, Noise: 2}}
}

// Surround returns the sensors of Default and three more cameras: to the left and to the
// right, next to the view of the front camera, and to the rear. All cameras have the
// resolution and the field of view of the front camera, so that one network reads the
// frames of all.
func Surround() Config {
	c := Default()
	for _, k := range []struct {
		side  string
		mount sensor.Mount
	}{
		{"left", sensor.Mount{X: 1.9, Y: .9, Z: 1.3, Yaw: math.Pi / 3, Pitch: .02}},
		{"right", sensor.Mount{X: 1.9, Y: -.9, Z: 1.3, Yaw: -math.Pi / 3, Pitch: .02}},
		{"rear", sensor.Mount{X: -.5, Z: 1.4, Yaw: math.Pi, Pitch: .02}},
	} {
		cal := sensor.FrontCamera()
		cal.Name, cal.Mount = k.side, k.mount
		c.Sensors = append(c.Sensors, camera("camera-"+k.side, cal))
	}
	return c
}

// rigs are the shipped rigs by name.
var rigs = []struct {
	name string
	rig  func() Config
}{{DefaultName, Default}, {"surround", Surround}}

// DefaultName is the name of the rig of Default.
const DefaultName = "default"

// Names returns the names of the shipped rigs.
func Names() []string {
	var names []string
	for _, r := range rigs {
		names = append(names, r.name)
	}
	return names
}

// Named returns the shipped rig with a name.
func Named(name string) (Config, error) {
	for _, r := range rigs {
		if r.name == name {
			return r.rig(), nil
		}
	}
	return Config{}, fmt.Errorf("unknown rig %q: want %s", name, strings.Join(Names(), " or "))
}

// Ideal returns Default without noise, losses, false returns and latency.
func Ideal() Config { return Default().Idealized() }

// Off returns a configuration without sensors, for drivers that need none.
func Off() Config { return Config{} }

// Clone returns a copy with its own list of sensors.
func (c Config) Clone() Config { return Config{slices.Clone(c.Sensors)} }

// Idealized returns the same sensors without noise, losses, false returns and
// latency.
func (c Config) Idealized() Config {
	c = c.Clone()
	for i := range c.Sensors {
		s := &c.Sensors[i]
		s.Timing, s.Model = Timing{Period: s.Period}, s.Model.Ideal()
	}
	return c
}

// Only returns the sensors with the given names, in the order of c.
func (c Config) Only(names ...string) Config {
	c = c.Clone()
	c.Sensors = slices.DeleteFunc(c.Sensors, func(s Sensor) bool { return !slices.Contains(names, s.Name) })
	return c
}

// Sensor returns the sensor with a name, to read or change it.
func (c *Config) Sensor(name string) (*Sensor, error) {
	i := slices.IndexFunc(c.Sensors, func(s Sensor) bool { return s.Name == name })
	if i < 0 {
		return nil, fmt.Errorf("unknown sensor %q: the rig has %s", name, cmp.Or(strings.Join(c.Names(), ", "), "no sensors"))
	}
	return &c.Sensors[i], nil
}

// Names returns the names of the sensors in order.
func (c *Config) Names() []string {
	names := make([]string, len(c.Sensors))
	for i := range c.Sensors {
		names[i] = c.Sensors[i].Name
	}
	return names
}

// Of returns the sensors of a rig that have a model of type M, with their models.
func Of[M Model](c *Config) iter.Seq2[*Sensor, M] {
	return func(yield func(*Sensor, M) bool) {
		for i := range c.Sensors {
			if m, ok := c.Sensors[i].Model.(M); ok && !yield(&c.Sensors[i], m) {
				return
			}
		}
	}
}

// ModelOf returns the model of a sensor, which must be of type M.
func ModelOf[M Model](c *Config, name string) (m M, err error) {
	s, err := c.Sensor(name)
	if err != nil {
		return m, err
	}
	m, ok := s.Model.(M)
	if !ok {
		return m, fmt.Errorf("the sensor %s is a %T, not a %T", name, s.Model, m)
	}
	return m, nil
}

// Change changes the settings of a sensor that has a model of type M.
func Change[M Model](c *Config, name string, change func(*M)) error {
	m, err := ModelOf[M](c, name)
	if err != nil {
		return err
	}
	s, err := c.Sensor(name)
	if err != nil {
		return err
	}
	change(&m)
	s.Model = m
	return nil
}

// Camera returns a camera by name. The name "" means the front camera: the first that
// looks forward, on which planning relies.
func (c *Config) Camera(name string) (*Sensor, Camera, error) {
	var names []string
	for s, m := range Of[Camera](c) {
		if name == "" && m.Calibration.LooksForward() || s.Name == name {
			return s, m, nil
		}
		names = append(names, s.Name)
	}
	switch {
	case len(names) == 0:
		return nil, Camera{}, errors.New("the rig has no camera")
	case name == "":
		return nil, Camera{}, fmt.Errorf("no camera of the rig looks forward: it has %s", strings.Join(names, ", "))
	}
	return nil, Camera{}, fmt.Errorf("unknown camera %q: the rig has %s", name, strings.Join(names, ", "))
}

// Cameras returns the number of cameras.
func (c *Config) Cameras() (n int) {
	for range Of[Camera](c) {
		n++
	}
	return n
}

// FrontCamera returns the name of the front camera, "" if the rig has none.
func (c *Config) FrontCamera() string {
	s, _, err := c.Camera("")
	if err != nil {
		return ""
	}
	return s.Name
}

// check returns an error for the first setting out of range.
func (c *Config) check() error {
	for i := range c.Sensors {
		s := &c.Sensors[i]
		if s.Name == "" {
			return fmt.Errorf("sensor %d has no name", i+1)
		}
		if slices.ContainsFunc(c.Sensors[:i], func(b Sensor) bool { return b.Name == s.Name }) {
			return fmt.Errorf("two sensors have the name %q: the rig has %s", s.Name, strings.Join(c.Names(), ", "))
		}
		if s.Period < 0 || s.Latency < 0 || s.Latency > clock.PerSecond || !(s.Dropout >= 0 && s.Dropout <= 1) {
			return fmt.Errorf("%s: timing %+v is out of range", s.Name, s.Timing)
		}
		if s.Model == nil {
			return fmt.Errorf("%s: no model", s.Name)
		}
		if err := s.Model.Check(); err != nil {
			return fmt.Errorf("%s: %w", s.Name, err)
		}
	}
	return nil
}

// checkAll returns an error if a noise or probability is negative or not a number.
func checkAll(values ...float64) error {
	for _, v := range values {
		if !(v >= 0) {
			return fmt.Errorf("noise or probability %g must not be negative", v)
		}
	}
	return nil
}
