package metrics

import (
	"cmp"
	"slices"

	"roadloop/control"
	"roadloop/perception"
	"roadloop/planning"
	"roadloop/sim"
	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/road"
	"roadloop/sim/scene"
	"roadloop/sim/vehicle"
)

// DriveLog is the drive log of a run. It shares only the map with the run.
type DriveLog struct {
	Map        *road.Map
	Route      planning.Route
	Conditions scene.Conditions
	Friction   float64
	// Actors are the road users, indexed by actor.ID; Actors[0] is the ego.
	Actors []LoggedActor
	Steps  []LoggedStep // one for each decision, and the end of the run
	Events []sim.Event
	// TimedOut reports whether the run reached its limit of simulated time before its
	// end.
	TimedOut bool
}

// LoggedActor holds the constant properties of a road user.
type LoggedActor struct {
	Name  string
	Kind  actor.Kind
	Shape actor.Shape
	// Background reports whether the actor is generated traffic, not an actor that the
	// scenario names.
	Background bool
}

// At returns a road user at a step.
func (l *DriveLog) At(step int, id actor.ID) actor.Actor {
	return l.WithState(id, l.Steps[step].States[id])
}

// WithState returns a road user in a state, such as that of an event.
func (l *DriveLog) WithState(id actor.ID, s actor.State) actor.Actor {
	a := &l.Actors[id]
	return actor.Actor{ID: id, Kind: a.Kind, Shape: a.Shape, State: s}
}

// Interpolate returns a road user at a time, with linear interpolation between steps. It
// serves display only: verdicts about a time between steps use the states in the event.
func (l *DriveLog) Interpolate(t clock.Tick, id actor.ID) actor.Actor {
	i := l.StepBefore(t)
	a := l.At(i, id)
	if i+1 >= len(l.Steps) || l.Steps[i].Time >= t {
		return a
	}
	from, to := &l.Steps[i], &l.Steps[i+1]
	a.State = a.State.Interpolate(&to.States[id], float64(t-from.Time)/float64(to.Time-from.Time))
	return a
}

// StepBefore returns the index of the last step at or before a time, 0 if there is
// none.
func (l *DriveLog) StepBefore(t clock.Tick) int {
	i, found := slices.BinarySearchFunc(l.Steps, t, func(s LoggedStep, t clock.Tick) int { return cmp.Compare(s.Time, t) })
	if !found {
		i--
	}
	return max(i, 0)
}

// LoggedStep is the state of the run at one decision. The last step, the end of the run, has
// no decision: it repeats the belief and the command of the previous step.
type LoggedStep struct {
	Time clock.Tick
	// States are those of all actors, indexed by actor.ID; States[actor.Ego] is the
	// ego's.
	States []actor.State
	// Lane is the ego's lane, S and D its Frenet coordinates there, and Progress its
	// starting s plus the distance along its lanes, m.
	Lane           road.LaneID
	S, D, Progress float64
	Signals        []road.SignalState // indexed by road.SignalID
	Belief         Belief
	Plan           PlanSummary
	Want, Command  vehicle.Command // before and after the guard; Command is the override if Manual
	Overridden     bool            // a human's override was executed
	Guard          control.Intervention
	// Value is the discounted return that a trained policy expects, of its last decision. Valued
	// is false for drivers that expect none.
	Value  float64
	Valued bool
}

// Belief is the scene that the driver perceived. Known is false for a driver that does
// not expose it.
type Belief struct {
	Known      bool
	Ego        perception.Ego
	Tracks     []perception.Track
	Signals    []perception.Signal
	LaneOffset float64
	LaneSeen   bool
}

// PlanSummary is the plan that the driver followed. Without a plan it has no waypoints.
type PlanSummary struct {
	Reason    string
	Emergency bool
	Waypoints []planning.Waypoint
}
