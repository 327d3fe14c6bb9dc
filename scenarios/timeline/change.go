package timeline

import (
	"fmt"
	"math"
	"slices"

	"roadloop/scenarios/runner"
	"roadloop/sim"
	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/scene"
	"roadloop/sim/vehicle"
	"roadloop/trace"
)

// Change is a change to the rest of a drive: Speed, Weather, Miss, Blackout, Handover
// or Hold.
type Change interface {
	// String describes the change.
	String() string
	apply(s *present) error
}

// present is the state of a drive before its next decision. Changes apply to it.
type present struct {
	plan *runner.Spec
	ride *runner.CaseRun
	who  trace.DriverID // the driver from now on
	held *held
}

func (s *present) world() *sim.World { return s.ride.Session.World() }

// actor returns the road user with the name. The ego is not one.
func (s *present) actor(name string) (actor.ID, error) {
	i := slices.Index(s.plan.Names, name)
	if i < 1 {
		return 0, fmt.Errorf("no road user %q; road users: %q", name, s.plan.Names[1:])
	}
	return actor.ID(i), nil
}

// span returns the begin and the end of a change that lasts d. 0 means the rest of the
// drive.
func (s *present) span(d clock.Tick) (from, to clock.Tick, err error) {
	now := s.world().Time()
	switch {
	case d < 0:
		return 0, 0, fmt.Errorf("duration must not be negative, got %v", d)
	case d == 0:
		return now, math.MaxInt64, nil
	}
	return now, now + d, nil
}

// Speed sets the target speed of a road user from now on. Traffic ahead and the
// scenario's script still limit it.
type Speed struct {
	Actor string  `json:"actor"`           // as named in Plan.Names
	Speed float64 `json:"speed"`           // m/s
	Accel float64 `json:"accel,omitempty"` // of the change of speed, m/s²; 0 means 2
}

// String describes the change.
func (c Speed) String() string { return fmt.Sprintf("%s at %.0f km/h", c.Actor, 3.6*c.Speed) }

func (c Speed) apply(s *present) error {
	id, err := s.actor(c.Actor)
	if err != nil {
		return err
	}
	if !(c.Speed >= 0 && c.Speed <= 70) || !(c.Accel >= 0 && c.Accel <= 20) {
		return fmt.Errorf("speed %g m/s, acceleration %g m/s²: must be within 0 to 70 m/s and 0 to 20 m/s²", c.Speed, c.Accel)
	}
	return s.world().BeginAction(id, sim.Speed{Target: c.Speed, Accel: c.Accel})
}

// Weather sets light, weather and road friction from now on.
type Weather struct {
	Conditions scene.Conditions `json:"conditions"`
	Friction   float64          `json:"friction,omitempty"` // of tires and road; 0 derives it from the wetness
}

// String describes the change.
func (c Weather) String() string {
	w := c.Conditions
	return fmt.Sprintf("weather: sun at %.0f°, rain %.2g, wet %.2g, visibility %g m, friction %.2g",
		w.SunElevation*180/math.Pi, w.Rain, w.Wet, w.Visibility, c.Friction)
}

func (c Weather) apply(s *present) error { return s.world().SetConditions(c.Conditions, c.Friction) }

// Hold overrides the driver with a constant command for a time.
type Hold struct {
	Command vehicle.Command `json:"command"`
	For     clock.Tick      `json:"for"`
}

// held is a command that overrides the driver until a time.
type held struct {
	command vehicle.Command
	until   clock.Tick
}

// String describes the change.
func (c Hold) String() string {
	return fmt.Sprintf("override for %v: wheels at %.1f°, %+.1f m/s²", c.For, c.Command.Steer*180/math.Pi, c.Command.Accel)
}

func (c Hold) apply(s *present) error {
	if !(math.Abs(c.Command.Steer) <= 1.5) || !(math.Abs(c.Command.Accel) <= 20) || c.For <= 0 {
		return fmt.Errorf("an override must be within ±1.5 rad and ±20 m/s² and last longer than 0 s")
	}
	s.held = &held{c.Command, s.world().Time() + c.For}
	return nil
}

// activeOverride returns the override of the next step: the given one, else the held
// one, else nil.
func (s *present) activeOverride(override *vehicle.Command) *vehicle.Command {
	c := s.held
	switch {
	case override != nil:
		given := *override
		return &given
	case c != nil && s.world().Time() < c.until:
		return &c.command
	}
	return nil
}
