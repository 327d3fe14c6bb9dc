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
func (v *roadView) middle() ui.Point {
	if v.view == nil {
		return ui.Point{} // there is no road yet
	}
	return ui.Point{X: v.view.Width / 2, Y: v.view.Height / 2}
}

// point handles the pointer on the map.
func (v *roadView) point(c *ui.Canvas, in *ui.Input) {
	all := c.Bounds()
	if notch := in.ScrollOver(c, all).Y; notch != 0 {
		v.gaze.Zoom(in.Pos(c), math.Pow(wheelZoom, notch))
	}
	if in.Click(c, all, ui.Secondary) {
		v.pick(in.Pos(c))
		in.OpenMenu(c, "what", in.Pos(c))
	}
	v.menu(c, in)
	by, dragging, done := in.Drag(c, "road", all)
	if !dragging {
		return
	}
	at := in.Pos(c)
	if !v.grab.on {
		v.take(at)
	}
	if v.grab.moved = v.grab.moved || by.Dist(ui.Point{}) > slack; v.grab.moved {
		v.drag(at, by, in.Shift())
	}
	if done {
		v.release(at, in.Shift())
	}
}

// take grabs the object under the pointer when the button goes down.
func (v *roadView) take(at ui.Point) {
	v.grab = grab{on: true}
	v.doc.draft.EndStep()
	if v.tool != selecting {
		return
	}
	if tip, ok := v.speedTip(); ok && tip.Dist(at) < handle+2 {
		v.grab.what = theSpeed
		return
	}
	if v.pick(at) {
		v.grab.what = theChosen
		v.grab.offset = v.sel.anchor().Sub(v.view.ToMap(at))
	}
}

// pick selects the object under a point of the screen.
func (v *roadView) pick(at ui.Point) bool {
	if n := v.pathPointAt(at); n >= 0 {
		v.sel.spot = n
		return true
	}
	id, found := panel.FindActor(v.view, at, v.doc.selectables())
	switch {
	case !found:
		return false
	case id == actor.Ego:
		v.sel.chooseEgo()
	default:
		v.sel.choose(int(id) - 1)
	}
	return true
}

// pathPointAt returns the path point of the selected actor under a point, -1 for none.
func (v *roadView) pathPointAt(at ui.Point) int {
	if v.sel.what != anActor {
		return -1
	}
	for n, p := range v.doc.draft.Actors()[v.sel.actor].Path {
		if pose, ok := v.doc.pose(p); ok && v.view.ToScreen(pose.Pos()).Dist(at) < handle+2 && n > 0 {
			return n
		}
	}
	return -1
}

// drag moves the grabbed object to the pointer.
func (v *roadView) drag(at, by ui.Point, free bool) {
	p := v.view.ToMap(at).Add(v.grab.offset)
	switch {
	case v.grab.what == theRoad:
		v.gaze.Drag(by.Sub(v.grab.map0))
		v.grab.map0 = by
	case v.grab.what == theSpeed:
		v.dragSpeed(at)
	case v.sel.what == theEgo:
		if to, ok := v.doc.snap(actor.Car, p, free); ok {
			v.doc.change("move the ego", func(e *edit.Edit) error { return e.MoveEgo(to) })
		}
	case v.sel.spot >= 0:
		v.dragSpot(p)
	default:
		v.dragActor(p, free)
	}
}

// dragSpot moves a path point, relative to the actor's lane.
func (v *roadView) dragSpot(p geom.Vec) {
	i, n := v.sel.actor, v.sel.spot
	if l := v.doc.lane(v.doc.draft.Actors()[i].At.Lane); l != nil {
		to := spotOf(l, p)
		v.doc.change("move a path point", func(e *edit.Edit) error { return e.MoveWaypoint(i, n, to.S, to.D) })
	}
}

// dragActor moves an actor, a pedestrian with its path.
func (v *roadView) dragActor(p geom.Vec, free bool) {
	i := v.sel.actor
	a := v.doc.draft.Actors()[i]
	to, ok := v.doc.snap(a.Kind, p, free)
	if l := v.doc.lane(a.At.Lane); ok && len(a.Path) > 0 && l != nil {
		first := spotOf(l, p)
		to = edit.Place{Lane: l.ID, S: a.At.S + first.S - a.Path[0].S, D: a.At.D + first.D - a.Path[0].D}
	}
	if ok {
		v.doc.change("move "+a.ID, func(e *edit.Edit) error { return e.MoveActor(i, to) })
	}
}

// release ends a drag, or performs a click.
func (v *roadView) release(at ui.Point, shift bool) {
	moved := v.grab.moved
	held := v.grab.what
	v.grab = grab{}
	v.doc.draft.EndStep()
	if moved {
		return
	}
	if v.tool != selecting {
		v.apply(v.view.ToMap(at), shift)
	} else if held == theRoad {
		v.sel.clear()
	}
}

// apply uses the tool at a map point. A placing tool is dropped afterwards, unless more
// is set.
func (v *roadView) apply(p geom.Vec, more bool) {
	if v.tool == drawing {
		v.addSpot(p)
		return
	}
	v.put(p, more)
	if !more {
		v.tool = selecting
	}
}

// put places a new actor of the selected kind.
func (v *roadView) put(p geom.Vec, free bool) {
	at, ok := v.doc.snap(v.placing, p, free)
	if !ok {
		return
	}
	if v.placing.OnFoot() && math.Abs(at.D) < .5 {
		at.D = -v.doc.lane(at.Lane).Width // from the edge of the road
	}
	n := 0
	if v.doc.step("place a "+v.placing.String(), func(e *edit.Edit) (err error) {
		n, err = e.AddActor(v.placing, at, v.doc.defaultSpeed(v.placing, at))
		return err
	}) {
		v.sel.choose(n)
	}
}

// addSpot appends a point to the path of the selected actor.
func (v *roadView) addSpot(p geom.Vec) {
	if v.sel.what != anActor {
		v.tool = selecting
		return
	}
	i := v.sel.actor
	a := v.doc.draft.Actors()[i]
	l := v.doc.lane(a.At.Lane)
	if l == nil {
		return
	}
	at := spotOf(l, p)
	v.doc.step("draw the path of "+a.ID, func(e *edit.Edit) error { return e.AddWaypoint(i, len(a.Path)-1, at.S, at.D) })
}

// speedTip returns the tip of the selection's speed arrow on the screen.
func (v *roadView) speedTip() (ui.Point, bool) {
	who, ok := v.sel.figure()
	if !ok || who.State.Speed <= 0 && !vehicleKind(who.Kind) {
		return ui.Point{}, false
	}
	return v.view.ToScreen(tipOf(&who)), true
}

// dragSpeed sets the speed from the tip of the arrow, in whole km/h.
func (v *roadView) dragSpeed(at ui.Point) {
	who, ok := v.sel.figure()
	if !ok {
		return
	}
	x := who.State.Pose.ToLocal(v.view.ToMap(at)).X - frontOf(&who) - .6
	speed := math.Max(0, math.Round(3.6*x/arrowTime)) / 3.6
	path := "ego.speed"
	if v.sel.what == anActor {
		path = edit.ActorPath(v.sel.actor, "speed")
	}
	v.doc.change("set the speed", func(e *edit.Edit) error { return e.Put(path, edit.Speed(speed)) })
}

// menu draws the context menu.
func (v *roadView) menu(c *ui.Canvas, in *ui.Input) {
	none := v.sel.what != anActor
	items := []ui.MenuItem{
		{Label: "Duplicate", Key: "Ctrl+D", Off: none},
		{Label: "Draw path", Key: "P", Off: none},
		{Label: "Turn by 15°", Key: "R", Off: none},
		{Label: "Remove", Key: "Del", Off: none},
		{Label: "Show the whole road", Key: "Home"},
	}
	picked, ok := in.Menu(c, "what", items)
	if !ok {
		return
	}
	switch picked {
	case 0:
		v.sel.duplicate()
	case 1:
		v.tool = drawing
	case 2:
		v.sel.turn(false)
	case 3:
		v.sel.remove()
	case 4:
		v.gaze.Reset()
	}
}

// tipOf returns the tip of a speed arrow: the distance driven in arrowTime ahead of the
// front.
func tipOf(a *actor.Actor) geom.Vec {
	return a.State.Pose.ToWorld(geom.Vec{X: frontOf(a) + .6 + a.State.Speed*arrowTime})
}

func frontOf(a *actor.Actor) float64 { return a.Shape.RearToCenter + a.Shape.Length/2 }
