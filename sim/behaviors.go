package sim

import (
	"errors"
	"fmt"
	"math"

	"roadloop/sim/actor"
	"roadloop/sim/geom"
	"roadloop/sim/rng"
	"roadloop/sim/traffic"
)

// addActor places an actor and adds its behavior.
func (w *World) addActor(id actor.ID, spec *ActorSpec) error {
	pose, err := place(w.spec.Map, &spec.Start)
	if err != nil {
		return err
	}
	shape := spec.Shape
	if shape == (actor.Shape{}) {
		shape = actor.DefaultShape(spec.Kind)
	}
	looks := w.stream(id, "looks")
	a := actor.Actor{ID: id, Kind: spec.Kind, Shape: shape, Appearance: looksOf(spec.Kind, spec.Appearance, &looks)}
	a.State.Pose = pose
	w.actors = append(w.actors, a)
	w.scripts = append(w.scripts, script{})
	if err := w.addBehavior(&w.actors[len(w.actors)-1], spec); err != nil {
		return err
	}
	return w.checkScript(spec)
}

// stream returns the actor's stream for a purpose.
func (w *World) stream(id actor.ID, purpose string) rng.Stream {
	return rng.New(w.spec.Seed, w.Name(id), purpose)
}

func (w *World) addBehavior(a *actor.Actor, spec *ActorSpec) error {
	switch b := spec.Behavior.(type) {
	case nil, Still:
		w.traffic.AddStatic()
		return nil
	case Drive:
		return w.addDriver(a, &spec.Start, traffic.DriverConfig{DesiredSpeed: b.Speed, Route: b.Route,
			Model: b.Model, KeepLane: b.KeepLane})
	case Follow:
		manner := traffic.Blind
		if b.Courteous {
			manner = traffic.Courteous
		}
		return w.addDriver(a, &spec.Start, traffic.DriverConfig{Route: b.Route, Compliance: manner})
	case Walk:
		return w.traffic.AddPedestrian(a, traffic.PedestrianConfig{Path: b.Path, Speed: b.Speed, Wary: b.Wary,
			WaitAtStart: b.WaitAtStart, Loop: b.Loop, Stream: w.stream(a.ID, "walk")})
	}
	return errors.New("unknown behavior")
}

// addDriver fills the start of the vehicle into cfg and adds the driver.
func (w *World) addDriver(a *actor.Actor, s *Start, cfg traffic.DriverConfig) error {
	cfg.Lane, cfg.S, cfg.D, cfg.Speed = s.Lane, s.S, s.D, s.Speed
	if s.Pose != nil {
		t := startTrack(w.spec.Map, nil, s, *s.Pose)
		cfg.Lane, cfg.S, cfg.D = t.lane, t.s, t.d
	}
	cfg.Stream = w.stream(a.ID, "driver")
	a.State.Speed = s.Speed
	return w.traffic.AddDriver(a, cfg)
}

// checkScript returns an error if an action does not fit the actor.
func (w *World) checkScript(spec *ActorSpec) error {
	for i, m := range spec.Script {
		if err := w.checkAction(spec, m.Do); err != nil {
			return fmt.Errorf("script: maneuver %d: %w", i, err)
		}
		for _, c := range m.When {
			if math.IsNaN(c.Value) || c.What > OwnSpeed {
				return fmt.Errorf("script: maneuver %d: condition with an unknown quantity or NaN", i)
			}
		}
	}
	return nil
}

func (w *World) checkAction(spec *ActorSpec, do Action) error {
	_, walks := spec.Behavior.(Walk)
	vehicle := drives(spec.Behavior)
	switch a := do.(type) {
	case nil:
		return errors.New("no action")
	case ChangeLane:
		if a.Side == 0 && (a.To < 0 || int(a.To) >= len(w.spec.Map.Lanes)) {
			return fmt.Errorf("change lane: lane %d is not on the map", a.To)
		}
		return requireActor(vehicle, do, "vehicles that drive")
	case Turn:
		return errors.Join(w.traffic.CheckRoute(a.Route), requireActor(vehicle, do, "vehicles that drive"))
	case Rendezvous:
		if !(a.Speed > 0) || math.IsNaN(a.After+a.Steady) {
			return errors.New("meet: the speed must be above 0 and the times finite")
		}
		return requireActor(vehicle, do, "vehicles that drive")
	case Offset, Brake, Release:
		return requireActor(vehicle, do, "vehicles that drive")
	case Speed, Stop:
		return requireActor(vehicle || walks, do, "actors that move")
	case Go, Hesitate:
		return requireActor(walks, do, "pedestrians")
	case SetWalk:
		var err error
		if _, bad := geom.NewPolyline(append([]geom.Vec{{X: math.Pi, Y: math.E}}, a.Path...)); bad != nil {
			err = errors.New("walk: the path needs two different finite points")
		}
		return errors.Join(err, requireActor(!vehicle, do, "actors that do not drive"))
	case Cross:
		return requireActor(!vehicle && a.Far > 0, do, "actors that do not drive, with a positive distance")
	}
	return errors.New("unknown action")
}

func drives(b Behavior) bool {
	switch b.(type) {
	case Drive, Follow:
		return true
	}
	return false
}

func requireActor(ok bool, do Action, actors string) error {
	if ok {
		return nil
	}
	return fmt.Errorf("%s: only for %s", nameOf(do), actors)
}

// nameOf returns the name of an action for error messages.
func nameOf(do Action) string {
	switch do.(type) {
	case ChangeLane:
		return "change lane"
	case Offset:
		return "offset"
	case Speed:
		return "speed"
	case Brake:
		return "brake"
	case Rendezvous:
		return "meet"
	case Stop:
		return "stop"
	case Turn:
		return "turn"
	case SetWalk:
		return "walk"
	case Go:
		return "go"
	case Cross:
		return "cross"
	case Hesitate:
		return "hesitate"
	case Release:
		return "release"
	}
	return "action"
}

// paints are usual car colors with their cumulative shares.
var paints = [...]struct {
	share float64
	rgb   [3]uint8
}{
	{0.25, [3]uint8{232, 232, 230}}, {0.47, [3]uint8{28, 28, 31}}, {0.66, [3]uint8{122, 125, 130}},
	{0.76, [3]uint8{176, 180, 184}}, {0.85, [3]uint8{34, 62, 128}}, {0.93, [3]uint8{150, 24, 28}},
	{0.96, [3]uint8{40, 84, 56}}, {0.98, [3]uint8{196, 150, 40}}, {1, [3]uint8{110, 78, 54}},
}

// looksOf returns the given looks or draws some.
func looksOf(k actor.Kind, given *actor.Appearance, s *rng.Stream) actor.Appearance {
	if given != nil {
		return *given
	}
	looks := actor.Appearance{Variant: uint32(s.Uint64())}
	if k.Vulnerable() {
		for i := range looks.Paint {
			looks.Paint[i] = uint8(s.Range(20, 236))
		}
		return looks
	}
	u := s.Float64()
	for i := range paints {
		if u < paints[i].share {
			looks.Paint = paints[i].rgb
			break
		}
	}
	return looks
}
