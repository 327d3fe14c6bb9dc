package timeline

import (
	"errors"
	"fmt"
	"slices"

	"roadloop"
	"roadloop/scenarios/runner"
	"roadloop/sim/rig"
	"roadloop/trace"
)

// Handover replaces the driver. A driver with the same perception, network and sensors inherits the
// perception pipeline of the present driver, its tracks and any Miss included. Any
// other driver starts with a new, empty pipeline.
type Handover struct {
	trace.DriverID
	// Factory creates the driver. It must stay open as long as any tape of the drive is used.
	Factory runner.DriverFactory `json:"-"`
}

// String describes the change.
func (c Handover) String() string {
	return fmt.Sprintf("driver %s with perception %s", c.Name, c.Perception)
}

// recordedIn returns the driver of a handover that a trace recorded. Old traces do not name
// its network: it is that of the trace.
func (c Handover) recordedIn(h *trace.Header) trace.DriverID {
	d := c.DriverID
	if d.Model == "" && d.Perception == h.Perception {
		d.Model, d.ISA = h.Model, h.ISA
	}
	return d
}

func (c Handover) apply(s *present) error {
	if c.Factory == nil {
		return errors.New("Handover.Factory is nil")
	}
	session := s.ride.Session
	drive := s.plan.Drive
	drive.Rig = drive.Rig.Clone()
	next, blind, err := c.Factory.Driver(&drive)
	if err != nil {
		return fmt.Errorf("creating the driver: %w", err)
	}
	sees := c.Perception == s.who.Perception && c.Model == s.who.Model && slices.Equal(drive.Rig.Names(), session.Case().Rig.Names())
	if blind {
		drive.Rig = rig.Off()
	}
	if sees && inherit(next, session.Driver()) {
		session.SetDriver(next)
	} else if err := start(s, next, drive.Rig); err != nil {
		return err
	}
	s.who = c.DriverID
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
func start(s *present, next roadloop.Driver, config rig.Config) error {
	session := s.ride.Session
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
