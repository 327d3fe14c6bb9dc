// Package traffic moves all actors except the ego: drivers that follow the
// Intelligent Driver Model, change lanes by MOBIL and obey the rules at
// junctions, cyclists, scripted vehicles, and pedestrians.
//
// The state of a vehicle is in the Frenet frame of its lane: s of the rear axle
// along the center line, d to its left. Positions are in the map frame, meters
// and seconds. Drivers decide every Period on one snapshot of the scene, in the
// order of the actors, and hold their acceleration in between; motion is
// integrated every clock.Tick. Random numbers come from each agent's own
// stream.
//
// The package does not handle scripts or collisions: package sim gives the
// orders and checks for collisions.
package traffic

import (
	"slices"

	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/road"
)

// Period is the time between two decisions of a driver, 0.1 s.
const Period clock.Tick = 10

// egoIndex is the index of the ego in lists of agent indices.
const egoIndex = -1

// Env is the input of traffic at one tick. Actors[i] belongs to agent i; Step
// writes its State.
type Env struct {
	Now     clock.Tick
	Ego     *actor.Actor
	Actors  []actor.Actor
	Signals []road.SignalState // by road.SignalID
	Dark    bool               // headlights on
}

// Traffic is the state of all actors except the ego. Clone copies it.
type Traffic struct {
	net    *network // shared and constant
	agents []agent
	occ    occupancy        // rebuilt at each decision
	claims []crosswalkClaim // pedestrians on or at crosswalks, rebuilt at each decision
}

// mode is the type of motion of an agent.
type mode uint8

const (
	still mode = iota
	driving
	walking
)

// agent is the behavior state of one actor.
type agent struct {
	mode       mode
	car        car
	pedestrian walker
}

// New returns empty traffic on m.
func New(m *road.Map) *Traffic {
	net := newNetwork(m)
	return &Traffic{net: net, occ: newOccupancy(len(m.Lanes))}
}

// NewOnSameMap returns empty traffic on the same map. It shares the data derived from the map.
func (t *Traffic) NewOnSameMap() *Traffic {
	return &Traffic{net: t.net, occ: newOccupancy(len(t.net.lanes))}
}

// AddStatic adds an actor that stands.
func (t *Traffic) AddStatic() { t.agents = append(t.agents, agent{}) }

// Step advances all agents by one clock.Tick.
func (t *Traffic) Step(env *Env) {
	if (env.Now-1)%Period == 0 {
		t.updateOccupancy(env)
		for i := range t.agents {
			t.decide(env, i)
		}
	}
	for i := range t.agents {
		switch t.agents[i].mode {
		case driving:
			t.drive(env, i)
		case walking:
			t.agents[i].pedestrian.move(&env.Actors[i])
		}
	}
}

func (t *Traffic) decide(env *Env, i int) {
	switch t.agents[i].mode {
	case driving:
		t.decideDriver(env, i)
	case walking:
		t.waitForGap(env, i)
	}
}

// Clone returns a copy that continues exactly as t would.
func (t *Traffic) Clone() *Traffic {
	c := &Traffic{net: t.net, agents: slices.Clone(t.agents), occ: newOccupancy(len(t.net.lanes))}
	return c
}
