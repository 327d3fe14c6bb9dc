package editor

import (
	"math"

	"roadloop/desktop/internal/ui"
	"roadloop/scenarios/edit"
	"roadloop/sim/actor"
	"roadloop/sim/geom"
)

// selection is the selected object: the ego, an actor, or a point of an actor's path.
type selection struct {
	doc   *document
	what  chosenKind
	actor int
	spot  int  // -1 for the actor itself
	fresh bool // it was made since the form was last drawn
}

type chosenKind uint8

const (
	nothing chosenKind = iota
	theEgo
	anActor
)

// clear selects nothing.
func (s *selection) clear() { s.what = nothing }

// choose selects an actor.
func (s *selection) choose(i int) { s.what, s.actor, s.spot, s.fresh = anActor, i, -1, true }

// chooseEgo selects the ego.
func (s *selection) chooseEgo() { s.what, s.spot, s.fresh = theEgo, -1, true }

// dropStale drops a selection that no longer exists.
func (s *selection) dropStale() {
	if s.what != anActor {
		return
	}
	if s.actor >= s.doc.draft.Len("actors") {
		s.clear()
	} else if s.spot >= s.doc.draft.Len(edit.ActorPath(s.actor, "path")) {
		s.spot = -1
	}
}

// name returns the name of the selection.
func (s *selection) name() string {
	switch s.what {
	case theEgo:
		return "ego"
	case anActor:
		return s.doc.draft.Scalar(edit.ActorPath(s.actor, "id"))
	}
	return "No selection"
}

// figure returns the selected ego or actor at its start.
func (s *selection) figure() (actor.Actor, bool) {
	switch s.what {
	case theEgo:
		return s.doc.ego()
	case anActor:
		a := s.doc.draft.Actors()[s.actor]
		return s.doc.figure(s.actor, &a)
	}
	return actor.Actor{}, false
}

// anchor returns the map point that positions the selection.
func (s *selection) anchor() geom.Vec {
	switch s.what {
	case theEgo:
		ego, _ := s.doc.ego()
		return ego.State.Pose.Pos()
	case anActor:
		a := s.doc.draft.Actors()[s.actor]
		if s.spot >= 0 {
			pose, _ := s.doc.pose(a.Path[s.spot])
			return pose.Pos()
		}
		fig, _ := s.doc.figure(s.actor, &a)
		return fig.State.Pose.Pos()
	}
	return geom.Vec{}
}

// cycle selects the next or previous one of the ego and the actors.
func (s *selection) cycle(back bool) {
	n := s.doc.draft.Len("actors") + 1
	at := n - 1 // nothing comes before the ego
	switch s.what {
	case theEgo:
		at = 0
	case anActor:
		at = s.actor + 1
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
func (s *selection) remove() {
	if s.what != anActor {
		return
	}
	s.doc.draft.EndStep()
	i, n := s.actor, s.spot
	if n >= 0 {
		s.doc.change("remove a path point", func(e *edit.Edit) error { return e.RemoveWaypoint(i, n) })
		s.spot = -1
		return
	}
	id := s.doc.draft.Scalar(edit.ActorPath(i, "id"))
	if s.doc.change("remove "+id, func(e *edit.Edit) error { return e.RemoveActor(i) }) {
		s.clear()
	}
}

// duplicate copies the selected actor.
func (s *selection) duplicate() {
	if s.what != anActor {
		return
	}
	n := 0
	if s.doc.step("copy "+s.doc.draft.Scalar(edit.ActorPath(s.actor, "id")), func(e *edit.Edit) (err error) {
		n, err = e.CopyActor(s.actor, 8)
		return err
	}) {
		s.choose(n)
	}
}

// turn turns the selected actor by 15 degrees.
func (s *selection) turn(back bool) {
	if s.what != anActor {
		return
	}
	i := s.actor
	a := s.doc.draft.Actors()[i]
	by := math.Pi / 12
	if back {
		by = -by
	}
	s.doc.change("turn "+a.ID, func(e *edit.Edit) error {
		heading := geom.WrapAngle(a.Heading + by)
		if math.Abs(heading) < .01 {
			return e.Remove(edit.ActorPath(i, "heading"))
		}
		return e.Put(edit.ActorPath(i, "heading"), edit.Degrees(heading))
	})
}

// move moves the selection along and across its lane, in meters.
func (s *selection) move(ds, dd float64) {
	switch i, n := s.actor, s.spot; {
	case s.what == theEgo:
		at := s.doc.draft.Ego().At
		s.doc.change("move the ego", func(e *edit.Edit) error { return e.MoveEgo(edit.Place{Lane: at.Lane, S: at.S + ds, D: at.D + dd}) })
	case s.what == anActor && n >= 0:
		at := s.doc.draft.Actors()[i].Path[n]
		s.doc.change("move a path point", func(e *edit.Edit) error { return e.MoveWaypoint(i, n, at.S+ds, at.D+dd) })
	case s.what == anActor:
		a := s.doc.draft.Actors()[i]
		if !a.Placed && len(a.Path) == 0 {
			a.At = s.doc.planned(i, a.At)
		}
		s.doc.change("move "+a.ID, func(e *edit.Edit) error {
			return e.MoveActor(i, edit.Place{Lane: a.At.Lane, S: a.At.S + ds, D: a.At.D + dd})
		})
	}
}

// moveByKeys moves the selection with the arrow keys.
func (s *selection) moveByKeys(in *ui.Input) {
	dir, ok := in.Arrow()
	if !ok {
		return
	}
	ds, dd := dir.X, -.1*dir.Y
	if in.Shift() {
		ds, dd = .1*ds, 5*dd
	}
	s.move(ds, dd)
}
