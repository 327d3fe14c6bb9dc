package sim

import (
	"errors"
	"fmt"
	"math"

	"roadloop/sim/actor"
	"roadloop/sim/geom"
	"roadloop/sim/road"
	"roadloop/sim/scene"
	"roadloop/sim/traffic"
	"roadloop/sim/vehicle"
)

// New returns the world that spec describes, at time zero. It returns an error
// if spec is inconsistent in itself or with its map. The caller must not change
// spec afterwards.
func New(spec *Spec) (*World, error) { return NewOn(nil, spec) }

// NewOn is New for many worlds on one map. If other has the same map, the new world
// shares the data computed from that map. other may be nil.
func NewOn(other *World, spec *Spec) (*World, error) {
	if spec == nil || spec.Map == nil {
		return nil, errors.New("world: no map")
	}
	if len(spec.Map.Lanes) == 0 {
		return nil, errors.New("world: the map has no lanes")
	}
	if !spec.Map.Built() {
		return nil, fmt.Errorf("world: map %q is not built", spec.Map.Name)
	}
	w := &World{spec: spec, friction: frictionOf(spec)}
	if other != nil && other.spec.Map == spec.Map {
		w.traffic = other.traffic.NewOnSameMap()
	} else {
		w.traffic = traffic.New(spec.Map)
	}
	if err := w.addEgo(&spec.Ego); err != nil {
		return nil, fmt.Errorf("world: ego: %w", err)
	}
	if err := uniqueNames(spec.Actors); err != nil {
		return nil, fmt.Errorf("world: %w", err)
	}
	w.actors = make([]actor.Actor, 0, len(spec.Actors))
	for i := range spec.Actors {
		if err := w.addActor(actor.ID(i+1), &spec.Actors[i]); err != nil {
			return nil, fmt.Errorf("world: actor %q: %w", w.Name(actor.ID(i+1)), err)
		}
	}
	w.infractions = infractions{touching: make([]bool, len(w.actors)), frontLane: road.None, crossed: road.None}
	if err := w.setSignals(); err != nil {
		return nil, fmt.Errorf("world: %w", err)
	}
	w.makeStartsSafe()
	return w, nil
}

// makeStartsSafe lowers the starting speeds of drivers with SafeStart.
func (w *World) makeStartsSafe() {
	var agents []int
	for i := range w.spec.Actors {
		if d, ok := w.spec.Actors[i].Behavior.(Drive); ok && d.SafeStart {
			agents = append(agents, i)
		}
	}
	if len(agents) > 0 {
		env := w.trafficEnv()
		w.traffic.MakeStartsSafe(&env, agents)
	}
}

// uniqueNames returns an error if two actors have the same name.
func uniqueNames(actors []ActorSpec) error {
	seen := make(map[string]bool, len(actors))
	for i := range actors {
		n := actors[i].Name
		if n != "" && seen[n] {
			return fmt.Errorf("two actors are named %q", n)
		}
		seen[n] = true
	}
	return nil
}

// frictionOf returns the friction of the spec, or else that of its weather.
func frictionOf(s *Spec) float64 {
	if s.Friction > 0 {
		return s.Friction
	}
	return 0.9 - 0.3*math.Max(0, math.Min(1, s.Conditions.Wet))
}

func (w *World) addEgo(e *EgoSpec) error {
	w.plant = vehicle.Plant{Params: e.Params, Actuators: e.Actuators, Model: e.Model}
	if e.Params == (vehicle.Params{}) {
		w.plant.Params = vehicle.BMW320i()
	}
	if e.Actuators == (vehicle.Actuators{}) {
		w.plant.Actuators = vehicle.DefaultActuators()
	}
	pose, err := place(w.spec.Map, &e.Start)
	if err != nil {
		return err
	}
	w.plant.Place(pose, e.Start.Speed)
	looks := w.stream(actor.Ego, "looks")
	w.ego = actor.Actor{ID: actor.Ego, Kind: actor.Car, Shape: w.plant.Params.Shape(),
		Appearance: looksOf(actor.Car, e.Appearance, &looks)}
	w.track = startTrack(w.spec.Map, e.Route, &e.Start, pose)
	w.updateEgo(vehicle.Command{})
	return nil
}

// place returns the pose of s in the map frame.
func place(m *road.Map, s *Start) (geom.Pose, error) {
	if math.IsNaN(s.S+s.D+s.Speed) || math.IsInf(s.S+s.D+s.Speed, 0) {
		return geom.Pose{}, errors.New("start is not finite")
	}
	if s.Speed < 0 {
		return geom.Pose{}, fmt.Errorf("starting speed %g m/s is negative", s.Speed)
	}
	if s.Pose != nil {
		return *s.Pose, nil
	}
	if s.Lane < 0 || int(s.Lane) >= len(m.Lanes) {
		return geom.Pose{}, fmt.Errorf("starting lane %d: the map has lanes 0 to %d", s.Lane, len(m.Lanes)-1)
	}
	p := m.Lanes[s.Lane].Center.Offset(s.S, s.D)
	p.Yaw = geom.WrapAngle(p.Yaw + s.Turned)
	return p, nil
}

func (w *World) setSignals() error {
	for _, o := range w.spec.Signals {
		if o.Signal < 0 || int(o.Signal) >= len(w.spec.Map.Signals) {
			return fmt.Errorf("signal %d: the map has %d signals", o.Signal, len(w.spec.Map.Signals))
		}
	}
	w.signals = make([]road.SignalState, len(w.spec.Map.Signals))
	w.plans = make([]road.SignalPlan, len(w.spec.Map.Signals))
	for i := range w.spec.Map.Signals {
		w.plans[i] = w.spec.Map.Signals[i].Plan
	}
	for _, o := range w.spec.Signals {
		w.plans[o.Signal] = o.Plan
	}
	w.updateSignals()
	return nil
}

func (w *World) updateSignals() {
	for i := range w.plans {
		w.signals[i] = w.plans[i].State(w.now)
	}
}

// dark reports whether vehicles switch on their headlights: the sun is below 3°
// elevation, or there is heavy rain or fog.
func dark(c scene.Conditions) bool {
	return c.SunElevation < 3*math.Pi/180 || c.Rain > 0.3 || (c.Visibility > 0 && c.Visibility < 400)
}

// Name returns the name of an actor: "ego", the name in its spec, or "actor N".
func (w *World) Name(id actor.ID) string {
	switch i := int(id) - 1; {
	case id == actor.Ego:
		return "ego"
	case i >= 0 && i < len(w.spec.Actors) && w.spec.Actors[i].Name != "":
		return w.spec.Actors[i].Name
	}
	return fmt.Sprintf("actor %d", id)
}
