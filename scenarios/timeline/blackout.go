package timeline

import (
	"context"
	"fmt"

	"roadloop/oracle"
	"roadloop/perception"
	"roadloop/sim/clock"
	"roadloop/sim/rig"
	"roadloop/sim/sensor"
)

// Blackout drops all messages of a sensor for a time.
type Blackout struct {
	Sensor string     `json:"sensor"`        // camera, lidar, radar, odometry or gnss
	For    clock.Tick `json:"for,omitempty"` // 0 for the rest of the drive
}

// String describes the change.
func (c Blackout) String() string {
	if c.For == 0 {
		return c.Sensor + " silent from now on"
	}
	return fmt.Sprintf("%s silent for %v", c.Sensor, c.For)
}

// dropMessages drops the messages of a sensor from an observation, by sensor.
var dropMessages = map[string]func(*sensor.Observation){
	"camera":   func(o *sensor.Observation) { o.Frames = o.Frames[:0] },
	"lidar":    func(o *sensor.Observation) { o.Scans = o.Scans[:0] },
	"radar":    func(o *sensor.Observation) { o.Radars = o.Radars[:0] },
	"odometry": func(o *sensor.Observation) { o.Odometry = o.Odometry[:0] },
	"gnss":     func(o *sensor.Observation) { o.GNSS = o.GNSS[:0] },
}

func (c Blackout) apply(s *present) error {
	from, to, err := s.span(c.For)
	if err != nil {
		return err
	}
	drop, ok := dropMessages[c.Sensor]
	if !ok {
		return fmt.Errorf("unknown sensor %q; sensors: camera, lidar, radar, odometry, gnss", c.Sensor)
	}
	session := s.ride.Session
	session.WrapSensors(func(in rig.Sensors) rig.Sensors { return &silencedSensors{in, drop, from, to} })
	if stack := session.Driver().Stack(); stack != nil && stack.Perceiver.Pipeline() == nil {
		var silent rig.Config
		timing, err := silent.Timing(c.Sensor)
		if err != nil {
			return err
		}
		timing.Blackout = [2]clock.Tick{from, to}
		stack.Perceiver = &degradedOracle{stack.Perceiver, silent}
	}
	return nil
}

// degradedOracle is a Perceiver with ground truth. Its health reports a silent sensor.
type degradedOracle struct {
	perception.Perceiver
	silent rig.Config // its blackout
}

// Perceive returns the scene with the age of the last message of the sensor.
func (p *degradedOracle) Perceive(ctx context.Context, obs *sensor.Observation) (*perception.Scene, error) {
	scene, err := p.Perceiver.Perceive(ctx, obs)
	if err != nil {
		return nil, err
	}
	h, silent := &scene.Health, oracle.Health(&p.silent, obs.Now)
	h.CameraAge = max(h.CameraAge, silent.CameraAge)
	h.LidarAge = max(h.LidarAge, silent.LidarAge)
	h.RadarAge = max(h.RadarAge, silent.RadarAge)
	h.LocalizationAge = max(h.LocalizationAge, silent.LocalizationAge)
	return scene, nil
}

// Clone returns a copy around a copy of the perceiver.
func (p *degradedOracle) Clone() perception.Perceiver {
	return &degradedOracle{p.Perceiver.Clone(), p.silent}
}

// silencedSensors drops the messages of one sensor for a time.
type silencedSensors struct {
	rig.Sensors
	drop     func(*sensor.Observation)
	from, to clock.Tick
}

// Observe returns the messages that arrived, without those of the silent sensor.
func (s *silencedSensors) Observe(now clock.Tick) *sensor.Observation {
	o := s.Sensors.Observe(now)
	if now >= s.from && now < s.to {
		s.drop(o)
	}
	return o
}

// Clone returns a copy around a copy of the sensors.
func (s *silencedSensors) Clone() rig.Sensors {
	return &silencedSensors{s.Sensors.Clone(), s.drop, s.from, s.to}
}
