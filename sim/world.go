package sim

import (
	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/road"
	"roadloop/sim/scene"
	"roadloop/sim/traffic"
	"roadloop/sim/vehicle"
)

// World is the state of a run at one tick: plain data that Clone copies exactly.
type World struct {
	spec     *Spec             // shared, never changed
	plans    []road.SignalPlan // of the signals, overrides applied; shared, never changed
	friction float64

	now         clock.Tick
	plant       vehicle.Plant
	ego         actor.Actor
	track       track // lane position of the ego
	actors      []actor.Actor
	traffic     *traffic.Traffic
	scripts     []script // by actor
	signals     []road.SignalState
	infractions infractions

	events []Event       // of the last step
	lanes  []road.LaneID // scratch
	way    []road.LaneID // scratch
}

// Time returns the number of ticks since the start.
func (w *World) Time() clock.Tick { return w.now }

// Ego returns the vehicle under test; the caller must not change it.
func (w *World) Ego() *actor.Actor { return &w.ego }

// Actors returns all actors except the ego in the order of the spec: the actor
// with ID i is at index i-1. The next Step overwrites the slice.
func (w *World) Actors() []actor.Actor { return w.actors }

// Signals returns the current light of each signal of the map, indexed by
// road.SignalID. The next Step overwrites the slice.
func (w *World) Signals() []road.SignalState { return w.signals }

// Map returns the road network.
func (w *World) Map() *road.Map { return w.spec.Map }

// Conditions returns light and weather.
func (w *World) Conditions() scene.Conditions { return w.spec.Conditions }

// Spec returns the spec of the world; the caller must not change it.
func (w *World) Spec() *Spec { return w.spec }

// Friction returns the tire-road friction coefficient under the ego.
func (w *World) Friction() float64 { return w.friction }

// EgoLane returns the ego's lane and the Frenet coordinates of its rear axle
// on that lane. An ego on the wrong side of the road keeps a lane of its
// direction, with a large d.
func (w *World) EgoLane() (lane road.LaneID, s, d float64) {
	return w.track.lane, w.track.s, w.track.d
}

// EgoProgress returns the ego's progress: its starting s plus the distance along
// its lanes since then, m.
func (w *World) EgoProgress() float64 { return w.track.base + w.track.s }

// ActorLane returns the lane of a driving actor and the Frenet coordinates of
// its rear axle; ok is false for the ego and for actors that follow no lane.
func (w *World) ActorLane(id actor.ID) (lane road.LaneID, s, d float64, ok bool) {
	if id < 1 || int(id) > len(w.actors) {
		return road.None, 0, 0, false
	}
	return w.traffic.LanePosition(int(id) - 1)
}
