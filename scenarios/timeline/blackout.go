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
	Sensor string     `json:"sensor"`        // its name in the rig
	For    clock.Tick `json:"for,omitempty"` // 0 for the rest of the drive
}

// String describes the change.
func (c Blackout) String() string {
	if c.For == 0 {
		return c.Sensor + " silent from now on"
	}
	return fmt.Sprintf("%s silent for %v", c.Sensor, c.For)
}

func (c Blackout) apply(s *present) error {
	from, to, err := s.span(c.For)
	if err != nil {
		return err
	}
	session := s.ride.Session
	silent := session.Case().Rig.Clone()
	for i := range silent.Sensors {
		silent.Sensors[i].Blackout = [2]clock.Tick{}
	}
	faulty, err := silent.Sensor(c.Sensor)
	if err != nil {
		return err
	}
	faulty.Blackout = [2]clock.Tick{from, to}
	session.WrapSensors(func(in rig.Sensors) rig.Sensors { return &silencedSensors{in, c.Sensor, from, to} })
	if stack := session.Driver().Stack(); stack != nil && stack.Perceiver.Pipeline() == nil {
		stack.Perceiver = &degradedOracle{Perceiver: stack.Perceiver, silent: silent}
	}
	return nil
}

// degradedOracle is a Perceiver with ground truth. Its health reports a silent sensor.
type degradedOracle struct {
	perception.Perceiver
	silent rig.Config // its blackout
	health perception.Health
}

// Perceive returns the scene with the age of the last message of the sensor.
func (p *degradedOracle) Perceive(ctx context.Context, obs *sensor.Observation) (*perception.Scene, error) {
	scene, err := p.Perceiver.Perceive(ctx, obs)
	if err != nil {
		return nil, err
	}
	h, silent := &scene.Health, &p.health
	oracle.Health(silent, &p.silent, obs.Now)
	h.CameraAge = max(h.CameraAge, silent.CameraAge)
	h.LidarAge = max(h.LidarAge, silent.LidarAge)
	h.RadarAge = max(h.RadarAge, silent.RadarAge)
	h.LocalizationAge = max(h.LocalizationAge, silent.LocalizationAge)
	for i := range h.Sensors {
		if age, ok := silent.Age(h.Sensors[i].Sensor); ok {
			h.Sensors[i].Age = max(h.Sensors[i].Age, age)
		}
	}
	return scene, nil
}

// Clone returns a copy around a copy of the perceiver.
func (p *degradedOracle) Clone() perception.Perceiver {
	return &degradedOracle{Perceiver: p.Perceiver.Clone(), silent: p.silent}
}

// silencedSensors drops the messages of one sensor for a time.
type silencedSensors struct {
	rig.Sensors
	name     string
	from, to clock.Tick
}

// Observe returns the messages that arrived, without those of the silent sensor.
func (s *silencedSensors) Observe(now clock.Tick) *sensor.Observation {
	o := s.Sensors.Observe(now)
	if now >= s.from && now < s.to {
		o.Drop(s.name)
	}
	return o
}

// Clone returns a copy around a copy of the sensors.
func (s *silencedSensors) Clone() rig.Sensors {
	return &silencedSensors{s.Sensors.Clone(), s.name, s.from, s.to}
}
