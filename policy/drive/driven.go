package drive

import (
	"context"
	"errors"
	"fmt"

	"roadloop"
	"roadloop/planning"
	"roadloop/policy"
	"roadloop/scenarios/runner"
	"roadloop/sim"
	"roadloop/sim/clock"
	"roadloop/sim/rig"
	"roadloop/sim/road"
	"roadloop/sim/vehicle"
)

// Driven is an episode of an Env that a driver drives from the messages of its sensors,
// instead of actions. Measures, reward and end are those of the Env, so that the modular
// stack and policies can be compared.
type Driven struct {
	env     *Env
	episode *episode
	guest   guest
}

// guest is a driver in an environment, with its sensors.
type guest struct {
	driver  roadloop.Driver
	sensors rig.Sensors
	did     Executed // at the last decision of the task
}

// DriveWith returns the episode that Reset began, for a driver; the DriverFunc of a
// runner.DriverFactory is its method Driver. It must be called before the first Step, and
// ends with the next Reset. The car has the sensors of the scenario, or the default ones on
// a map. The route of the driver goes on behind the goal, because an episode does not ask
// for a stop there.
func (e *Env) DriveWith(open runner.DriverFunc) (*Driven, error) {
	switch {
	case e.episode == nil:
		return nil, errors.New("drive: a driver before the first reset")
	case e.decision > 0:
		return nil, errors.New("drive: a driver in the middle of an episode")
	}
	if err := e.task.CanDrive(); err != nil {
		return nil, err
	}
	c := e.drive()
	driver, blind, err := open(&c)
	if err != nil {
		return nil, fmt.Errorf("drive: creating the driver: %w", err)
	}
	if blind {
		c.Rig = rig.Off()
	}
	sensors, err := rig.New(c.Rig, c.World.Map, c.World.Seed)
	if err != nil {
		return nil, fmt.Errorf("drive: creating the sensors: %w", err)
	}
	sensors.Sample(e.world)
	return &Driven{e, e.episode, guest{driver: driver, sensors: sensors}}, nil
}

// drive returns the episode as a case for a driver.
func (e *Env) drive() roadloop.Case {
	c := roadloop.Case{World: e.spec, Rig: rig.Default(), Duration: clock.FromSeconds(e.time)}
	if e.scenario != nil {
		c.Rig, c.Route = e.scenario.Drive.Rig.Clone(), e.scenario.Drive.Route
		return c
	}
	const behind = 120.0 // m, more than a car needs to stop
	lanes := extend(e.site.m, e.spec.Ego.Route, behind)
	c.Route = planning.Route{Lanes: lanes, GoalS: e.site.m.Lanes[lanes[len(lanes)-1]].Center.Length()}
	return c
}

// extend returns lanes with successors of a length in total, if the road goes on.
func extend(m *road.Map, lanes []road.LaneID, length float64) []road.LaneID {
	lanes = lanes[:len(lanes):len(lanes)]
	for length > 0 {
		next := unvisited(m.Lanes[lanes[len(lanes)-1]].Next, lanes)
		if len(next) == 0 {
			break
		}
		lanes = append(lanes, next[0])
		length -= m.Lanes[next[0]].Center.Length()
	}
	return lanes
}

// Step runs the driver up to the next decision of the task, or to the first infraction
// that ends the episode. An error of the driver ends it too.
func (d *Driven) Step(ctx context.Context) (policy.Result, error) {
	switch {
	case d.env.episode != d.episode:
		return policy.Result{}, errors.New("drive: step of an episode that was reset")
	case d.env.done:
		return policy.Result{}, errors.New("drive: step after the end of the episode")
	}
	return d.env.proceed(ctx, &d.guest)
}

// Executed returns what the driver did in the last Step, at its beginning. Its action is that of
// Env.Imitate.
func (d *Driven) Executed() Executed { return d.guest.did }

// decide returns the command of the driver for the next 50 ms.
func (g *guest) decide(ctx context.Context, w *sim.World) (vehicle.Command, error) {
	if err := ctx.Err(); err != nil {
		return vehicle.Command{}, err
	}
	decision, err := g.driver.Drive(sim.WithWorld(ctx, w), g.sensors.Observe(w.Time()))
	if err != nil {
		return vehicle.Command{}, fmt.Errorf("drive: driver at %v: %w", w.Time(), err)
	}
	return decision.Command, nil
}
