package drive

import (
	"fmt"

	"roadloop"
	"roadloop/policy"
	"roadloop/scenarios"
	"roadloop/sim"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
	"roadloop/sim/vehicle"
)

// Executed is what a car did at a decision of a task.
type Executed struct {
	Pose    geom.Pose       // at the decision
	Speed   float64         // m/s
	Command vehicle.Command // of the 50 ms after it
}

// CanImitate returns an error if commands have no actions of the task: drivers decide every 50 ms,
// and no command has a maneuver of the control Meta.
func (e *Env) CanImitate() error {
	c := &e.task.config
	switch {
	case c.Control == Meta:
		return fmt.Errorf("drive: the actions of %s are maneuvers, which do not follow from the commands of a driver", c.Name)
	case c.Control == Trajectory && waypointTime%c.period() != 0:
		return fmt.Errorf("drive: the waypoints of %s, %g s apart, are between its decisions", c.Name, waypointTime.Seconds())
	}
	return e.task.CanDrive()
}

// Imitate writes the action that leads to what a car did at the first of successive decisions:
// for Continuous its command, for Trajectory the places where it was in the next 2.5 s. exact
// reports whether the action has no value that was clipped to its space. It returns ok false
// if the decisions end before the last waypoint.
func (e *Env) Imitate(action []float32, did []Executed) (exact, ok bool) {
	if e.pilot.control != Trajectory {
		return e.pilot.inverse(action, &did[0]), true
	}
	each := int(waypointTime / e.task.config.period())
	if len(did) <= NumWaypoints*each {
		return false, false
	}
	exact = true
	for i := range NumWaypoints {
		at := did[0].Pose.ToLocal(did[(i+1)*each].Pose.Pos())
		x, y := waypointAction(i, at)
		action[2*i], action[2*i+1] = x, y
		const near = .01 // m
		exact = exact && waypoint(i, x, y).Dist(at) < near
	}
	return exact, true
}

// inverse writes the action of Continuous that gives a command, and reports whether the
// command is one of the space.
func (p *pilot) inverse(action []float32, did *Executed) (exact bool) {
	full := fullThrottle
	if did.Command.Accel < 0 {
		full = fullBrake
	}
	exact = true
	for i, x := range [...]float64{did.Command.Steer / steerLimit(p.car.Wheelbase(), did.Speed), did.Command.Accel / full} {
		const rounding = 1e-6
		action[i] = clip(x)
		exact = exact && x <= 1+rounding && x >= -1-rounding
	}
	return exact
}

// note keeps what the car does at a decision, which observations show as the last action.
func (e *Env) note(command vehicle.Command) Executed {
	s := &e.world.Ego().State
	did := Executed{s.Pose, s.Speed, command}
	if e.pilot.control == Continuous {
		e.pilot.inverse(e.last, &did)
	}
	return did
}

// Observer makes the observations of a task in a world that others step, at each decision of
// the task, such as that of a recorded drive. It observes as an Env does: camera frames have no
// latency and no noise. It has no sensors, so that it perceives no scene. It is not safe for concurrent use.
type Observer struct {
	env   *Env
	begun bool
}

// Attach returns an observer of a drive of a case, of the task of the environment.
func (e *Env) Attach(c *roadloop.Case) (*Observer, error) {
	if err := e.CanImitate(); err != nil {
		return nil, err
	}
	if e.task.config.perceives() {
		return nil, fmt.Errorf("drive: %s observes the perceived scene, which needs the messages of sensors: drives of others have none", e.task.config.Name)
	}
	attached, err := e.task.attach(c)
	if err != nil {
		return nil, err
	}
	return &Observer{env: attached}, nil
}

// Decides reports whether the task has a decision at a time.
func (o *Observer) Decides(now clock.Tick) bool { return now%o.env.task.config.period() == 0 }

// Observe writes the observation of the world at a decision. Calls are in order of the
// decisions, none of which may be left out.
func (o *Observer) Observe(w *sim.World, dst []policy.Array) error {
	e := o.env
	e.world = w
	if o.begun {
		e.follow()
		e.view.advance(e)
	} else {
		e.enter(e.episode, 0)
		if err := e.view.begin(e); err != nil {
			return err
		}
		o.begun = true
	}
	e.Observe(dst)
	return nil
}

// Execute keeps the command that was executed at the decision that was observed last.
func (o *Observer) Execute(command vehicle.Command) Executed { return o.env.note(command) }

// AtEnd reports whether the car has to brake for the end of the route, where Driver brakes in
// place of its policy.
func (o *Observer) AtEnd() bool { return o.env.brakeForEnd() > 0 }

// IsHeldOut reports whether evaluations of the task have a case.
func (e *Env) IsHeldOut(c *scenarios.Case) bool {
	for i := range e.task.sources {
		s := &e.task.sources[i]
		if s.scenario != nil && s.scenario.Slug() == c.Scenario.Slug() && c.Label() == fmt.Sprint(c.Seed) && c.Seed < uint64(s.Count) {
			return true
		}
	}
	return false
}
