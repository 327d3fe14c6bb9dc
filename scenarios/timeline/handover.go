package timeline

import (
	"errors"
	"fmt"

	"roadloop"
	"roadloop/scenarios"
	"roadloop/sim/rig"
)

// Handover replaces the driver. A driver with the same perception inherits the
// perception pipeline of the present driver, its tracks and any Miss included. Any
// other driver starts with a new, empty pipeline.
type Handover struct {
	Driver     string `json:"driver"`     // as scenarios.NewDriverFactory names it
	Perception string `json:"perception"` // such as scenarios.CNN
	// Factory creates the driver. It must stay open as long as any tape of the drive is used.
	Factory scenarios.DriverFactory `json:"-"`
}

// String describes the change.
func (c Handover) String() string {
	return fmt.Sprintf("driver %s with perception %s", c.Driver, c.Perception)
}

func (c Handover) apply(s *present) error {
	if c.Factory == nil {
		return errors.New("Handover.Crew is nil")
	}
	session := s.ride.Session
	next, blind, err := c.Factory.Driver(&s.plan.Drive)
	if err != nil {
		return fmt.Errorf("creating the driver: %w", err)
	}
	if c.Perception == s.who.Perception && inherit(next, session.Driver()) {
		session.SetDriver(next)
	} else if err := start(s, next, blind); err != nil {
		return err
	}
	s.who.Name, s.who.Perception = c.Driver, c.Perception
	return nil
}

// inherit moves the perceiver and the predictor of last to next, with their state. It
// reports whether both drivers have a perception pipeline.
func inherit(next, last roadloop.Driver) bool {
	if pipelineOf(last) == nil || pipelineOf(next) == nil {
		return false
	}
	to, from := next.Stack(), last.Stack()
	to.Perceiver, to.Predictor = from.Perceiver, from.Predictor
	return true
}

// start replaces the driver by one without state, and the sensors by new ones.
func start(s *present, next roadloop.Driver, blind bool) error {
	session, config := s.ride.Session, s.plan.Drive.Rig
	if blind {
		config = rig.Off()
	}
	sensors, err := rig.New(config, session.World().Map(), session.Case().World.Seed)
	if err != nil {
		return err
	}
	sensors.Sample(session.World())
	cacheDetections(next)
	session.WrapSensors(func(rig.Sensors) rig.Sensors { return sensors })
	session.SetDriver(next)
	return nil
}
