package editor

import (
	"fmt"
	"strings"

	"github.com/hajimehoshi/ebiten/v2"

	"roadloop/desktop/internal/panel"

	"roadloop/desktop/internal/ui"
	"roadloop/scenarios/edit"
	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
)

// shownWidth is the initially visible width of the road, m.
const shownWidth = 136.0

// drawRoad draws the map view with all road users.
func (s *Screen) drawRoad(c *ui.Canvas, in *ui.Input) {
	b := c.Bounds()
	ego, ok := s.ego()
	if s.chart == nil || !ok {
		s.drawNoRoad(c)
		return
	}
	if s.view == nil { // the same extent on any screen
		s.gaze = panel.NewPan(b.W/shownWidth, 0)
		s.gaze.NorthUp = true
	}
	s.view = s.gaze.Update(geom.Pose{X: ego.State.Pose.X + .3*shownWidth, Y: ego.State.Pose.Y}, b.W, b.H, in.Elapsed)
	s.point(c, in)
	s.chart.Draw(c, s.view)
	s.drawRoutes(c)
	s.drawEveryone(c)
	s.drawPaths(c)
	s.drawHandles(c)
	s.drawHint(c, in)
}

// drawNoRoad draws the reason why there is no road.
func (s *Screen) drawNoRoad(c *ui.Canvas) {
	text := "…"
	if s.findings != nil && s.findings.Error != nil {
		text = s.findings.Error.Path + ": " + s.findings.Error.Err.Error()
	}
	b := c.Bounds()
	c.Paragraph(ui.Rect{X: b.W/2 - 200, Y: b.H / 2, W: 400, H: 100}, text, c.Theme.Body.In(c.Theme.Bad))
}

// now returns the shown time of the preview.
func (s *Screen) now() clock.Tick { return clock.FromSeconds(s.time) }

// drawRoutes draws all routes of the preview, with a dot every second.
func (s *Screen) drawRoutes(c *ui.Canvas) {
	if s.preview == nil {
		return
	}
	faint := 1.0
	if s.stale {
		faint = .35
	}
	for id := actor.ID(0); int(id) < len(s.preview.Log.Actors); id++ {
		a := s.preview.Actor(0, id)
		col := panel.ActorColor(c.Theme, &a)
		if s.preview.Log.Actors[id].Background {
			continue
		}
		m := s.view.Mapper()
		var line []ui.Point
		for _, p := range s.preview.Path(id, 0, s.preview.End()) {
			line = append(line, m.Point(p))
		}
		if len(line) < 2 {
			continue
		}
		c.Polyline(line, 2, ui.Alpha(col, .55*faint))
		for t := clock.Tick(0); t <= s.preview.End(); t += clock.PerSecond {
			at := s.preview.Actor(t, id)
			c.Circle(m.Point(at.Box().Center), 2.2, ui.Alpha(col, .8*faint))
		}
	}
}

// drawPaths draws the paths of pedestrians as written.
func (s *Screen) drawPaths(c *ui.Canvas) {
	for i, a := range s.draft.Actors() {
		var line []ui.Point
		for _, p := range a.Path {
			if pose, ok := s.pose(p); ok {
				line = append(line, s.view.ToScreen(pose.Pos()))
			}
		}
		if len(line) < 2 {
			continue
		}
		col := c.Theme.Walker
		c.Dashes(line, 1.5, 6, 4, ui.Alpha(col, .9))
		c.Arrow(line[len(line)-2], line[len(line)-1], 1.5, 8, col)
		if s.chosen.what != anActor || s.chosen.actor != i {
			continue
		}
		for n, q := range line[1:] {
			c.Circle(q, handle-1, c.Theme.Surface)
			c.Ring(q, handle-1, 2, col)
			if s.chosen.spot == n+1 {
				c.Circle(q, handle-3, c.Theme.Accent)
			}
		}
	}
}

// drawEveryone draws the ego and all actors at their start, and also at the shown time
// of the preview.
func (s *Screen) drawEveryone(c *ui.Canvas) {
	all := s.selectables()
	for i := range all {
		panel.DrawActor(c, s.view, &all[i], 0)
	}
	defer s.drawNames(c, all)
	if s.preview == nil || s.now() == 0 {
		return
	}
	for id := actor.ID(0); int(id) < len(s.preview.Log.Actors); id++ {
		a := s.preview.Actor(s.now(), id)
		col := panel.ActorColor(c.Theme, &a)
		panel.DrawActor(c, s.view, &a, s.now())
		panel.OutlineBox(c, s.view, a.Box(), 1.5, col)
	}
}

// drawNames draws the names of all actors. A name does not cover another one or the
// ego.
func (s *Screen) drawNames(c *ui.Canvas, all []actor.Actor) {
	var names panel.Labels
	for i := range all {
		if all[i].ID == actor.Ego {
			names.Avoid(s.view, all[i].Box())
		}
	}
	for i := range all {
		s.drawName(c, &all[i], &names)
	}
}

// drawName draws the name of an actor, and a ring if the error is about it.
func (s *Screen) drawName(c *ui.Canvas, a *actor.Actor, names *panel.Labels) {
	name, path := "ego", "ego"
	if a.ID != actor.Ego {
		path = edit.ActorPath(int(a.ID)-1, "")
		name = s.draft.Scalar(path + ".id")
	}
	if a.State.Speed > 0 {
		name += fmt.Sprintf("  %.0f km/h", 3.6*a.State.Speed)
	}
	col := c.Theme.Ink
	if s.faulty(path) {
		col = c.Theme.Bad
		center := s.view.ToScreen(a.Box().Center)
		c.Ring(center, max(14, .7*a.Shape.Length*s.view.Scale), 2.5, col)
		name += "  !"
	}
	if s.view.Scale > 2.5 || s.faulty(path) {
		names.Put(c, s.view, a.Box(), name, col)
	}
}

// faulty reports whether the error is about a path or something below it.
func (s *Screen) faulty(path string) bool {
	if s.findings == nil || s.findings.Error == nil {
		return false
	}
	rest, ok := strings.CutPrefix(s.findings.Error.Path, path)
	return ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
}

// drawHandles draws the selection with its speed arrow.
func (s *Screen) drawHandles(c *ui.Canvas) {
	who, ok := s.chosenFigure()
	if !ok {
		return
	}
	box := who.Box()
	box.Length, box.Width = box.Length+.8, box.Width+.8
	panel.OutlineBox(c, s.view, box, 2, c.Theme.Accent)
	tip, ok := s.speedTip()
	if !ok {
		return
	}
	from := s.view.ToScreen(who.State.Pose.ToWorld(geom.Vec{X: frontOf(&who) + .6}))
	if from.Dist(tip) > 8 {
		c.Arrow(from, tip, 2, 9, c.Theme.Accent)
	}
	c.Circle(tip, handle-1, c.Theme.Surface)
	c.Ring(tip, handle-1, 2, c.Theme.Accent)
}

// drawHint draws what a click does, and what would be placed.
func (s *Screen) drawHint(c *ui.Canvas, in *ui.Input) {
	text := ""
	switch s.tool {
	case placing:
		text = "Click on the road to place a " + s.placing.String() + ". Shift: off the lane center, and place more. Esc: stop."
		s.drawGhost(c, in)
	case drawing:
		text = "Click to add a path point. Esc: done."
	default:
		if s.chosen.what == nothing {
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
func (s *Screen) drawGhost(c *ui.Canvas, in *ui.Input) {
	pointer := s.middle()
	if in.Over(c, c.Bounds()) {
		pointer = in.Pos(c)
		in.Cursor(ebiten.CursorShapeCrosshair)
	}
	at, ok := s.snap(s.placing, s.view.ToMap(pointer), in.Shift())
	if !ok {
		return
	}
	pose, _ := s.pose(at)
	ghost := actor.Actor{ID: 1, Kind: s.placing, Shape: actor.DefaultShape(s.placing), State: actor.State{Pose: pose}}
	panel.DrawActor(c, s.view, &ghost, 0)
	panel.OutlineBox(c, s.view, ghost.Box(), 1.5, c.Theme.Accent)
	panel.DrawLabel(c, s.view, ghost.Box(), fmt.Sprintf("lane %d, s %.0f m", at.Lane, at.S), c.Theme.Ink)
}
