package roadloop

import (
	"fmt"
	"slices"

	"roadloop/control/guard"
	"roadloop/control/stanley"
	"roadloop/perception/fusion"
	"roadloop/planning/prediction"
	"roadloop/planning/trajectory"
	"roadloop/sim"
	"roadloop/sim/rig"
)

// Forker is a layer, the sensors or a driver that can be copied with everything it
// remembers. Fork returns a copy that goes on exactly as the original would; what
// reads the world reads w from then on.
type Forker[T any] interface {
	Fork(w *sim.World) (T, error)
}

// ForkLayer copies a layer for the world w: one that is a Forker, or one of those
// that come along. It fails for any other, which may remember things that nobody
// can copy.
func ForkLayer[T any](layer T, w *sim.World) (T, error) {
	var copied any
	switch l := any(layer).(type) {
	case Forker[T]:
		return l.Fork(w)
	case interface{ Clone() T }:
		return l.Clone(), nil
	case *rig.Rig:
		copied = l.Clone()
	case *fusion.Fusion:
		copied = l.Clone()
	case *prediction.Predictor:
		copied = l.Clone()
	case *trajectory.Planner:
		copied = l.Clone()
	case *trajectory.Keeper:
		copied = l.Clone()
	case *stanley.Controller:
		copied = l.Clone()
	case *guard.Guard:
		copied = l.Clone()
	default:
		return layer, fmt.Errorf("%T cannot be forked: it has no method Fork", layer)
	}
	return copied.(T), nil
}

// Fork returns a session that goes on exactly as s would, the driver's memory and
// the messages on their way included. The two share only what never changes, and
// the engine of a network: they must take turns. Thoughts of the last moment stay
// with s. It fails for a driver that cannot be forked.
func (s *Session) Fork() (*Session, error) {
	c := &Session{drive: s.drive, world: s.world.Clone(), events: slices.Clone(s.events),
		trace: s.trace.Fork()}
	var err error
	if c.sensors, err = ForkLayer(s.sensors, c.world); err != nil {
		return nil, fmt.Errorf("forking the sensors: %w", err)
	}
	if c.driver, err = ForkLayer(s.driver, c.world); err != nil {
		return nil, fmt.Errorf("forking the driver: %w", err)
	}
	c.moment = Moment{Time: s.moment.Time, World: c.world, Command: s.moment.Command, Events: c.events}
	return c, nil
}

// Fork returns a driver that goes on exactly as s would.
func (s *Stack) Fork(w *sim.World) (Driver, error) {
	c := new(Stack)
	for _, copyLayer := range [...]func() error{
		func() (err error) { c.Perceiver, err = ForkLayer(s.Perceiver, w); return },
		func() (err error) { c.Predictor, err = ForkLayer(s.Predictor, w); return },
		func() (err error) { c.Planner, err = ForkLayer(s.Planner, w); return },
		func() (err error) { c.Controller, err = ForkLayer(s.Controller, w); return },
		func() (err error) { c.Guard, err = ForkLayer(s.Guard, w); return },
	} {
		if err := copyLayer(); err != nil {
			return nil, err
		}
	}
	return c, nil
}
