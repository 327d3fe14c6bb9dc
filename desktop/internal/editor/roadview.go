package editor

import (
	"fmt"

	"github.com/hajimehoshi/ebiten/v2"

	"roadloop/desktop/internal/panel"
	"roadloop/desktop/internal/ui"
	"roadloop/scenarios/edit"
	"roadloop/scenarios/topview"
	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
)

// roadView is the map view: it draws the road users and their paths, and places, selects, moves
// and turns them by the pointer.
type roadView struct {
	doc      *document
	sel      *selection
	playback *playback
	messages *ui.Messages

	gaze    *panel.Pan
	view    *panel.View // nil until there is a road
	tool    tool
	placing actor.Kind
	grab    grab
}

// tool is the action of a click on the map.
type tool uint8

const (
	selecting tool = iota
	placing
	drawing // of a path
)

// open prepares the view for another draft.
func (v *roadView) open() { v.tool, v.view = selecting, nil }

// shownWidth is the initially visible width of the road, m.
const shownWidth = 136.0

// drawRoad draws the map view with all road users.
func (v *roadView) drawRoad(c *ui.Canvas, in *ui.Input) {
	b := c.Bounds()
	ego, ok := v.doc.ego()
	if v.doc.chart == nil || !ok {
		v.drawNoRoad(c)
		return
	}
	if v.view == nil { // the same extent on any screen
		v.gaze = panel.NewPan(b.W/shownWidth, 0)
		v.gaze.NorthUp = true
	}
	v.view = v.gaze.Update(geom.Pose{X: ego.State.Pose.X + .3*shownWidth, Y: ego.State.Pose.Y}, b.W, b.H, in.Elapsed)
	v.point(c, in)
	v.doc.chart.Draw(c, v.view)
	v.drawRoutes(c)
	v.drawUsers(c)
	v.drawPaths(c)
	v.drawHandles(c)
	v.drawHint(c, in)
}

// drawNoRoad draws the reason why there is no road.
func (v *roadView) drawNoRoad(c *ui.Canvas) {
	text := "…"
	if v.doc.findings != nil && v.doc.findings.Error != nil {
		text = v.doc.findings.Error.Path + ": " + v.doc.findings.Error.Err.Error()
	}
	b := c.Bounds()
	c.Paragraph(ui.Rect{X: b.W/2 - 200, Y: b.H / 2, W: 400, H: 100}, text, c.Theme.Body.In(c.Theme.Bad))
}

// drawRoutes draws all routes of the preview, with a dot every second.
func (v *roadView) drawRoutes(c *ui.Canvas) {
	if v.doc.preview == nil {
		return
	}
	faint := 1.0
	if v.doc.stale {
		faint = .35
	}
	for id := actor.ID(0); int(id) < len(v.doc.preview.Log.Actors); id++ {
		a := v.doc.preview.Actor(0, id)
		col := topview.UserColor(&a)
		if v.doc.preview.Log.Actors[id].Background {
			continue
		}
		m := v.view.Mapper()
		var line []ui.Point
		for _, p := range v.doc.preview.Path(id, 0, v.doc.preview.End()) {
			line = append(line, m.Point(p))
		}
		if len(line) < 2 {
			continue
		}
		c.Polyline(line, 2, ui.Alpha(col, .55*faint))
		for t := clock.Tick(0); t <= v.doc.preview.End(); t += clock.PerSecond {
			at := v.doc.preview.Actor(t, id)
			c.Circle(m.Point(at.Box().Center), 2.2, ui.Alpha(col, .8*faint))
		}
	}
}

// drawPaths draws the paths of pedestrians as written.
func (v *roadView) drawPaths(c *ui.Canvas) {
	for i, a := range v.doc.draft.Actors() {
		var line []ui.Point
		for _, p := range a.Path {
			if pose, ok := v.doc.pose(p); ok {
				line = append(line, v.view.ToScreen(pose.Pos()))
			}
		}
		if len(line) < 2 {
			continue
		}
		col := c.Theme.Walker
		c.Dashes(line, 1.5, 6, 4, ui.Alpha(col, .9))
		c.Arrow(line[len(line)-2], line[len(line)-1], 1.5, 8, col)
		if v.sel.what != anActor || v.sel.actor != i {
			continue
		}
		for n, q := range line[1:] {
			c.Circle(q, handle-1, c.Theme.Surface)
			c.Ring(q, handle-1, 2, col)
			if v.sel.spot == n+1 {
				c.Circle(q, handle-3, c.Theme.Accent)
			}
		}
	}
}

// drawUsers draws the ego and all actors at their start, and also at the shown time
// of the preview.
func (v *roadView) drawUsers(c *ui.Canvas) {
	all := v.doc.selectables()
	v.doc.chart.Show(c, v.view, func(l *topview.List) {
		for i := range all {
			l.User(&all[i], 0)
		}
	})
	defer v.drawNames(c, all)
	if v.doc.preview == nil || v.playback.now() == 0 {
		return
	}
	v.doc.chart.Show(c, v.view, func(l *topview.List) {
		for id := range actor.ID(len(v.doc.preview.Log.Actors)) {
			a := v.doc.preview.Actor(v.playback.now(), id)
			l.User(&a, v.playback.now())
			l.Box(a.Box(), topview.Shape{Least: 1.5, Color: topview.UserColor(&a)})
		}
	})
}

// drawNames draws the names of all actors. A name does not cover another one or the
// ego.
func (v *roadView) drawNames(c *ui.Canvas, all []actor.Actor) {
	var names panel.Labels
	for i := range all {
		if all[i].ID == actor.Ego {
			names.Avoid(v.view, all[i].Box())
		}
	}
	for i := range all {
		v.drawName(c, &all[i], &names)
	}
}

// drawName draws the name of an actor, and a ring if the error is about it.
func (v *roadView) drawName(c *ui.Canvas, a *actor.Actor, names *panel.Labels) {
	name, path := "ego", "ego"
	if a.ID != actor.Ego {
		path = edit.ActorPath(int(a.ID)-1, "")
		name = v.doc.draft.Scalar(path + ".id")
	}
	if a.State.Speed > 0 {
		name += fmt.Sprintf("  %.0f km/h", 3.6*a.State.Speed)
	}
	col := c.Theme.Ink
	if v.doc.faulty(path) {
		col = c.Theme.Bad
		center := v.view.ToScreen(a.Box().Center)
		c.Ring(center, max(14, .7*a.Shape.Length*v.view.Scale), 2.5, col)
		name += "  !"
	}
	if v.view.Scale > 2.5 || v.doc.faulty(path) {
		names.Put(c, v.view, a.Box(), name, col)
	}
}

// drawHandles draws the selection with its speed arrow.
func (v *roadView) drawHandles(c *ui.Canvas) {
	who, ok := v.sel.figure()
	if !ok {
		return
	}
	box := who.Box()
	box.Length, box.Width = box.Length+.8, box.Width+.8
	v.doc.chart.Show(c, v.view, func(l *topview.List) { l.Box(box, topview.Shape{Least: 2, Color: c.Theme.Accent}) })
	tip, ok := v.speedTip()
	if !ok {
		return
	}
	from := v.view.ToScreen(who.State.Pose.ToWorld(geom.Vec{X: frontOf(&who) + .6}))
	if from.Dist(tip) > 8 {
		c.Arrow(from, tip, 2, 9, c.Theme.Accent)
	}
	c.Circle(tip, handle-1, c.Theme.Surface)
	c.Ring(tip, handle-1, 2, c.Theme.Accent)
}

// drawHint draws what a click does, and what would be placed.
func (v *roadView) drawHint(c *ui.Canvas, in *ui.Input) {
	text := ""
	switch v.tool {
	case placing:
		text = "Click on the road to place a " + v.placing.String() + ". Shift: off the lane center, and place more. Esc: stop."
		v.drawGhost(c, in)
	case drawing:
		text = "Click to add a path point. Esc: done."
	default:
		if v.sel.what == nothing {
			text = "Drag to pan, scroll to zoom. Click a road user, or press N for the next one."
		} else {
			text = "Drag along the lanes (Shift: off the lane center). Arrows move, R turns, Ctrl+D copies, Del removes."
		}
	}
	b := c.Bounds()
	style := c.Theme.Small
	w := c.Measure(text, style) + 20
	r := ui.Rect{X: (b.W - w) / 2, Y: b.H - 30, W: w, H: 20}
	c.RoundRect(r, 10, ui.Alpha(c.Theme.Background, .75))
	c.Label(r, text, style, ui.Middle)
}

// drawGhost draws what would be placed: at the pointer, or at the center of the view if
// the pointer is elsewhere and Enter places.
func (v *roadView) drawGhost(c *ui.Canvas, in *ui.Input) {
	pointer := v.middle()
	if in.Over(c, c.Bounds()) {
		pointer = in.Pos(c)
		in.Cursor(ebiten.CursorShapeCrosshair)
	}
	at, ok := v.doc.snap(v.placing, v.view.ToMap(pointer), in.Shift())
	if !ok {
		return
	}
	pose, _ := v.doc.pose(at)
	ghost := actor.Actor{ID: 1, Kind: v.placing, Shape: actor.DefaultShape(v.placing), State: actor.State{Pose: pose}}
	v.doc.chart.Show(c, v.view, func(l *topview.List) {
		l.User(&ghost, 0)
		l.Box(ghost.Box(), topview.Shape{Least: 1.5, Color: c.Theme.Accent})
	})
	panel.DrawLabel(c, v.view, ghost.Box(), fmt.Sprintf("lane %d, s %.0f m", at.Lane, at.S), c.Theme.Ink)
}

// drawPalette draws the objects that can be placed.
func (v *roadView) drawPalette(c *ui.Canvas, in *ui.Input, r ui.Rect) {
	c.Rect(r, c.Theme.Surface)
	c.Rect(ui.Rect{X: r.Right() - 1, Y: r.Y, W: 1, H: r.H}, c.Theme.Edge)
	r = r.Inset2(margin, margin)
	c.Label(r.CutTop(20), "Place", c.Theme.Title.In(c.Theme.Faint), ui.Left)
	for i, name := range actor.Kinds() {
		kind := actor.Kind(i)
		on := v.tool == placing && v.placing == kind
		if ui.Chip(c, in, r.CutTop(26), name, &on) {
			v.placing, v.tool = kind, placing
			if !on {
				v.tool = selecting
			}
		}
		r.CutTop(5)
	}
	r.CutTop(10)
	c.Label(r.CutTop(20), "Path", c.Theme.Title.In(c.Theme.Faint), ui.Left)
	on := v.tool == drawing
	row := r.CutTop(26)
	if ui.Chip(c, in, row, "draw path", &on) || v.sel.what == anActor && !in.Typing() && !in.Control() && in.KeysAllowed() && in.TakeKey(ebiten.KeyP) {
		v.drawOn(v.tool != drawing)
	}
	in.Tooltip(c, row, "Select a road user; every click then adds a point to its path (P)")
}

// drawOn turns the path tool on or off.
func (v *roadView) drawOn(on bool) {
	switch {
	case !on:
		v.tool = selecting
	case v.sel.what != anActor:
		v.messages.Add(ui.Info, "Select the road user first.")
	default:
		v.tool = drawing
	}
}
