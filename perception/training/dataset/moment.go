package dataset

import (
	"errors"
	"fmt"
	"slices"

	"roadloop/perception/training/synth"
	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/rig"
	"roadloop/sim/road"
	"roadloop/sim/scene"
	"roadloop/sim/sensor"
)

// place is the position of a frame in a data set.
type place struct {
	Number   int    `json:"-"`
	Subset   Subset `json:"subset"`
	Sequence int    `json:"sequence"` // number of its drive, from 0; alone for random worlds
	Index    int    `json:"index"`    // in its drive
	Key      bool   `json:"key"`      // a key frame of nuScenes
}

// alone is the Sequence of a frame that belongs to no drive.
const alone = -1

// exportFrame is a moment to write: the frames of all cameras, and what the other sensors
// measure.
type exportFrame struct {
	*synth.Frame // of the first camera
	place
	number int
	shots  []shot
	world  rig.World
	time   float64 // s since the start of the drive
	period float64 // s between two frames of the drive, 0 for random worlds
	mapID  string  // distinguishes maps
	scan   *sensor.Scan
	radars []sensor.RadarScan
	about  metadata
	mask   func() ([]byte, error) // the drivable area of the map as a PNG
}

// shot is the frame of a camera.
type shot struct {
	camera string // its name in the rig
	*synth.Frame
}

// source has the frames of a data set.
type source interface {
	// numbers returns the number of the first frame and of the one after the last.
	numbers() (first, end int)
	// producer returns a producer for one goroutine.
	producer() (producer, error)
}

// producer makes the frames of a data set.
type producer interface {
	// moment makes a frame, which the next call overwrites.
	moment(number int) (*exportFrame, error)
}

// source returns the frames of an export.
func (e *Export) source(sensors rig.Config, depth bool) (source, error) {
	shares := shares{val: e.Val, test: e.Test}
	if err := shares.check(); err != nil {
		return nil, err
	}
	if len(e.Drives) > 0 {
		return newDriven(e.Drives, sensors, depth, shares)
	}
	s := e.Stream
	s.Depth, s.Surround = depth, e.Rig != ""
	r := &randomWorlds{stream: s, sensors: sensors, first: e.First, end: e.First + e.Frames, shares: shares}
	_, err := r.producer() // reports errors before files are written
	return r, err
}

// sensors returns the sensors of an export.
func (e *Export) sensors() (rig.Config, error) {
	if e.Sensors != nil {
		return e.Sensors.Clone(), nil
	}
	if e.Rig != "" {
		c, err := rig.Named(e.Rig)
		return onlyCameras(c), err
	}
	c := onlyCamera(rig.Default(), sensor.DefaultCamera)
	if e.Stream.Camera != nil {
		if err := rig.Change(&c, sensor.DefaultCamera, func(m *rig.Camera) { m.Calibration = *e.Stream.Camera }); err != nil {
			return c, err
		}
	}
	return onlyCameras(c), nil
}

// onlyCameras returns the cameras of a rig.
func onlyCameras(c rig.Config) rig.Config {
	return filter(c, func(s *rig.Sensor) bool { _, ok := s.Model.(rig.Camera); return ok })
}

// onlyCamera returns a rig without the other cameras.
func onlyCamera(c rig.Config, name string) rig.Config {
	return filter(c, func(s *rig.Sensor) bool { _, ok := s.Model.(rig.Camera); return !ok || s.Name == name })
}

// filter returns the sensors of a rig for which keep is true.
func filter(c rig.Config, keep func(*rig.Sensor) bool) rig.Config {
	c = c.Clone()
	c.Sensors = slices.DeleteFunc(c.Sensors, func(s rig.Sensor) bool { return !keep(&s) })
	return c
}

// checkSensors returns an error if a layout cannot hold the sensors.
func checkSensors(c *rig.Config, l layout) error {
	if c.Cameras() == 0 {
		return errors.New("the rig has no camera")
	}
	lidars := 0
	for s := range rig.Of[rig.Lidar](c) {
		if lidars++; !l.holds().lidar {
			return fmt.Errorf("sensor %s: the format cannot hold a lidar", s.Name)
		}
	}
	if lidars > 1 {
		return fmt.Errorf("the rig has %d lidars: want at most one", lidars)
	}
	for s := range rig.Of[rig.Radar](c) {
		if !l.holds().radar {
			return fmt.Errorf("sensor %s: the format cannot hold a radar", s.Name)
		}
	}
	return nil
}

// ranging returns the lidar and the radars of a rig, timed so that every measurement
// arrives at once.
func ranging(c rig.Config) rig.Config {
	c = filter(c, func(s *rig.Sensor) bool {
		switch s.Model.(type) {
		case rig.Lidar, rig.Radar:
			return true
		}
		return false
	})
	for i := range c.Sensors {
		c.Sensors[i].Timing = rig.Timing{Period: 1}
	}
	return c
}

// measure measures a world with the lidar and the radars. The seed determines the noise,
// so that no measurement depends on another one.
func (s *exportFrame) measure(c rig.Config, seed uint64) error {
	s.scan, s.radars = nil, nil
	if len(c.Sensors) == 0 {
		return nil
	}
	r, err := rig.New(c, s.world.Map(), seed)
	if err != nil {
		return err
	}
	r.Sample(s.world)
	o := r.Observe(s.world.Time())
	for i := range o.Scans {
		s.scan = &o.Scans[i]
	}
	s.radars = o.Radars
	return nil
}

// stillWorld is a random situation as a world for sensors: nothing moves.
type stillWorld struct {
	m    *road.Map
	view *scene.FrameState
	ego  actor.Actor
}

func newStillWorld(m *road.Map, v *scene.FrameState) *stillWorld {
	ego := actor.Actor{Kind: actor.Car, Shape: actor.DefaultShape(actor.Car)}
	ego.State.Pose = v.Ego
	return &stillWorld{m, v, ego}
}

// Time implements rig.World.
func (w *stillWorld) Time() clock.Tick { return w.view.Time }

// Ego implements rig.World.
func (w *stillWorld) Ego() *actor.Actor { return &w.ego }

// Actors implements rig.World.
func (w *stillWorld) Actors() []actor.Actor { return w.view.Actors }

// Signals implements rig.World.
func (w *stillWorld) Signals() []road.SignalState { return w.view.Signals }

// Map implements rig.World.
func (w *stillWorld) Map() *road.Map { return w.m }

// Conditions implements rig.World.
func (w *stillWorld) Conditions() scene.Conditions { return w.view.Conditions }
