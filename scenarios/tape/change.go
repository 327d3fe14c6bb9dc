package tape

import (
	"fmt"
	"math"
	"slices"

	"roadloop/scenarios"
	"roadloop/sim"
	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/scene"
	"roadloop/sim/vehicle"
)

// Change is what makes the future of a fork another one: Speed, Weather, Miss,
// Silence, Handover or Hold. Each says with an error why it cannot be made.
type Change interface {
	// String says in words what changes.
	String() string
	make(s *site) error
}

// site is where a change is made: a drive before a decision that nobody made yet.
type site struct {
	plan *scenarios.Plan
	ride *scenarios.Ride
	who  Who // drives from now on
	held *held
}

func (s *site) world() *sim.World { return s.ride.Session.World() }

// actor returns the road user of a name, which is not the ego.
func (s *site) actor(name string) (actor.ID, error) {
	i := slices.Index(s.plan.Names, name)
	if i < 1 {
		return 0, fmt.Errorf("no road user is named %q; there are %q", name, s.plan.Names[1:])
	}
	return actor.ID(i), nil
}

// span returns when a change begins and ends that is for a time, 0 standing for ever.
func (s *site) span(d clock.Tick) (from, to clock.Tick, err error) {
	now := s.world().Time()
	switch {
	case d < 0:
		return 0, 0, fmt.Errorf("a time of %v", d)
	case d == 0:
		return now, math.MaxInt64, nil
	}
	return now, now + d, nil
}

// Speed makes a road user drive or walk at another speed from now on, as far as what
// is before them and their script let them.
type Speed struct {
	Actor string  `json:"actor"`           // as named in Plan.Names
	Speed float64 `json:"speed"`           // m/s
	Accel float64 `json:"accel,omitempty"` // m/s² with which to get there; 0 stands for 2
}

// String says in words what changes.
func (c Speed) String() string { return fmt.Sprintf("%s at %.0f km/h", c.Actor, 3.6*c.Speed) }

func (c Speed) make(s *site) error {
	id, err := s.actor(c.Actor)
	if err != nil {
		return err
	}
	if !(c.Speed >= 0 && c.Speed <= 70) || !(c.Accel >= 0 && c.Accel <= 20) {
		return fmt.Errorf("%g m/s reached with %g m/s² is out of range: up to 70 m/s and 20 m/s²", c.Speed, c.Accel)
	}
	return s.world().Order(id, sim.Speed{Target: c.Speed, Accel: c.Accel})
}

// Weather changes light and weather from now on, and the friction of the road, which
// otherwise follows from how wet it is.
type Weather struct {
	Conditions scene.Conditions `json:"conditions"`
	Friction   float64          `json:"friction,omitempty"` // of tires and road; 0 as the weather has it
}

// String says in words what changes.
func (c Weather) String() string {
	w := c.Conditions
	return fmt.Sprintf("weather: sun at %.0f°, rain %.2g, wet %.2g, visibility %g m, friction %.2g",
		w.SunElevation*180/math.Pi, w.Rain, w.Wet, w.Visibility, c.Friction)
}

func (c Weather) make(s *site) error { return s.world().SetConditions(c.Conditions, c.Friction) }

// Hold lets hands at the wheel hold a command for a time, after which the driver has
// it back.
type Hold struct {
	Command vehicle.Command `json:"command"`
	For     clock.Tick      `json:"for"`
}

// held is a command by hand until a time.
type held struct {
	command vehicle.Command
	until   clock.Tick
}

// String says in words what changes.
func (c Hold) String() string {
	return fmt.Sprintf("by hand for %v: wheels at %.1f°, %+.1f m/s²", c.For, c.Command.Steer*180/math.Pi, c.Command.Accel)
}

func (c Hold) make(s *site) error {
	if !(math.Abs(c.Command.Steer) <= 1.5) || !(math.Abs(c.Command.Accel) <= 20) || c.For <= 0 {
		return fmt.Errorf("out of range: a command to hold is within 1.5 rad and 20 m/s², for more than 0 s")
	}
	s.held = &held{c.Command, s.world().Time() + c.For}
	return nil
}

// wheel returns what hands do in the next step: those given, else those that hold a
// command, else nil.
func (s *site) wheel(hands *vehicle.Command) *vehicle.Command {
	c := s.held
	switch {
	case hands != nil:
		given := *hands
		return &given
	case c != nil && s.world().Time() < c.until:
		return &c.command
	}
	return nil
}
