package tape

import (
	"fmt"

	"roadloop"
	"roadloop/perception"
	"roadloop/sim"
	"roadloop/sim/clock"
	"roadloop/sim/sensor"
)

// Silence lets a sensor fall silent: none of its messages arrives.
type Silence struct {
	Sensor string     `json:"sensor"`        // camera, lidar, radar, odometry or gnss
	For    clock.Tick `json:"for,omitempty"` // 0 for the rest of the drive
}

// String says in words what changes.
func (c Silence) String() string {
	if c.For == 0 {
		return c.Sensor + " silent from now on"
	}
	return fmt.Sprintf("%s silent for %v", c.Sensor, c.For)
}

// hush drops the messages of a sensor from an observation.
var hush = map[string]func(*sensor.Observation){
	"camera":   func(o *sensor.Observation) { o.Frames = o.Frames[:0] },
	"lidar":    func(o *sensor.Observation) { o.Scans = o.Scans[:0] },
	"radar":    func(o *sensor.Observation) { o.Radars = o.Radars[:0] },
	"odometry": func(o *sensor.Observation) { o.Odometry = o.Odometry[:0] },
	"gnss":     func(o *sensor.Observation) { o.GNSS = o.GNSS[:0] },
}

func (c Silence) make(s *site) error {
	from, to, err := s.span(c.For)
	if err != nil {
		return err
	}
	drop, ok := hush[c.Sensor]
	if !ok {
		return fmt.Errorf("sensor %q is none of camera, lidar, radar, odometry and gnss", c.Sensor)
	}
	if stack, ok := s.ride.Session.Driver().(*roadloop.Stack); ok && sensesOf(stack) == nil {
		o := oracleOf(stack)
		if o == nil {
			return fmt.Errorf("the driver listens to no sensors")
		}
		return o.Silence(c.Sensor, from, to)
	}
	s.ride.Session.Mount(func(in roadloop.Sensors) roadloop.Sensors { return &silenced{in, drop, from, to} })
	return nil
}

// oracleOf returns the oracle of a driver that tells of silent sensors, nil where it
// has none.
func oracleOf(stack *roadloop.Stack) *roadloop.Oracle {
	o, _ := within(stack.Perceiver, func(p perception.Perceiver) (*roadloop.Oracle, bool) {
		o, ok := p.(*roadloop.Oracle)
		return o, ok
	})
	return o
}

// silenced is sensors of which one is silent for a time.
type silenced struct {
	roadloop.Sensors
	drop     func(*sensor.Observation)
	from, to clock.Tick
}

// Observe returns what arrived, but for what the silent sensor sent.
func (s *silenced) Observe(now clock.Tick) *sensor.Observation {
	o := s.Sensors.Observe(now)
	if now >= s.from && now < s.to {
		s.drop(o)
	}
	return o
}

// Fork returns the same around a copy of the sensors.
func (s *silenced) Fork(w *sim.World) (roadloop.Sensors, error) {
	in, err := roadloop.ForkLayer(s.Sensors, w)
	return &silenced{in, s.drop, s.from, s.to}, err
}
