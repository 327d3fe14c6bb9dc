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
	fresh, err := s.plan.Case.Compile() // a crew may take sensors away
	if err != nil {
		return err
	}
	sensors, session := fresh.Drive.Rig, s.ride.Session
	next, err := c.Crew.Driver(fresh)(session.World())
	if err != nil {
		return fmt.Errorf("waking the driver: %w", err)
	}
	if c.Perception == s.who.Perception && inherit(next, session.Driver()) {
		session.Employ(next)
	} else if err := c.begin(s, next, &sensors); err != nil {
		return err
	}
	s.who.Driver, s.who.Perception = c.Driver, c.Perception
	return nil
}

// inherit gives a driver the senses of another one, and what it remembers of the
// others' ways, if both have senses.
func inherit(next, last roadloop.Driver) bool {
	senses := sensesOf(last)
	if senses == nil || sensesOf(next) == nil {
		return false
	}
	heir := next.(*roadloop.Stack)
	heir.Perceiver, heir.Predictor = senses, last.(*roadloop.Stack).Predictor
	return true
}

// begin lets a driver begin that knows nothing yet: the sensors that it needs are
// switched on.
func (c Handover) begin(s *site, next roadloop.Driver, sensors *rig.Config) error {
	session := s.ride.Session
	if sensesOf(next) == nil {
		*sensors = rig.Off()
	}
	mounted, err := rig.New(*sensors, session.World().Map(), session.Case().World.Seed)
	if err != nil {
		return err
	}
	mounted.Sample(session.World())
	remember(next)
	session.Mount(func(roadloop.Sensors) roadloop.Sensors { return mounted })
	session.Employ(next)
	return nil
}
