package editor

import (
	"github.com/hajimehoshi/ebiten/v2"

	"roadloop/desktop/internal/ui"
	"roadloop/scenarios/edit"
)

// keys handles keys that no widget took.
func (s *Screen) keys(in *ui.Input) {
	if !in.KeysAllowed() {
		return
	}
	if in.Typing() {
		if in.TakeKey(ebiten.KeyEscape) {
			s.form.forget()
			in.Unfocus()
		}
		return
	}
	if in.Control() {
		s.commands(in)
		return
	}
	switch {
	case in.TakeKey(ebiten.KeyDelete), in.TakeKey(ebiten.KeyBackspace):
		s.remove()
	case in.TakeKey(ebiten.KeyEscape):
		s.escape()
	case s.view != nil && s.tool != selecting && in.TakeKey(ebiten.KeyEnter):
		s.apply(s.view.ToMap(s.middle()), in.Shift())
	case in.TakeKey(ebiten.KeyN):
		s.cycle(in.Shift())
	case in.TakeRepeated(ebiten.KeyR):
		s.turn(in.Shift())
	case in.TakeKey(ebiten.KeySpace):
		s.playing = !s.playing
	case in.TakeKey(ebiten.KeyHome):
		s.gaze.Reset()
	case in.TakeRepeated(ebiten.KeyEqual), in.TakeRepeated(ebiten.KeyNumpadAdd):
		s.gaze.Zoom(s.middle(), 1.25)
	case in.TakeRepeated(ebiten.KeyMinus), in.TakeRepeated(ebiten.KeyNumpadSubtract):
		s.gaze.Zoom(s.middle(), 1/1.25)
	default:
		s.moveByKeys(in)
	}
}

// commands handles keys with Control.
func (s *Screen) commands(in *ui.Input) {
	switch {
	case in.TakeKey(ebiten.KeyZ):
		if in.Shift() {
			s.redo()
		} else {
			s.undo()
		}
	case in.TakeKey(ebiten.KeyY):
		s.redo()
	case in.TakeKey(ebiten.KeyS):
		s.save(in.Shift())
	case in.TakeKey(ebiten.KeyO):
		s.askOpen()
	case in.TakeKey(ebiten.KeyD):
		s.duplicate()
	case in.TakeKey(ebiten.KeyEnter):
		s.run()
	}
}

func (s *Screen) undo() {
	s.form.forget()
	s.draft.Undo()
}

func (s *Screen) redo() {
	s.form.forget()
	s.draft.Redo()
}

// escape drops the tool first, then the selection.
func (s *Screen) escape() {
	switch {
	case s.tool != selecting:
		s.tool = selecting
	case s.chosen.what != nothing:
		s.chosen = selection{}
	case s.config.Leave != nil:
		s.leave()
	}
}

// cycle selects the next or previous one of the ego and the actors.
func (s *Screen) cycle(back bool) {
	n := s.draft.Len("actors") + 1
	at := n - 1 // nothing comes before the ego
	switch s.chosen.what {
	case theEgo:
		at = 0
	case anActor:
		at = s.chosen.actor + 1
	}
	step := 1
	if back {
		step = n - 1
	}
	if at = (at + step) % n; at == 0 {
		s.chooseEgo()
	} else {
		s.choose(at - 1)
	}
}

// remove removes the selection: a path point or an actor.
func (s *Screen) remove() {
	if s.chosen.what != anActor {
		return
	}
	s.draft.EndStep()
	i, n := s.chosen.actor, s.chosen.spot
	if n >= 0 {
		s.change("remove a path point", func(e *edit.Edit) error { return e.RemoveWaypoint(i, n) })
		s.chosen.spot = -1
		return
	}
	id := s.draft.Scalar(edit.ActorPath(i, "id"))
	if s.change("remove "+id, func(e *edit.Edit) error { return e.RemoveActor(i) }) {
		s.chosen = selection{}
	}
}

// duplicate copies the selected actor.
func (s *Screen) duplicate() {
	if s.chosen.what != anActor {
		return
	}
	s.draft.EndStep()
	n := 0
	if s.change("copy "+s.draft.Scalar(edit.ActorPath(s.chosen.actor, "id")), func(e *edit.Edit) (err error) {
		n, err = e.CopyActor(s.chosen.actor, 8)
		return err
	}) {
		s.choose(n)
	}
}
