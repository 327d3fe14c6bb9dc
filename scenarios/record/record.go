// Package record keeps what happened in a run: at every decision the true world,
// what the driver believed of it, what it meant to do and what it did. Measures,
// scores, the replay and the search for causes all read this one record.
//
// Poses, boxes and velocities are in the map frame, in SI units. A record judges
// nothing.
package record

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

// Log is the record of a run. It shares the map with the run and nothing else.
type Log struct {
	Map        *road.Map
	Route      planning.Route
	Conditions scene.Conditions
	Friction   float64
	// Actors are who took part; Actors[0] is the ego, and actor.ID is the index.
	Actors []Actor
	Steps  []Step // one for each decision, and the end of the run
	Events []sim.Event
	// Overdue tells that the run was not over at the limit of simulated time that it was
	// given, and ended there.
	Overdue bool
}

// Actor is what does not change of a road user.
type Actor struct {
	Name  string
	Kind  actor.Kind
	Shape actor.Shape
	// Background tells that the actor belongs to the traffic that fills the road, not to
	// those whom the scenario names one by one.
	Background bool
}

// At returns a road user as it was at a step: with its box and velocity.
func (l *Log) At(step int, id actor.ID) actor.Actor { return l.Party(id, l.Steps[step].States[id]) }

// Party returns a road user in a state, such as that of an event.
func (l *Log) Party(id actor.ID, s actor.State) actor.Actor {
	a := &l.Actors[id]
	return actor.Actor{ID: id, Kind: a.Kind, Shape: a.Shape, State: s}
}

// Moment returns a road user as it was at a time, between steps by straight
// interpolation. It serves pictures only: a judgment of a moment between steps takes
// the states that the event holds.
func (l *Log) Moment(t clock.Tick, id actor.ID) actor.Actor {
	i := l.StepBefore(t)
	a := l.At(i, id)
	if i+1 >= len(l.Steps) || l.Steps[i].Time >= t {
		return a
	}
	from, to := &l.Steps[i], &l.Steps[i+1]
	a.State = a.State.Between(&to.States[id], float64(t-from.Time)/float64(to.Time-from.Time))
	return a
}

// StepBefore returns the index of the last step at or before a time, 0 where
// there is none.
func (l *Log) StepBefore(t clock.Tick) int {
	i, found := slices.BinarySearchFunc(l.Steps, t, func(s Step, t clock.Tick) int { return cmp.Compare(s.Time, t) })
	if !found {
		i--
	}
	return max(i, 0)
}

// Step is the run at one decision. At the last step, the end of the run, nothing
// was decided: it repeats the belief and the command of the decision before.
type Step struct {
	Time clock.Tick
	// States are those of all actors, indexed by actor.ID; States[actor.Ego] is the
	// ego's.
	States []actor.State
	// Lane is the ego's, S and D its Frenet coordinates there, and Progress its
	// starting s plus the way made good along its lanes, m.
	Lane           road.LaneID
	S, D, Progress float64
	Signals        []road.SignalState // indexed by road.SignalID
	Belief         Belief
	Plan           Intent
	Want, Command  vehicle.Command // before and after the guard; by hand, what the hands did
	Manual         bool            // somebody's hands were at the wheel
	Guard          control.Intervention
}

// Belief is what the driver took for true. Known is false for a driver that does
// not tell.
type Belief struct {
	Known      bool
	Ego        perception.Ego
	Tracks     []perception.Track
	Signals    []perception.Signal
	LaneOffset float64
	LaneSeen   bool
}

// Intent is the plan that the driver followed; it has no waypoints where there
// was none.
type Intent struct {
	Reason    string
	Emergency bool
	Waypoints []planning.Waypoint
}
