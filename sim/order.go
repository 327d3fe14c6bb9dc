package sim

import (
	"errors"
	"fmt"

	"roadloop/sim/actor"
	"roadloop/sim/scene"
)

// Order lets an actor begin an action now, beside its script, which goes on: so a
// copy of a world is sent another way. It fails for an action that the actor cannot
// begin.
func (w *World) Order(id actor.ID, do Action) error {
	if id < 1 || int(id) > len(w.actors) {
		return fmt.Errorf("there is no actor %d; there are 1 to %d", id, len(w.actors))
	}
	if _, ok := do.(Meet); ok {
		return errors.New("a meeting must be in the script from the start")
	}
	if err := w.checkAction(&w.spec.Actors[id-1], do); err != nil {
		return err
	}
	w.perform(int(id)-1, do)
	return nil
}

// SetConditions changes light and weather from now on, and with them the friction,
// unless friction is above 0 or the spec tells it. It fails for values out of range.
func (w *World) SetConditions(c scene.Conditions, friction float64) error {
	if err := c.Check(); err != nil {
		return err
	}
	if friction != 0 && !(friction >= 0.05 && friction <= 1.5) {
		return fmt.Errorf("friction %g is outside 0.05 to 1.5", friction)
	}
	spec := *w.spec // others share it
	spec.Conditions = c
	if friction > 0 {
		spec.Friction = friction
	}
	w.spec, w.friction = &spec, frictionOf(&spec)
	return nil
}
