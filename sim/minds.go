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

// addActor places an actor and gives it its mind.
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
	a := actor.Actor{ID: id, Kind: spec.Kind, Shape: shape, Looks: looksOf(spec.Kind, spec.Looks, &looks)}
	a.State.Pose = pose
	w.actors = append(w.actors, a)
	w.scripts = append(w.scripts, script{})
	if err := w.addMind(&w.actors[len(w.actors)-1], spec); err != nil {
		return err
	}
	return w.checkScript(spec)
}

// stream returns the actor's stream for a purpose.
func (w *World) stream(id actor.ID, purpose string) rng.Stream {
	return rng.New(w.spec.Seed, w.Name(id), purpose)
}

func (w *World) addMind(a *actor.Actor, spec *ActorSpec) error {
	switch b := spec.Behavior.(type) {
	case nil, Still:
		w.traffic.AddStill()
		return nil
	case Drive:
		return w.addDriver(a, &spec.Start, traffic.DriverConfig{Wanted: b.Speed, Route: b.Route,
			Model: b.Model, KeepLane: b.KeepLane})
	case Follow:
		manner := traffic.Blind
		if b.Courteous {
			manner = traffic.Courteous
		}
		return w.addDriver(a, &spec.Start, traffic.DriverConfig{Route: b.Route, Manner: manner})
	case Walk:
		return w.traffic.AddWalker(a, traffic.WalkerConfig{Path: b.Path, Speed: b.Speed, Wary: b.Wary,
			Waits: b.Waits, Loop: b.Loop, Stream: w.stream(a.ID, "walk")})
	}
	return errors.New("the behavior is unknown")
}

// addDriver completes cfg with where the vehicle starts and adds it.
func (w *World) addDriver(a *actor.Actor, s *Start, cfg traffic.DriverConfig) error {
	cfg.Lane, cfg.S, cfg.D, cfg.Speed = s.Lane, s.S, s.D, s.Speed
	if s.Pose != nil {
		t := startTrack(w.spec.Map, s, *s.Pose)
		cfg.Lane, cfg.S, cfg.D = t.lane, t.s, t.d
	}
	cfg.Stream = w.stream(a.ID, "driver")
	a.State.Speed = s.Speed
	return w.traffic.AddDriver(a, cfg)
}

// checkScript reports actions that cannot be meant for the actor.
func (w *World) checkScript(spec *ActorSpec) error {
	for i, m := range spec.Script {
		if err := w.checkAction(spec, m.Do); err != nil {
			return fmt.Errorf("script: maneuver %d: %w", i, err)
		}
		for _, c := range m.When {
			if math.IsNaN(c.Value) || c.What > OwnSpeed {
				return fmt.Errorf("script: maneuver %d: its condition has an unknown quantity or no number", i)
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
		return only(vehicle, do, "vehicles that drive")
	case Turn:
		return errors.Join(w.traffic.CheckRoute(a.Route), only(vehicle, do, "vehicles that drive"))
	case Meet:
		if !(a.Speed > 0) || math.IsNaN(a.After+a.Steady) {
			return errors.New("a meeting needs a speed above 0 and finite times")
		}
		return only(vehicle, do, "vehicles that drive")
	case Offset, Brake, Release:
		return only(vehicle, do, "vehicles that drive")
	case Speed, Stop:
		return only(vehicle || walks, do, "actors that move")
	case Go, Hesitate:
		return only(walks, do, "walkers")
	case SetWalk:
		var err error
		if _, bad := geom.NewPolyline(append([]geom.Vec{{X: math.Pi, Y: math.E}}, a.Path...)); bad != nil {
			err = errors.New("the path of a walk needs finite places that differ")
		}
		return errors.Join(err, only(!vehicle, do, "actors that do not drive"))
	case Cross:
		return only(!vehicle && a.Far > 0, do, "actors that do not drive, with a positive distance")
	}
	return errors.New("the action is unknown")
}

func drives(b Behavior) bool {
	switch b.(type) {
	case Drive, Follow:
		return true
	}
	return false
}

func only(ok bool, do Action, who string) error {
	if ok {
		return nil
	}
	return fmt.Errorf("%s is for %s", nameOf(do), who)
}

// nameOf returns the name of an action for people.
func nameOf(do Action) string {
	switch do.(type) {
	case ChangeLane:
		return "a lane change"
	case Offset:
		return "an offset"
	case Speed:
		return "a change of speed"
	case Brake:
		return "braking"
	case Meet:
		return "a meeting"
	case Stop:
		return "a stop"
	case Turn:
		return "a new route"
	case SetWalk:
		return "a walk"
	case Go:
		return "setting out"
	case Cross:
		return "crossing the road"
	case Hesitate:
		return "a hesitation"
	case Release:
		return "a release"
	}
	return "this action"
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
func looksOf(k actor.Kind, given *actor.Looks, s *rng.Stream) actor.Looks {
	if given != nil {
		return *given
	}
	looks := actor.Looks{Variant: uint32(s.Uint64())}
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
