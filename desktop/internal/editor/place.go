package editor

import (
	"math"

	"github.com/hajimehoshi/ebiten/v2"

	"roadloop/desktop/internal/ui"
	"roadloop/scenarios/edit"
	"roadloop/sim/actor"
	"roadloop/sim/geom"
	"roadloop/sim/road"
	"roadloop/sim/vehicle"
)

// lane returns a lane, nil if the map does not have it.
func (s *Screen) lane(id road.LaneID) *road.Lane {
	if s.m == nil || id < 0 || int(id) >= len(s.m.Lanes) {
		return nil
	}
	return &s.m.Lanes[id]
}

// pose returns the map pose of a lane position.
func (s *Screen) pose(p edit.Place) (geom.Pose, bool) {
	l := s.lane(p.Lane)
	if l == nil {
		return geom.Pose{}, false
	}
	return l.Center.Offset(p.S, p.D), true
}

// figure returns an actor at its start, for drawing. An actor that is placed relative
// to the ego stands where the last valid spec has it.
func (s *Screen) figure(i int, a *edit.Actor) (actor.Actor, bool) {
	at := a.At
	if len(a.Path) > 0 {
		at = a.Path[0]
	} else if !a.Placed {
		at = s.planned(i, at)
	}
	pose, ok := s.pose(at)
	pose.Yaw = geom.WrapAngle(pose.Yaw + a.Heading)
	if len(a.Path) > 1 {
		if next, ok := s.pose(a.Path[1]); ok && a.Kind.OnFoot() {
			pose.Yaw = next.Pos().Sub(pose.Pos()).Angle()
		}
	}
	return actor.Actor{ID: actor.ID(i + 1), Kind: a.Kind, Shape: actor.DefaultShape(a.Kind), State: actor.State{Pose: pose, Speed: a.Speed}}, ok
}

// planned returns the start of an actor in the compiled case.
func (s *Screen) planned(i int, at edit.Place) edit.Place {
	if s.findings == nil || s.findings.Spec == nil || i >= len(s.findings.Spec.Drive.World.Actors) {
		return at
	}
	start := s.findings.Spec.Drive.World.Actors[i].Start
	return edit.Place{Lane: start.Lane, S: start.S, D: start.D}
}

// ego returns the ego at its start.
func (s *Screen) ego() (actor.Actor, bool) {
	e := s.draft.Ego()
	if !e.Placed && s.findings != nil && s.findings.Spec != nil {
		start := s.findings.Spec.Drive.World.Ego.Start
		e.At, e.Speed = edit.Place{Lane: start.Lane, S: start.S, D: start.D}, start.Speed
	}
	pose, ok := s.pose(e.At)
	if l := s.lane(e.At.Lane); l != nil && s.draft.Scalar("ego.speed") == "" {
		e.Speed = l.SpeedLimit
	}
	params := vehicle.BMW320i()
	return actor.Actor{ID: actor.Ego, Kind: actor.Car, Shape: params.Shape(), State: actor.State{Pose: pose, Speed: e.Speed}}, ok
}

// spotOf returns the lane position of a map point, to the decimeter.
func spotOf(l *road.Lane, p geom.Vec) edit.Place {
	at, d := l.Center.Project(p)
	return edit.Place{Lane: l.ID, S: math.Round(10*at) / 10, D: math.Round(10*d) / 10}
}

// snap returns the lane position for an object at a map point. Vehicles snap to the
// center of a nearby lane unless free is set.
func (s *Screen) snap(kind actor.Kind, p geom.Vec, free bool) (edit.Place, bool) {
	if s.m == nil {
		return edit.Place{}, false
	}
	id, _, _, ok := s.m.Nearest(p)
	if !ok {
		return edit.Place{}, false
	}
	l := s.lane(id)
	at := spotOf(l, p)
	at.S = math.Max(0, math.Min(at.S, math.Floor(10*l.Center.Length())/10))
	if vehicleKind(kind) && !free && math.Abs(at.D) < .6*l.Width {
		at.D = 0
	}
	return at, true
}

// vehicleKind reports whether a kind keeps to lanes.
func vehicleKind(k actor.Kind) bool {
	switch k {
	case actor.Car, actor.Van, actor.Truck, actor.Bus, actor.Motorcycle, actor.Cyclist:
		return true
	}
	return false
}

// defaultSpeed returns the initial speed of a placed object, m/s.
func (s *Screen) defaultSpeed(k actor.Kind, at edit.Place) float64 {
	switch {
	case k.OnFoot():
		return 5 / 3.6
	case k == actor.Cyclist:
		return 15 / 3.6
	case vehicleKind(k):
		return math.Min(50/3.6, s.lane(at.Lane).SpeedLimit)
	}
	return 0
}

// put places a new actor of the selected kind.
func (s *Screen) put(p geom.Vec, free bool) {
	at, ok := s.snap(s.placing, p, free)
	if !ok {
		return
	}
	if s.placing.OnFoot() && math.Abs(at.D) < .5 {
		at.D = -s.lane(at.Lane).Width // from the edge of the road
	}
	s.draft.EndStep()
	n := 0
	if s.change("place a "+s.placing.String(), func(e *edit.Edit) (err error) {
		n, err = e.AddActor(s.placing, at, s.defaultSpeed(s.placing, at))
		return err
	}) {
		s.choose(n)
	}
}

// addSpot appends a point to the path of the selected actor.
func (s *Screen) addSpot(p geom.Vec) {
	if s.chosen.what != anActor {
		s.tool = selecting
		return
	}
	i := s.chosen.actor
	a := s.draft.Actors()[i]
	l := s.lane(a.At.Lane)
	if l == nil {
		return
	}
	at := spotOf(l, p)
	s.draft.EndStep()
	s.change("draw the path of "+a.ID, func(e *edit.Edit) error { return e.AddWaypoint(i, len(a.Path)-1, at.S, at.D) })
}

// turn turns the selected actor by 15 degrees.
func (s *Screen) turn(back bool) {
	if s.chosen.what != anActor {
		return
	}
	i := s.chosen.actor
	a := s.draft.Actors()[i]
	by := math.Pi / 12
	if back {
		by = -by
	}
	s.change("turn "+a.ID, func(e *edit.Edit) error {
		heading := geom.WrapAngle(a.Heading + by)
		if math.Abs(heading) < .01 {
			return e.Remove(edit.ActorPath(i, "heading"))
		}
		return e.Put(edit.ActorPath(i, "heading"), edit.Degrees(heading))
	})
}

// moveByKeys moves the selection with the arrow keys, along and across its lane.
func (s *Screen) moveByKeys(in *ui.Input) {
	var ds, dd float64
	switch {
	case in.TakeRepeated(ebiten.KeyArrowRight):
		ds = 1
	case in.TakeRepeated(ebiten.KeyArrowLeft):
		ds = -1
	case in.TakeRepeated(ebiten.KeyArrowUp):
		dd = .1
	case in.TakeRepeated(ebiten.KeyArrowDown):
		dd = -.1
	default:
		return
	}
	if in.Shift() {
		ds, dd = .1*ds, 5*dd
	}
	switch i, n := s.chosen.actor, s.chosen.spot; {
	case s.chosen.what == theEgo:
		at := s.draft.Ego().At
		s.change("move the ego", func(e *edit.Edit) error { return e.MoveEgo(edit.Place{Lane: at.Lane, S: at.S + ds, D: at.D + dd}) })
	case s.chosen.what == anActor && n >= 0:
		at := s.draft.Actors()[i].Path[n]
		s.change("move a path point", func(e *edit.Edit) error { return e.MoveWaypoint(i, n, at.S+ds, at.D+dd) })
	case s.chosen.what == anActor:
		a := s.draft.Actors()[i]
		if !a.Placed && len(a.Path) == 0 {
			a.At = s.planned(i, a.At)
		}
		s.change("move "+a.ID, func(e *edit.Edit) error {
			return e.MoveActor(i, edit.Place{Lane: a.At.Lane, S: a.At.S + ds, D: a.At.D + dd})
		})
	}
}
