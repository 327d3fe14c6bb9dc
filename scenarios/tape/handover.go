package tape

import (
	"errors"
	"fmt"

	"roadloop"
	"roadloop/scenarios"
	"roadloop/sim/rig"
)

// Handover lets another driver take over. One that perceives with the same network as
// the present one believes what that one believed; any other begins to look now, and
// misses nobody whom the present one was made to miss.
type Handover struct {
	Driver     string `json:"driver"`     // as scenarios.NewCrew names it
	Perception string `json:"perception"` // such as scenarios.CNN
	// Crew makes the driver; it must not be closed before all tapes of the drive are done.
	Crew scenarios.Crew `json:"-"`
}

// String says in words what changes.
func (c Handover) String() string { return fmt.Sprintf("%s drives, with %s", c.Driver, c.Perception) }

func (c Handover) make(s *site) error {
	if c.Crew == nil {
		return errors.New("there is no crew to make the driver")
	}
	session := s.ride.Session
	next, blind, err := c.Crew.Driver(&s.plan.Drive)
	if err != nil {
		return fmt.Errorf("creating the driver: %w", err)
	}
	if c.Perception == s.who.Perception && inherit(next, session.Driver()) {
		session.SetDriver(next)
	} else if err := start(s, next, blind); err != nil {
		return err
	}
	s.who.Driver, s.who.Perception = c.Driver, c.Perception
	return nil
}

// inherit gives a driver the perceiver of another one, with its state, and the memory of
// its predictor, if both sense.
func inherit(next, last roadloop.Driver) bool {
	if pipelineOf(last) == nil || pipelineOf(next) == nil {
		return false
	}
	heir, stack := next.Stack(), last.Stack()
	heir.Perceiver, heir.Predictor = stack.Perceiver, stack.Predictor
	return true
}

// start sets a driver that knows nothing yet, with new sensors.
func start(s *site, next roadloop.Driver, blind bool) error {
	session, config := s.ride.Session, s.plan.Drive.Rig
	if blind {
		config = rig.Off()
	}
	sensors, err := rig.New(config, session.World().Map(), session.Case().World.Seed)
	if err != nil {
		return err
	}
	sensors.Sample(session.World())
	remember(next)
	session.WrapSensors(func(rig.Sensors) rig.Sensors { return sensors })
	session.SetDriver(next)
	return nil
}
