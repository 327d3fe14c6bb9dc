package sim

import (
	"errors"
	"fmt"

	"roadloop/sim/actor"
	"roadloop/sim/scene"
)

// BeginAction makes an actor begin an action now. The actor's script continues. Use it to
// make a clone of a world develop differently. It returns an error if the actor
// cannot begin the action.
func (w *World) BeginAction(id actor.ID, do Action) error {
	if id < 1 || int(id) > len(w.actors) {
		return fmt.Errorf("no actor %d: IDs are 1 to %d", id, len(w.actors))
	}
	if _, ok := do.(Rendezvous); ok {
		return errors.New("meet is allowed in scripts only")
	}
	if err := w.checkAction(&w.spec.Actors[id-1], do); err != nil {
		return err
	}
	p := w.performer(int(id) - 1)
	p.perform(do)
	return nil
}

// SetConditions changes light and weather from now on. If friction is above 0, it
// becomes the new friction; else the friction follows the new weather, unless the
// spec sets it. SetConditions returns an error for values out of range.
func (w *World) SetConditions(c scene.Conditions, friction float64) error {
	if err := c.Check(); err != nil {
		return err
	}
	if friction != 0 && !(friction >= 0.05 && friction <= 1.5) {
		return fmt.Errorf("friction %g is outside 0.05 to 1.5", friction)
	}
	spec := *w.spec // shared with other worlds
	spec.Conditions = c
	if friction > 0 {
		spec.Friction = friction
	}
	w.spec, w.friction = &spec, frictionOf(&spec)
	return nil
}
