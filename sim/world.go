package sim

import (
	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/road"
	"roadloop/sim/scene"
	"roadloop/sim/traffic"
	"roadloop/sim/vehicle"
)

// World is a run at one moment: plain data that Clone copies exactly.
type World struct {
	spec     *Spec       // shared, never changed
	plans    []road.Plan // of the signals, overrides applied; shared, never changed
	friction float64

	now     clock.Tick
	plant   vehicle.Plant
	ego     actor.Actor
	track   track // the ego's place on the road
	actors  []actor.Actor
	traffic *traffic.Traffic
	scripts []script // by actor
	signals []road.SignalState
	referee referee

	events []Event       // of the last step
	lanes  []road.LaneID // scratch
	way    []road.LaneID // scratch
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

// EgoPlace returns the lane that the ego is on with its rear axle's Frenet
// coordinates there. An ego on the wrong side of the road keeps the lane of its
// own direction, with a large d.
func (w *World) EgoPlace() (lane road.LaneID, s, d float64) {
	return w.track.lane, w.track.s, w.track.d
}

// EgoProgress returns how far the ego has come: its starting s plus the way made
// good along its lanes, m.
func (w *World) EgoProgress() float64 { return w.track.base + w.track.s }

// ActorPlace returns the lane of an actor that drives and its rear axle's Frenet
// coordinates; ok is false for the ego and for those who follow no lane.
func (w *World) ActorPlace(id actor.ID) (lane road.LaneID, s, d float64, ok bool) {
	if id < 1 || int(id) > len(w.actors) {
		return road.None, 0, 0, false
	}
	return w.traffic.Place(int(id) - 1)
}
