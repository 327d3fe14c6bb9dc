// Package traffic moves everyone but the ego: drivers who follow the
// Intelligent Driver Model, change lanes by MOBIL and keep the rules at
// junctions, cyclists, scripted vehicles, and people on foot.
//
// Vehicles live in the Frenet frame of their lane: s of the rear axle along its
// middle, d to its left. Positions are in the map frame, meters and seconds.
// Drivers decide every Period on one snapshot of the scene, in the order of the
// actors, and hold their acceleration in between; motion is integrated every
// clock.Tick. Random numbers come from each agent's own stream.
//
// The package does not know scripts or collisions: package sim gives the orders
// and judges.
package traffic

import (
	"slices"

	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/road"
)

// Period is the time between two decisions of a driver, 0.1 s.
const Period clock.Tick = 10

// egoIndex stands for the ego where others are known by their index.
const egoIndex = -1

// Env is what traffic can see at one tick. Actors[i] belongs to agent i; Step
// writes its State.
type Env struct {
	Now     clock.Tick
	Ego     *actor.Actor
	Actors  []actor.Actor
	Signals []road.SignalState // by road.SignalID
	Dark    bool               // headlights on
}

// Traffic is the minds of all actors but the ego: plain data behind Clone.
type Traffic struct {
	net    *network // shared and constant
	agents []agent
	occ    occupancy // rebuilt at each decision
	claims []claim   // people on or at crosswalks, rebuilt at each decision
}

// mode is the way an agent moves.
type mode uint8

const (
	still mode = iota
	driving
	walking
)

// agent is the mind of one actor.
type agent struct {
	mode mode
	car  car
	foot walker
}

// New returns empty traffic on m.
func New(m *road.Map) *Traffic {
	net := newNetwork(m)
	return &Traffic{net: net, occ: newOccupancy(len(m.Lanes))}
}

// Fresh returns empty traffic on the same map. It shares the map's description.
func (t *Traffic) Fresh() *Traffic {
	return &Traffic{net: t.net, occ: newOccupancy(len(t.net.lanes))}
}

// AddStill adds an actor that stands.
func (t *Traffic) AddStill() { t.agents = append(t.agents, agent{}) }

// Step advances all agents by one clock.Tick.
func (t *Traffic) Step(env *Env) {
	if (env.Now-1)%Period == 0 {
		t.sense(env)
		for i := range t.agents {
			t.decide(env, i)
		}
	}
	for i := range t.agents {
		switch t.agents[i].mode {
		case driving:
			t.drive(env, i)
		case walking:
			t.agents[i].foot.move(&env.Actors[i])
		}
	}
}

func (t *Traffic) decide(env *Env, i int) {
	switch t.agents[i].mode {
	case driving:
		t.decideDriver(env, i)
	case walking:
		t.look(env, i)
	}
}

// Clone returns a copy that goes on exactly as t would.
func (t *Traffic) Clone() *Traffic {
	c := &Traffic{net: t.net, agents: slices.Clone(t.agents), occ: newOccupancy(len(t.net.lanes))}
	return c
}
