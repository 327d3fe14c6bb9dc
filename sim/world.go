package sim

import (
	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/road"
	"roadloop/sim/scene"
	"roadloop/sim/vehicle"
)

// World is a run at one moment: plain data that Clone copies exactly.
type World struct {
	spec     *Spec // shared, never changed
	now      clock.Tick
	plant    vehicle.Plant
	ego      actor.Actor
	actors   []actor.Actor
	signals  []road.SignalState
	plans    []road.Plan // of the signals, overrides applied
	friction float64
	events   []Event
}

// Time returns the number of ticks since the start.
func (w *World) Time() clock.Tick { return w.now }

// Ego returns the vehicle under test; the caller must not change it.
func (w *World) Ego() *actor.Actor { return &w.ego }

// Actors returns everyone else in the order of the spec, so that the actor with
// ID i is at index i-1. The slice is overwritten by the next Step.
func (w *World) Actors() []actor.Actor { return w.actors }

// Signals returns the light of each signal of the map now, indexed by
// road.SignalID. The slice is overwritten by the next Step.
func (w *World) Signals() []road.SignalState { return w.signals }

// Map returns the road network.
func (w *World) Map() *road.Map { return w.spec.Map }

// Conditions returns light and weather.
func (w *World) Conditions() scene.Conditions { return w.spec.Conditions }

// Spec returns what the world was made from; the caller must not change it.
func (w *World) Spec() *Spec { return w.spec }

// Friction returns the tire-road friction coefficient under the ego.
func (w *World) Friction() float64 { return w.friction }
