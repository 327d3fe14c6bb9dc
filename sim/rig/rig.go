// Package rig models the sensors of the car under test: camera, lidar, radar,
// GNSS, and odometry. Each sensor has its own rate, latency, noise, dropouts and
// false returns, all in virtual time. Each sensor also has its own random
// streams, so that switching one off does not change another.
//
// The rig measures the true world; its only output is sensor messages.
package rig

import (
	"fmt"

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

// Timing is the measurement period and the latency of a sensor, in ticks. A
// Period of 0 switches the sensor off.
type Timing struct {
	Period, Latency clock.Tick
	// Dropout is the probability that a message is lost.
	Dropout float64
	// Blackout is an interval, from Blackout[0] to Blackout[1], in which all messages are
	// lost.
	Blackout [2]clock.Tick
}

// CameraConfig describes the camera.
type CameraConfig struct {
	Timing
	Calibration sensor.Camera
	Noise       float64 // standard deviation in 8-bit levels
	Dirt        float64 // share of the lens that is covered, 0..1
}

// LidarConfig describes the lidar, with a field of view of 360°.
type LidarConfig struct {
	Timing
	Mount      sensor.Mount
	Azimuths   int       // rays per revolution and ring
	Rings      []float64 // elevations of the rays, rad
	Range      float64   // m
	RangeStd   float64   // m
	Miss       float64   // probability that a ray returns nothing, in clear air
	FalseAlarm float64   // probability that a ray returns rain or dust, in heavy rain
}

// RadarConfig describes the forward radar.
type RadarConfig struct {
	Timing
	Mount       sensor.Mount
	Range       float64 // m
	HalfAngle   float64 // rad
	RangeStd    float64 // m
	AzimuthStd  float64 // rad
	DopplerStd  float64 // m/s
	Detection   float64 // probability of detecting a near car
	FalseAlarms float64 // expected number per measurement
	// Clutter scales the echo probability of roadside objects; 1 is normal.
	Clutter float64
}

// OdometryConfig describes wheel speed, steering angle and inertial sensors.
type OdometryConfig struct {
	Timing
	SpeedScale, SpeedStd    float64 // standard deviations: of the constant relative error, and m/s
	YawRateBias, YawRateStd float64 // rad/s
	AccelStd                float64 // m/s²
}

// GNSSConfig describes the satellite receiver.
type GNSSConfig struct {
	Timing
	PosStd float64 // white, per axis, m
	Drift  float64 // slow error, per axis, m
	YawStd float64 // rad
}

// Config describes all sensors of a car.
type Config struct {
	Camera   CameraConfig
	Lidar    LidarConfig
	Radar    RadarConfig
	Odometry OdometryConfig
	GNSS     GNSSConfig
}

// Default returns the sensors of the default car: a front camera at 20 Hz, a
// lidar at 10 Hz, a radar at 20 Hz, RTK-grade GNSS and odometry.
func Default() Config {
	return Config{
		Camera: CameraConfig{Timing: Timing{Period: 5, Latency: 4, Dropout: .002}, Calibration: sensor.FrontCamera(), Noise: 2},
		Lidar: LidarConfig{Timing: Timing{Period: 10, Latency: 3}, Mount: sensor.Mount{X: 1.2, Z: 1.75},
			Azimuths: 720, Rings: []float64{-.2, -.12, -.06, -.035, -.02, .01}, Range: 70, RangeStd: .03, Miss: .03, FalseAlarm: .004},
		Radar: RadarConfig{Timing: Timing{Period: 5, Latency: 3}, Mount: sensor.Mount{X: 3.6, Z: .5},
			Range: 150, HalfAngle: .8, RangeStd: .2, AzimuthStd: .012, DopplerStd: .12, Detection: .95, FalseAlarms: .15, Clutter: 1},
		Odometry: OdometryConfig{Timing: Timing{Period: 1}, SpeedScale: .003, SpeedStd: .03, YawRateBias: .001, YawRateStd: .004, AccelStd: .08},
		GNSS:     GNSSConfig{Timing: Timing{Period: 10, Latency: 6}, PosStd: .025, Drift: .04, YawStd: .004},
	}
}

// Ideal returns Default without noise, losses, false returns and latency.
func Ideal() Config { return Default().Idealized() }

// Idealized returns the same sensors without noise, losses, false returns and
// latency.
func (c Config) Idealized() Config {
	for _, t := range [...]*Timing{&c.Camera.Timing, &c.Lidar.Timing, &c.Radar.Timing, &c.Odometry.Timing, &c.GNSS.Timing} {
		*t = Timing{Period: t.Period}
	}
	c.Camera.Noise, c.Camera.Dirt = 0, 0
	c.Lidar.RangeStd, c.Lidar.Miss, c.Lidar.FalseAlarm = 0, 0, 0
	c.Radar.RangeStd, c.Radar.AzimuthStd, c.Radar.DopplerStd, c.Radar.Detection, c.Radar.FalseAlarms, c.Radar.Clutter = 0, 0, 0, 1, 0, 0
	c.Odometry = OdometryConfig{Timing: c.Odometry.Timing}
	c.GNSS.PosStd, c.GNSS.Drift, c.GNSS.YawStd = 0, 0, 0
	return c
}

// Off returns a configuration without sensors, for drivers that need none.
func Off() Config { return Config{} }

// check returns an error for the first setting out of range.
func (c *Config) check() error {
	for _, s := range c.timings() {
		t := s.Timing
		if t.Period < 0 || t.Latency < 0 || t.Latency > clock.PerSecond || !(t.Dropout >= 0 && t.Dropout <= 1) {
			return fmt.Errorf("%s: timing %+v is out of range", s.name, *t)
		}
	}
	if c.Lidar.Period > 0 && (c.Lidar.Azimuths < 1 || c.Lidar.Azimuths > 10000 || c.Lidar.Range <= 0) {
		return fmt.Errorf("lidar: %d azimuths or range %g m is out of range", c.Lidar.Azimuths, c.Lidar.Range)
	}
	for _, v := range [...]float64{c.Camera.Noise, c.Lidar.RangeStd, c.Lidar.Miss, c.Lidar.FalseAlarm,
		c.Radar.RangeStd, c.Radar.AzimuthStd, c.Radar.DopplerStd, c.Radar.Detection, c.Radar.FalseAlarms, c.Radar.Clutter,
		c.Odometry.SpeedScale, c.Odometry.SpeedStd, c.Odometry.YawRateBias, c.Odometry.YawRateStd, c.Odometry.AccelStd,
		c.GNSS.PosStd, c.GNSS.Drift, c.GNSS.YawStd} {
		if !(v >= 0) {
			return fmt.Errorf("noise or probability %g must not be negative", v)
		}
	}
	if !(c.Camera.Dirt >= 0 && c.Camera.Dirt <= 1) {
		return fmt.Errorf("camera: dirt %g is outside 0 to 1", c.Camera.Dirt)
	}
	if k := &c.Camera.Calibration; c.Camera.Period > 0 && (k.Width < 1 || k.Height < 1 || k.Width*k.Height > 1<<24) {
		return fmt.Errorf("camera: size of %d×%d pixels is out of range", k.Width, k.Height)
	}
	return nil
}

// Timing returns the timing of a sensor: camera, lidar, radar, odometry or gnss.
func (c *Config) Timing(sensor string) (*Timing, error) {
	for _, s := range c.timings() {
		if s.name == sensor {
			return s.Timing, nil
		}
	}
	return nil, fmt.Errorf("unknown sensor %q: want camera, lidar, radar, odometry or gnss", sensor)
}

func (c *Config) timings() []struct {
	name string
	*Timing
} {
	return []struct {
		name string
		*Timing
	}{
		{"camera", &c.Camera.Timing}, {"lidar", &c.Lidar.Timing}, {"radar", &c.Radar.Timing},
		{"odometry", &c.Odometry.Timing}, {"gnss", &c.GNSS.Timing},
	}
}

// Entities of the sensors' random streams.
const (
	entityPrefix = "sensor/"
	cameraEntity = entityPrefix + "camera"
)

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
	config     Config
	cameraPool *renderPool // shared with clones; nil without a camera

	camera, lidar, radar, odometry, gnss rng.Stream
	clutter                              rng.Stream    // of the radar
	dropouts                             [5]rng.Stream // of the sensors in the order of Config

	exposures   queue[Exposure]
	scans       queue[sensor.Scan]
	radars      queue[sensor.RadarScan]
	odos        queue[sensor.Odometry]
	positions   queue[sensor.GNSS]
	arrived     []Exposure
	framePixels [][]byte // pixels of the frames of obs
	obs         sensor.Observation

	speedScale, yawBias float64
	drift               geom.Vec
	ranges              []float64 // range of the nearest hit by ring and azimuth
}

// New returns the sensors for a run on a map with a seed.
func New(c Config, m *road.Map, seed uint64) (*Rig, error) {
	if err := c.check(); err != nil {
		return nil, fmt.Errorf("rig: %w", err)
	}
	stream := func(name, purpose string) rng.Stream { return rng.New(seed, entityPrefix+name, purpose) }
	r := &Rig{
		config: c,
		camera: stream("camera", "noise"), lidar: stream("lidar", "noise"), radar: stream("radar", "noise"),
		odometry: stream("odometry", "noise"), gnss: stream("gnss", "noise"),
		clutter: stream("radar", "clutter"),
	}
	for i, t := range c.timings() {
		r.dropouts[i] = stream(t.name, "dropout")
	}
	r.speedScale = 1 + c.Odometry.SpeedScale*r.odometry.Norm()
	r.yawBias = c.Odometry.YawRateBias * r.odometry.Norm()
	r.drift = geom.Vec{X: c.GNSS.Drift * r.gnss.Norm(), Y: c.GNSS.Drift * r.gnss.Norm()}
	if c.Camera.Period > 0 {
		var err error
		if r.cameraPool, err = newRenderPool(&r.config.Camera, m, seed); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// Camera returns the calibration of the camera.
func (r *Rig) Camera() *sensor.Camera { return &r.config.Camera.Calibration }

// Sample takes the measurements that are due. Call it at every tick of the
// world, including the first.
func (r *Rig) Sample(w World) {
	now := w.Time()
	for i, s := range [...]struct {
		timing  *Timing
		measure func(World, clock.Tick)
	}{
		{&r.config.Camera.Timing, r.sampleCamera}, {&r.config.Lidar.Timing, r.sampleLidar}, {&r.config.Radar.Timing, r.sampleRadar},
		{&r.config.Odometry.Timing, r.sampleOdometry}, {&r.config.GNSS.Timing, r.sampleGNSS},
	} {
		if s.timing.Period > 0 && now%s.timing.Period == 0 && !s.timing.lost(now, &r.dropouts[i]) {
			s.measure(w, now+s.timing.Latency)
		}
	}
}

// lost draws whether the message of this measurement is lost.
func (t *Timing) lost(now clock.Tick, r *rng.Stream) bool {
	dark := now >= t.Blackout[0] && now < t.Blackout[1]
	return t.Dropout > 0 && r.Chance(t.Dropout) || dark
}

// Observe returns the messages that arrived since the last call, up to now. The
// next call overwrites them.
func (r *Rig) Observe(now clock.Tick) *sensor.Observation {
	o := &r.obs
	o.Now = now
	r.arrived = r.exposures.take(r.arrived[:0], now, cloneExposure)
	o.Frames = r.renderFrames(o.Frames[:0], r.arrived)
	o.Scans = r.scans.take(o.Scans[:0], now, sensor.Scan.Clone)
	o.Radars = r.radars.take(o.Radars[:0], now, sensor.RadarScan.Clone)
	o.Odometry = r.odos.take(o.Odometry[:0], now, copyValue)
	o.GNSS = r.positions.take(o.GNSS[:0], now, copyValue)
	return o
}

// queue holds messages in transit. Messages and their buffers are reused after
// the observation that delivered them.
type queue[T any] struct {
	inTransit []pending[T]
	delivered []T
	spare     []T
}

type pending[T any] struct {
	message T
	arrives clock.Tick
	shared  bool // with the queue of a clone
}

// next returns an old message, to reuse its buffers.
func (q *queue[T]) next() (m T) {
	if n := len(q.spare); n > 0 {
		m = q.spare[n-1]
		q.spare = q.spare[:n-1]
	}
	return m
}

func (q *queue[T]) send(m T, arrives clock.Tick) {
	q.inTransit = append(q.inTransit, pending[T]{message: m, arrives: arrives})
}

// take appends the messages that have arrived to dst, in order of sending.
func (q *queue[T]) take(dst []T, now clock.Tick, copyOf func(T) T) []T {
	q.spare = append(q.spare, q.delivered...)
	q.delivered = q.delivered[:0]
	keep := q.inTransit[:0]
	for _, f := range q.inTransit {
		if f.arrives <= now {
			if f.shared { // the receiver may change it
				f.message = copyOf(f.message)
			}
			dst = append(dst, f.message)
			q.delivered = append(q.delivered, f.message)
		} else {
			keep = append(keep, f)
		}
	}
	q.inTransit = keep
	return dst
}
