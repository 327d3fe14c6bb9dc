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
	"fmt"
	"slices"

	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/road"
)

// Period is the time between two decisions of a driver, 0.1 s.
const Period clock.Tick = 10

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

	// What agents decide on, rebuilt at each decision.
	occ        occupancy
	crosswalks crosswalks
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
	mode   mode
	car    car
	walker walker
}

// New returns empty traffic on m.
func New(m *road.Map) *Traffic { return newTraffic(newNetwork(m)) }

func newTraffic(n *network) *Traffic {
	return &Traffic{net: n, occ: newOccupancy(n), crosswalks: crosswalks{net: n}}
}

// NewOnSameMap returns empty traffic on the same map. It shares the data derived from the map.
func (t *Traffic) NewOnSameMap() *Traffic { return newTraffic(t.net) }

// AddStatic adds an actor that stands.
func (t *Traffic) AddStatic() { t.agents = append(t.agents, agent{}) }

// AddDriver adds the vehicle a with the driver of cfg. The shape of a must not change
// afterwards.
func (t *Traffic) AddDriver(a *actor.Actor, cfg DriverConfig) error {
	if cfg.Lane < 0 || int(cfg.Lane) >= len(t.net.lanes) {
		return fmt.Errorf("lane %d is not on the map", cfg.Lane)
	}
	if err := t.CheckRoute(cfg.Route); err != nil {
		return err
	}
	if len(cfg.Route) > 0 && cfg.Route[0] != cfg.Lane {
		return fmt.Errorf("route starts on lane %d, the vehicle on lane %d", cfg.Route[0], cfg.Lane)
	}
	t.agents = append(t.agents, agent{mode: driving, car: newCar(t.net, a, &cfg)})
	return nil
}

// CheckRoute returns an error for an invalid route: every lane must be on the
// map and be a successor or neighbor of the previous lane.
func (t *Traffic) CheckRoute(route []road.LaneID) error {
	for i, id := range route {
		if id < 0 || int(id) >= len(t.net.lanes) {
			return fmt.Errorf("route: lane %d is not on the map", id)
		}
		if i > 0 && !t.net.areNeighbors(route[i-1], id) && !t.net.follows(route[i-1], id) {
			return fmt.Errorf("route: lane %d is neither a successor nor a neighbor of lane %d", id, route[i-1])
		}
	}
	return nil
}

// AddPedestrian adds the pedestrian a. It returns an error if the path has no
// length.
func (t *Traffic) AddPedestrian(a *actor.Actor, cfg PedestrianConfig) error {
	w, err := newWalker(a.Kind, &cfg)
	if err != nil {
		return err
	}
	a.State.Pose, a.State.Speed = w.path.At(0), w.v
	t.agents = append(t.agents, agent{mode: walking, walker: w})
	return nil
}

// Step advances all agents by one clock.Tick.
func (t *Traffic) Step(env *Env) {
	if (env.Now-1)%Period == 0 {
		t.observe(env)
		for i := range t.agents {
			t.decide(env, &t.agents[i])
		}
	}
	for i := range t.agents {
		switch g := &t.agents[i]; g.mode {
		case driving:
			g.car.move(env.Dark, &env.Actors[i].State)
		case walking:
			g.walker.move(&env.Actors[i])
		}
	}
}

// observe updates what agents decide on.
func (t *Traffic) observe(env *Env) {
	t.occ.update(t.agents, env)
	t.crosswalks.update(t.agents, env)
}

// decide makes the decision of g. After a lane change began, it updates the occupancy, so that
// no other driver takes the same gap at this tick.
func (t *Traffic) decide(env *Env, g *agent) {
	switch {
	case g.mode == walking:
		p := pedestrian{walker: &g.walker, net: t.net, env: env, agents: t.agents}
		p.decide()
	case g.mode == driving && g.car.manner != Blind:
		d := t.driver(env, g)
		if d.resolve() {
			t.observe(env)
		}
		if d.decide() {
			t.observe(env)
		}
	}
}

// driver returns the driver of g, which must drive.
func (t *Traffic) driver(env *Env, g *agent) driver {
	return driver{car: &g.car, self: g, model: g.car.modelHere(), env: env, occ: &t.occ, crosswalks: &t.crosswalks}
}

// Clone returns a copy that continues exactly as t would.
func (t *Traffic) Clone() *Traffic {
	c := newTraffic(t.net)
	c.agents = slices.Clone(t.agents)
	return c
}
