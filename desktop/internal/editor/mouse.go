package editor

import (
	"math"

	"roadloop/desktop/internal/panel"
	"roadloop/desktop/internal/ui"
	"roadloop/scenarios/edit"
	"roadloop/sim/actor"
	"roadloop/sim/geom"
)

// grab is the dragged object.
type grab struct {
	on     bool
	what   held
	offset geom.Vec // from the pointer to the object, m
	map0   ui.Point // pan of the map at the start
	moved  bool
}

type held uint8

const (
	theRoad held = iota
	theChosen
	theSpeed // the tip of the arrow
)

const (
	slack     = 4.0 // tolerance of a click, points
	handle    = 7.0 // radius of a handle, points
	wheelZoom = 1.2
	arrowTime = 1.0 // length of a speed arrow, in s of driving
)

// middle returns the center of the map view.
func (s *Screen) middle() ui.Point {
	if s.view == nil {
		return ui.Point{} // there is no road yet
	}
	return ui.Point{X: s.view.Width / 2, Y: s.view.Height / 2}
}

// point handles the pointer on the map.
func (s *Screen) point(c *ui.Canvas, in *ui.Input) {
	all := c.Bounds()
	if notch := in.ScrollOver(c, all).Y; notch != 0 {
		s.gaze.Zoom(in.Pos(c), math.Pow(wheelZoom, notch))
	}
	if in.Click(c, all, ui.Secondary) {
		s.pick(in.Pos(c))
		in.OpenMenu(c, "what", in.Pos(c))
	}
	s.menu(c, in)
	by, dragging, done := in.Drag(c, "road", all)
	if !dragging {
		return
	}
	at := in.Pos(c)
	if !s.grab.on {
		s.take(at)
	}
	if s.grab.moved = s.grab.moved || by.Dist(ui.Point{}) > slack; s.grab.moved {
		s.drag(at, by, in.Shift())
	}
	if done {
		s.release(at, in.Shift())
	}
}

// take grabs the object under the pointer when the button goes down.
func (s *Screen) take(at ui.Point) {
	s.grab = grab{on: true}
	s.draft.EndStep()
	if s.tool != selecting {
		return
	}
	if tip, ok := s.speedTip(); ok && tip.Dist(at) < handle+2 {
		s.grab.what = theSpeed
		return
	}
	if s.pick(at) {
		s.grab.what = theChosen
		s.grab.offset = s.anchor().Sub(s.view.ToMap(at))
	}
}

// pick selects the object under a point of the screen.
func (s *Screen) pick(at ui.Point) bool {
	if n := s.pathPointAt(at); n >= 0 {
		s.chosen.spot = n
		return true
	}
	id, found := panel.FindActor(s.view, at, s.selectables())
	switch {
	case !found:
		return false
	case id == actor.Ego:
		s.chooseEgo()
	default:
		s.choose(int(id) - 1)
	}
	return true
}

// pathPointAt returns the path point of the selected actor under a point, -1 for none.
func (s *Screen) pathPointAt(at ui.Point) int {
	if s.chosen.what != anActor {
		return -1
	}
	for n, p := range s.draft.Actors()[s.chosen.actor].Path {
		if pose, ok := s.pose(p); ok && s.view.ToScreen(pose.Pos()).Dist(at) < handle+2 && n > 0 {
			return n
		}
	}
	return -1
}

// anchor returns the map point that positions the selection.
func (s *Screen) anchor() geom.Vec {
	switch s.chosen.what {
	case theEgo:
		ego, _ := s.ego()
		return ego.State.Pose.Pos()
	case anActor:
		a := s.draft.Actors()[s.chosen.actor]
		if s.chosen.spot >= 0 {
			pose, _ := s.pose(a.Path[s.chosen.spot])
			return pose.Pos()
		}
		fig, _ := s.figure(s.chosen.actor, &a)
		return fig.State.Pose.Pos()
	}
	return geom.Vec{}
}

// selectables returns all selectable objects at their start.
func (s *Screen) selectables() []actor.Actor {
	var out []actor.Actor
	for i, a := range s.draft.Actors() {
		if fig, ok := s.figure(i, &a); ok {
			out = append(out, fig)
		}
	}
	if ego, ok := s.ego(); ok {
		out = append(out, ego)
	}
	return out
}

// drag moves the grabbed object to the pointer.
func (s *Screen) drag(at, by ui.Point, free bool) {
	p := s.view.ToMap(at).Add(s.grab.offset)
	switch {
	case s.grab.what == theRoad:
		s.gaze.Drag(by.Sub(s.grab.map0))
		s.grab.map0 = by
	case s.grab.what == theSpeed:
		s.dragSpeed(at)
	case s.chosen.what == theEgo:
		if to, ok := s.snap(actor.Car, p, free); ok {
			s.change("move the ego", func(e *edit.Edit) error { return e.MoveEgo(to) })
		}
	case s.chosen.spot >= 0:
		s.dragSpot(p)
	default:
		s.dragActor(p, free)
	}
}

// dragSpot moves a path point, relative to the actor's lane.
func (s *Screen) dragSpot(p geom.Vec) {
	i, n := s.chosen.actor, s.chosen.spot
	if l := s.lane(s.draft.Actors()[i].At.Lane); l != nil {
		to := spotOf(l, p)
		s.change("move a path point", func(e *edit.Edit) error { return e.MoveWaypoint(i, n, to.S, to.D) })
	}
}

// dragActor moves an actor, a pedestrian with its path.
func (s *Screen) dragActor(p geom.Vec, free bool) {
	i := s.chosen.actor
	a := s.draft.Actors()[i]
	to, ok := s.snap(a.Kind, p, free)
	if l := s.lane(a.At.Lane); ok && len(a.Path) > 0 && l != nil {
		first := spotOf(l, p)
		to = edit.Place{Lane: l.ID, S: a.At.S + first.S - a.Path[0].S, D: a.At.D + first.D - a.Path[0].D}
	}
	if ok {
		s.change("move "+a.ID, func(e *edit.Edit) error { return e.MoveActor(i, to) })
	}
}

// release ends a drag, or performs a click.
func (s *Screen) release(at ui.Point, shift bool) {
	moved := s.grab.moved
	held := s.grab.what
	s.grab = grab{}
	s.draft.EndStep()
	if moved {
		return
	}
	if s.tool != selecting {
		s.apply(s.view.ToMap(at), shift)
	} else if held == theRoad {
		s.chosen = selection{}
	}
}

// apply uses the tool at a map point. A placing tool is dropped afterwards, unless more
// is set.
func (s *Screen) apply(p geom.Vec, more bool) {
	if s.tool == drawing {
		s.addSpot(p)
		return
	}
	s.put(p, more)
	if !more {
		s.tool = selecting
	}
}

// speedTip returns the tip of the selection's speed arrow on the screen.
func (s *Screen) speedTip() (ui.Point, bool) {
	who, ok := s.chosenFigure()
	if !ok || who.State.Speed <= 0 && !vehicleKind(who.Kind) {
		return ui.Point{}, false
	}
	return s.view.ToScreen(tipOf(&who)), true
}

// tipOf returns the tip of a speed arrow: the distance driven in arrowTime ahead of the
// front.
func tipOf(a *actor.Actor) geom.Vec {
	return a.State.Pose.ToWorld(geom.Vec{X: frontOf(a) + .6 + a.State.Speed*arrowTime})
}

func frontOf(a *actor.Actor) float64 { return a.Shape.RearToCenter + a.Shape.Length/2 }

// chosenFigure returns the selected ego or actor at its start.
func (s *Screen) chosenFigure() (actor.Actor, bool) {
	switch s.chosen.what {
	case theEgo:
		return s.ego()
	case anActor:
		a := s.draft.Actors()[s.chosen.actor]
		return s.figure(s.chosen.actor, &a)
	}
	return actor.Actor{}, false
}

// dragSpeed sets the speed from the tip of the arrow, in whole km/h.
func (s *Screen) dragSpeed(at ui.Point) {
	who, ok := s.chosenFigure()
	if !ok {
		return
	}
	x := who.State.Pose.ToLocal(s.view.ToMap(at)).X - frontOf(&who) - .6
	v := math.Max(0, math.Round(3.6*x/arrowTime)) / 3.6
	path := "ego.speed"
	if s.chosen.what == anActor {
		path = edit.ActorPath(s.chosen.actor, "speed")
	}
	s.change("set the speed", func(e *edit.Edit) error { return e.Put(path, edit.Speed(v)) })
}
