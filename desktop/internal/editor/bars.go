package editor

import (
	"fmt"

	"github.com/hajimehoshi/ebiten/v2"

	"roadloop/desktop/internal/ui"
	"roadloop/scenarios/edit"
	"roadloop/sim/actor"
	"roadloop/sim/road"
)

// drawBar draws the file commands.
func (s *Screen) drawBar(c *ui.Canvas, in *ui.Input, r ui.Rect) {
	c.Rect(r, c.Theme.Surface)
	c.Rect(ui.Rect{X: r.X, Y: r.Bottom() - 1, W: r.W, H: 1}, c.Theme.Edge)
	row := r.Inset2(margin, (barHeight-ui.ControlHeight)/2)
	left := func(w float64) ui.Rect {
		b := row.CutLeft(w)
		row.CutLeft(6)
		return b
	}
	if s.config.Leave != nil && button(c, in, left(96), "← Scenarios", "Back to the library (Esc)") {
		s.leave()
	}
	kind := -1
	if ui.Choice(c, in, left(92), "New", kindNames(), &kind) {
		s.start(kindNames()[kind])
	}
	if button(c, in, left(66), "Open…", "Edit another file (Ctrl+O)") {
		s.askOpen()
	}
	if button(c, in, left(60), "Undo", tip("Undo: "+s.draft.Undoable(), "Ctrl+Z", s.draft.Undoable())) {
		s.undo()
	}
	if button(c, in, left(60), "Redo", tip("Redo: "+s.draft.Redoable(), "Ctrl+Y", s.draft.Redoable())) {
		s.redo()
	}
	right := func(w float64) ui.Rect {
		b := row.CutRight(w)
		row.CutRight(6)
		return b
	}
	if ui.PrimaryButton(c, in, right(84), "Drive") {
		s.run()
	}
	if button(c, in, right(76), "Save as…", "Save to another file (Ctrl+Shift+S)") {
		s.save(true)
	}
	if button(c, in, right(60), "Save", "Save the file (Ctrl+S)") {
		s.save(false)
	}
	row.CutLeft(8)
	name := s.draft.Scalar("name")
	c.Label(row.CutLeft(min(c.Measure(name, c.Theme.Title)+10, row.W)), name, c.Theme.Title, ui.Left)
	c.Label(row, s.fileState(), c.Theme.Small, ui.Left)
}

// fileState describes where the draft is saved.
func (s *Screen) fileState() string {
	switch {
	case s.draft.File() == "":
		return "not saved yet"
	case s.draft.Changed():
		return s.draft.File() + "  ·  changed"
	}
	return s.draft.File()
}

// button is a button with a tooltip.
func button(c *ui.Canvas, in *ui.Input, r ui.Rect, label, about string) bool {
	pushed := ui.Button(c, in, r, label)
	in.Tooltip(c, r, about)
	return pushed
}

// tip returns the tooltip of an undo or redo step, "" if there is none.
func tip(about, key, step string) string {
	if step == "" {
		return ""
	}
	return about + " (" + key + ")"
}

func kindNames() []string {
	kinds := road.Kinds()
	out := make([]string, len(kinds))
	for i, k := range kinds {
		out[i] = string(k)
	}
	return out
}

// drawPalette draws the objects that can be placed.
func (s *Screen) drawPalette(c *ui.Canvas, in *ui.Input, r ui.Rect) {
	c.Rect(r, c.Theme.Surface)
	c.Rect(ui.Rect{X: r.Right() - 1, Y: r.Y, W: 1, H: r.H}, c.Theme.Edge)
	r = r.Inset2(margin, margin)
	c.Label(r.CutTop(20), "Place", c.Theme.Title.In(c.Theme.Faint), ui.Left)
	for i, name := range actor.Kinds() {
		kind := actor.Kind(i)
		on := s.tool == placing && s.placing == kind
		if ui.Chip(c, in, r.CutTop(26), name, &on) {
			s.placing, s.tool = kind, placing
			if !on {
				s.tool = selecting
			}
		}
		r.CutTop(5)
	}
	r.CutTop(10)
	c.Label(r.CutTop(20), "Path", c.Theme.Title.In(c.Theme.Faint), ui.Left)
	on := s.tool == drawing
	row := r.CutTop(26)
	if ui.Chip(c, in, row, "draw path", &on) || s.chosen.what == anActor && !in.Typing() && !in.Control() && in.KeysAllowed() && in.TakeKey(ebiten.KeyP) {
		s.drawOn(s.tool != drawing)
	}
	in.Tooltip(c, row, "Select a road user; every click then adds a point to its path (P)")
}

// drawOn turns the path tool on or off.
func (s *Screen) drawOn(on bool) {
	switch {
	case !on:
		s.tool = selecting
	case s.chosen.what != anActor:
		s.messages.Add(ui.Info, "Select the road user first.")
	default:
		s.tool = drawing
	}
}

// drawTime draws the timeline of the preview.
func (s *Screen) drawTime(c *ui.Canvas, in *ui.Input, r ui.Rect) {
	c.Rect(r, c.Theme.Surface)
	c.Rect(ui.Rect{X: r.X, Y: r.Y, W: r.W, H: 1}, c.Theme.Edge)
	r = r.Inset2(margin, 9)
	if s.preview == nil {
		text := "Simulating the preview …"
		if s.findings != nil && s.findings.Spec == nil {
			text = "Invalid scenario; see the side panel."
		}
		c.Label(r, text, c.Theme.Body.In(c.Theme.Faint), ui.Left)
		return
	}
	if s.playButton(c, in, r.CutLeft(64)) {
		s.playing = !s.playing
	}
	r.CutLeft(12)
	s.drawOutcome(c, r.CutRight(min(300, r.W/3)))
	r.CutRight(12)
	ui.Slider(c, in, r, "Preview with ground truth", &s.time, ui.Range{Max: s.preview.End().Seconds(), Step: .05, Unit: "s", Decimals: 2})
}

// playButton starts and stops the preview.
func (s *Screen) playButton(c *ui.Canvas, in *ui.Input, r ui.Rect) bool {
	r = r.Centered(64, ui.ControlHeight)
	text := "Play"
	if s.playing {
		text = "Pause"
	}
	return button(c, in, r, text, "Play the preview (Space)")
}

// drawOutcome draws the result of the preview.
func (s *Screen) drawOutcome(c *ui.Canvas, r ui.Rect) {
	v := &s.preview.Verdict
	if s.stale {
		c.Label(r, "simulating …", c.Theme.Body.In(c.Theme.Faint), ui.Left)
		return
	}
	if v.Passed {
		c.Label(r, fmt.Sprintf("passed, after %.1f s", v.Duration), c.Theme.Body.In(c.Theme.Good), ui.Left)
		return
	}
	c.Paragraph(r, v.Reason, c.Theme.Body.In(c.Theme.Bad))
}

// play advances the preview.
func (s *Screen) play(dt float64) {
	if !s.playing || s.preview == nil {
		return
	}
	end := s.preview.End().Seconds()
	if s.time += dt; s.time >= end {
		s.time, s.playing = end, false
	}
}

// start creates a new scenario on a road of a kind.
func (s *Screen) start(kind string) {
	draft, err := edit.New(fmt.Sprintf(`version: 1
name: New scenario
description: What happens, and what the car should do.
family: mine
map: {kind: %s}
ego: {lane: 0, s: 20 m, speed: 40 km/h}
until: {time: 20 s}
expect: {collision: never}
`, kind))
	if err != nil {
		s.messages.Add(ui.Failure, err.Error())
		return
	}
	s.ask(func() { s.Edit(draft) })
}
