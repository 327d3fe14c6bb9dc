package editor

import (
	"fmt"

	"github.com/hajimehoshi/ebiten/v2"

	"roadloop/desktop/internal/panel"
	"roadloop/desktop/internal/ui"
	"roadloop/scenarios"
	"roadloop/scenarios/edit"
	"roadloop/sim/road"
)

// Config configures the screen.
type Config struct {
	// Run is called with a case to drive.
	Run func(*scenarios.Case)
	// Saved, if set, is called when the draft was saved.
	Saved func(*scenarios.Scenario)
	// Leave, if set, is called to return to the previous screen.
	Leave func()
	// Changed, if set, is called from another goroutine when a result about the draft
	// is ready.
	Changed func()
	// Dir is the default folder for files.
	Dir string
}

// Screen is the scenario editor, a ui.Panel. It is not safe for concurrent use.
type Screen struct {
	config   Config
	messages ui.Messages
	doc      document
	sel      selection
	road     roadView
	playback playback
	form     *form
	files    fileDialogs
}

// New returns a screen with a draft. Call Close at the end.
func New(draft *edit.Draft, config Config) *Screen {
	s := &Screen{config: config}
	s.doc = document{messages: &s.messages, worker: worker{changed: config.Changed}}
	s.sel.doc, s.playback.doc = &s.doc, &s.doc
	s.road = roadView{doc: &s.doc, sel: &s.sel, playback: &s.playback, messages: &s.messages, gaze: panel.NewPan(1, 0)}
	s.form = newForm(&s.doc, &s.sel)
	s.files = fileDialogs{doc: &s.doc, config: &s.config, messages: &s.messages, edit: s.Edit}
	s.Edit(draft)
	return s
}

// Edit replaces the draft.
func (s *Screen) Edit(draft *edit.Draft) {
	s.sel.clear()
	s.playback.time, s.playback.playing = 0, false
	s.form.forget()
	s.road.open()
	s.doc.open(draft)
}

// Open opens another draft. It first asks about unsaved changes.
func (s *Screen) Open(draft *edit.Draft) { s.files.ask(func() { s.Edit(draft) }) }

// Keep saves unsaved changes next to the file or under a new name, so that closing the
// program loses nothing.
func (s *Screen) Keep() error { return s.files.keep() }

// Draft returns the edited draft.
func (s *Screen) Draft() *edit.Draft { return s.doc.draft }

// Playing reports whether the preview plays.
func (s *Screen) Playing() bool { return s.playback.playing }

// NextExpiry returns the time until a message disappears, as in ui.Messages, s.
func (s *Screen) NextExpiry() float64 { return s.messages.NextExpiry() }

// Close stops the background work.
func (s *Screen) Close() { s.doc.worker.close() }

// Sizes of the parts, points.
const (
	barHeight    = 44
	paletteWidth = 118
	timeHeight   = 58
	minSide      = 330
	maxSide      = 430
	margin       = 10
)

// Draw draws the screen and handles its input.
func (s *Screen) Draw(c *ui.Canvas, in *ui.Input) {
	s.doc.takeResult()
	s.sel.dropStale()
	c.Fill(c.Theme.Background)
	all := c.Bounds()
	s.drawBar(c.Scoped("bar"), in, all.CutTop(barHeight))
	s.form.draw(c.Scoped("side"), in, all.CutRight(max(minSide, min(maxSide, .27*c.Bounds().W))))
	s.road.drawPalette(c.Scoped("palette"), in, all.CutLeft(paletteWidth))
	s.playback.draw(c.Scoped("time"), in, all.CutBottom(timeHeight))
	s.road.drawRoad(c.Sub(all).Scoped("road"), in)
	s.files.draw(in)
	s.form.vary.draw(in)
	s.keys(in)
	s.playback.play(in.Elapsed)
	if !s.road.grab.on || s.doc.findings == nil { // not during a drag
		s.doc.check()
	}
	s.messages.Draw(c, in, all)
}

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
		s.sel.remove()
	case in.TakeKey(ebiten.KeyEscape):
		s.escape()
	case s.road.view != nil && s.road.tool != selecting && in.TakeKey(ebiten.KeyEnter):
		s.road.apply(s.road.view.ToMap(s.road.middle()), in.Shift())
	case in.TakeKey(ebiten.KeyN):
		s.sel.cycle(in.Shift())
	case in.TakeRepeated(ebiten.KeyR):
		s.sel.turn(in.Shift())
	case in.TakeKey(ebiten.KeySpace):
		s.playback.playing = !s.playback.playing
	case in.TakeKey(ebiten.KeyHome):
		s.road.gaze.Reset()
	case in.TakeRepeated(ebiten.KeyEqual), in.TakeRepeated(ebiten.KeyNumpadAdd):
		s.road.gaze.Zoom(s.road.middle(), 1.25)
	case in.TakeRepeated(ebiten.KeyMinus), in.TakeRepeated(ebiten.KeyNumpadSubtract):
		s.road.gaze.Zoom(s.road.middle(), 1/1.25)
	default:
		s.sel.moveByKeys(in)
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
		s.files.save(in.Shift())
	case in.TakeKey(ebiten.KeyO):
		s.files.askOpen()
	case in.TakeKey(ebiten.KeyD):
		s.sel.duplicate()
	case in.TakeKey(ebiten.KeyEnter):
		s.run()
	}
}

func (s *Screen) undo() {
	s.form.forget()
	s.doc.draft.Undo()
}

func (s *Screen) redo() {
	s.form.forget()
	s.doc.draft.Redo()
}

// escape drops the tool first, then the selection.
func (s *Screen) escape() {
	switch {
	case s.road.tool != selecting:
		s.road.tool = selecting
	case s.sel.what != nothing:
		s.sel.clear()
	case s.config.Leave != nil:
		s.config.Leave()
	}
}

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
		s.config.Leave()
	}
	kind := -1
	if ui.Choice(c, in, left(92), "New", kindNames(), &kind) {
		s.start(kindNames()[kind])
	}
	if button(c, in, left(66), "Open…", "Edit another file (Ctrl+O)") {
		s.files.askOpen()
	}
	if button(c, in, left(60), "Undo", tip("Undo: "+s.doc.draft.Undoable(), "Ctrl+Z", s.doc.draft.Undoable())) {
		s.undo()
	}
	if button(c, in, left(60), "Redo", tip("Redo: "+s.doc.draft.Redoable(), "Ctrl+Y", s.doc.draft.Redoable())) {
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
		s.files.save(true)
	}
	if button(c, in, right(60), "Save", "Save the file (Ctrl+S)") {
		s.files.save(false)
	}
	row.CutLeft(8)
	name := s.doc.draft.Scalar("name")
	c.Label(row.CutLeft(min(c.Measure(name, c.Theme.Title)+10, row.W)), name, c.Theme.Title, ui.Left)
	c.Label(row, s.fileState(), c.Theme.Small, ui.Left)
}

// fileState describes where the draft is saved.
func (s *Screen) fileState() string {
	switch {
	case s.doc.draft.File() == "":
		return "not saved yet"
	case s.doc.draft.Changed():
		return s.doc.draft.File() + "  ·  changed"
	}
	return s.doc.draft.File()
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
	s.files.ask(func() { s.Edit(draft) })
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

// run drives the case of the draft's own values.
func (s *Screen) run() {
	c, err := s.doc.nominal()
	if err != nil {
		s.messages.Add(ui.Failure, fmt.Sprintf("Cannot drive the scenario: %v", err))
	} else if s.config.Run != nil {
		s.config.Run(c)
	}
}
