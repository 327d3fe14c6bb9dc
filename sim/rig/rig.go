// Package rig models the sensors of the car under test: camera, lidar, radar,
// GNSS, and odometry. Each has its rate, latency, noise, dropouts and false
// returns, all in virtual time, and each draws from a stream of its own, so that
// switching one off changes nothing of another.
//
// The rig measures the true world; what leaves it are only sensor messages.
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

// World is what a rig measures.
type World interface {
	Time() clock.Tick
	Ego() *actor.Actor
	Actors() []actor.Actor
	Signals() []road.SignalState
	Map() *road.Map
	Conditions() scene.Conditions
}

// Timing is when a sensor measures and when its message arrives, in ticks. A
// Period of 0 switches the sensor off.
type Timing struct {
	Period, Latency clock.Tick
	// Dropout is the probability that a message is lost.
	Dropout float64
	// Blackout is the time from Blackout[0] to Blackout[1] in which nothing arrives.
	Blackout [2]clock.Tick
}

// CameraConfig describes the camera.
type CameraConfig struct {
	Timing
	Calibration sensor.Camera
	Noise       float64 // standard deviation in 8-bit steps
	Dirt        float64 // share of the lens that is covered, 0..1
}

// LidarConfig describes the lidar, spinning over the full circle.
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

// RadarConfig describes the radar, looking forward.
type RadarConfig struct {
	Timing
	Mount       sensor.Mount
	Range       float64 // m
	HalfAngle   float64 // rad
	RangeStd    float64 // m
	AzimuthStd  float64 // rad
	DopplerStd  float64 // m/s
	Detection   float64 // probability of seeing a car close by
	FalseAlarms float64 // expected number per measurement
	// Clutter scales how often roadside objects return an echo; 1 is usual.
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

// Default is the car that roadloop drives: a front camera at 20 Hz, a lidar at
// 10 Hz, a radar at 20 Hz, RTK-grade GNSS and odometry.
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

// Ideal is Default without noise, losses, false returns and latency.
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

// Off is a rig without sensors, for drivers that need none.
func Off() Config { return Config{} }

// check reports the first setting out of range.
func (c *Config) check() error {
	for _, s := range c.timings() {
		t := s.Timing
		if t.Period < 0 || t.Latency < 0 || t.Latency > clock.PerSecond || !(t.Dropout >= 0 && t.Dropout <= 1) {
			return fmt.Errorf("%s: timing %+v", s.name, *t)
		}
	}
	if c.Lidar.Period > 0 && (c.Lidar.Azimuths < 1 || c.Lidar.Azimuths > 10000 || c.Lidar.Range <= 0) {
		return fmt.Errorf("lidar: %d azimuths, range %g m", c.Lidar.Azimuths, c.Lidar.Range)
	}
	for _, v := range [...]float64{c.Camera.Noise, c.Lidar.RangeStd, c.Lidar.Miss, c.Lidar.FalseAlarm,
		c.Radar.RangeStd, c.Radar.AzimuthStd, c.Radar.DopplerStd, c.Radar.Detection, c.Radar.FalseAlarms, c.Radar.Clutter,
		c.Odometry.SpeedScale, c.Odometry.SpeedStd, c.Odometry.YawRateBias, c.Odometry.YawRateStd, c.Odometry.AccelStd,
		c.GNSS.PosStd, c.GNSS.Drift, c.GNSS.YawStd} {
		if !(v >= 0) {
			return fmt.Errorf("a noise or a probability is %g", v)
		}
	}
	if !(c.Camera.Dirt >= 0 && c.Camera.Dirt <= 1) {
		return fmt.Errorf("camera: %g of the lens is dirty, want 0 to 1", c.Camera.Dirt)
	}
	if k := &c.Camera.Calibration; c.Camera.Period > 0 && (k.Width < 1 || k.Height < 1 || k.Width*k.Height > 1<<24) {
		return fmt.Errorf("camera: %d×%d pixels", k.Width, k.Height)
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
	return nil, fmt.Errorf("sensor %q is none of camera, lidar, radar, odometry and gnss", sensor)
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

// Sensors draw from the streams of entities of their own.
const (
	entityPrefix = "sensor/"
	cameraEntity = entityPrefix + "camera"
)

// Sensors measure the world and deliver each message when it arrives.
type Sensors interface {
	// Sample makes the sensors measure that are due, once for every tick of the world.
	Sample(w World)
	// Observe returns what arrived since the last call, which overwrites it.
	Observe(now clock.Tick) *sensor.Observation
	// Clone returns sensors that go on exactly as these would, with the messages that
	// are on their way.
	Clone() Sensors
}

// Rig is the sensors of a car in a run. It is not safe for concurrent use.
type Rig struct {
	config Config
	dark   *darkroom // shared with clones; nil without a camera

	camera, lidar, radar, odometry, gnss rng.Stream
	clutter                              rng.Stream    // of the radar
	dropouts                             [5]rng.Stream // of the sensors in the order of Config

	exposures queue[Exposure]
	scans     queue[sensor.Scan]
	radars    queue[sensor.RadarScan]
	odos      queue[sensor.Odometry]
	fixes     queue[sensor.GNSS]
	arrived   []Exposure
	films     [][]byte // pixels of the frames of obs
	obs       sensor.Observation

	speedScale, yawBias float64
	drift               geom.Vec
	ranges              []float64 // nearest hit by ring and azimuth
}

// New mounts the sensors for a run on a map with a seed.
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
		if r.dark, err = newDarkroom(&r.config.Camera, m, seed); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// Camera returns the calibration of the camera.
func (r *Rig) Camera() *sensor.Camera { return &r.config.Camera.Calibration }

// Sample lets every sensor measure whose turn it is. It is called at every tick
// of the world, the first included.
func (r *Rig) Sample(w World) {
	now := w.Time()
	for i, s := range [...]struct {
		timing  *Timing
		measure func(World, clock.Tick)
	}{
		{&r.config.Camera.Timing, r.shoot}, {&r.config.Lidar.Timing, r.spin}, {&r.config.Radar.Timing, r.ping},
		{&r.config.Odometry.Timing, r.count}, {&r.config.GNSS.Timing, r.fix},
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

// Observe returns what arrived since the last call, up to now. It is overwritten
// by the next call.
func (r *Rig) Observe(now clock.Tick) *sensor.Observation {
	o := &r.obs
	o.Now = now
	r.arrived = r.exposures.take(r.arrived[:0], now, cloneExposure)
	o.Frames = r.develop(o.Frames[:0], r.arrived)
	o.Scans = r.scans.take(o.Scans[:0], now, cloneScan)
	o.Radars = r.radars.take(o.Radars[:0], now, cloneRadarScan)
	o.Odometry = r.odos.take(o.Odometry[:0], now, same)
	o.GNSS = r.fixes.take(o.GNSS[:0], now, same)
	return o
}

// queue holds messages on their way. Messages are reused with their buffers once
// the observation that delivered them is over.
type queue[T any] struct {
	flying    []flight[T]
	delivered []T
	spare     []T
}

type flight[T any] struct {
	message T
	arrives clock.Tick
	shared  bool // with the queue of a clone
}

// next returns a message whose buffers may be reused.
func (q *queue[T]) next() (m T) {
	if n := len(q.spare); n > 0 {
		m = q.spare[n-1]
		q.spare = q.spare[:n-1]
	}
	return m
}

func (q *queue[T]) send(m T, arrives clock.Tick) {
	q.flying = append(q.flying, flight[T]{message: m, arrives: arrives})
}

// take appends the messages that have arrived to dst, in order of sending.
func (q *queue[T]) take(dst []T, now clock.Tick, copyOf func(T) T) []T {
	q.spare = append(q.spare, q.delivered...)
	q.delivered = q.delivered[:0]
	keep := q.flying[:0]
	for _, f := range q.flying {
		if f.arrives <= now {
			if f.shared { // who receives it may change it
				f.message = copyOf(f.message)
			}
			dst = append(dst, f.message)
			q.delivered = append(q.delivered, f.message)
		} else {
			keep = append(keep, f)
		}
	}
	q.flying = keep
	return dst
}
