package editor

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"roadloop/desktop/ui"
	"roadloop/scenarios"
	"roadloop/scenarios/edit"
)

// dialog is a question that is open.
type dialog struct {
	kind    dialogKind
	path    ui.TextField
	problem string
	replace string // the file that was said to be replaced
	fresh   bool   // the field is to have the keys
	then    func() // after changes were given up
}

type dialogKind uint8

const (
	noDialog dialogKind = iota
	savingAs
	opening
	givingUp
)

// save writes the draft to its file, or asks for one.
func (s *Screen) save(as bool) {
	s.draft.Settle()
	if as || s.draft.File() == "" {
		s.dialog = dialog{kind: savingAs, fresh: true}
		path := s.draft.File()
		if path == "" {
			path = filepath.Join(s.config.Dir, s.fileName())
		}
		s.dialog.path.SetText(path)
		return
	}
	if err := s.draft.Save(); err != nil {
		if errors.Is(err, edit.ErrChangedOnDisk) {
			s.dialog = dialog{kind: savingAs, fresh: true, problem: err.Error(), replace: s.draft.File()}
			s.dialog.path.SetText(s.draft.File())
			return
		}
		s.messages.Say(ui.Failure, err.Error())
		return
	}
	s.saved()
}

// saved tells that the draft is in its file.
func (s *Screen) saved() {
	text := "Saved to " + s.draft.File() + "."
	one, err := scenarios.Load(s.draft.File())
	if err != nil {
		s.messages.Say(ui.Caution, fmt.Sprintf("%s It cannot be driven yet: %v", text, err))
		return
	}
	s.messages.Say(ui.Info, text)
	if s.config.Saved != nil {
		s.config.Saved(one)
	}
}

// Open goes over to another draft, after asking where there are changes.
func (s *Screen) Open(draft *edit.Draft) { s.ask(func() { s.Edit(draft) }) }

// Keep saves changes that are in no file, beside the file or under a name of their own,
// so that leaving the program loses nothing.
func (s *Screen) Keep() error {
	if !s.unsaved() {
		return nil
	}
	path := filepath.Join(s.config.Dir, "unsaved-"+s.fileName())
	if file := s.draft.File(); file != "" {
		path = filepath.Join(filepath.Dir(file), "unsaved-"+filepath.Base(file))
	}
	if err := s.write(path); err != nil {
		return err
	}
	s.saved()
	return nil
}

// unsaved tells that there are changes in no file.
func (s *Screen) unsaved() bool { return s.draft.Changed() && s.draft.Undoable() != "" }

// write writes the draft to a file, in a folder that is made if it is the usual one.
func (s *Screen) write(path string) error {
	if filepath.Dir(path) == filepath.Clean(s.config.Dir) {
		if err := os.MkdirAll(s.config.Dir, 0o755); err != nil {
			return fmt.Errorf("making the folder of scenarios: %w", err)
		}
	}
	return s.draft.SaveAs(path)
}

// ask does what gives up the draft, after asking where it has changes.
func (s *Screen) ask(then func()) {
	if !s.unsaved() {
		then()
		return
	}
	s.dialog = dialog{kind: givingUp, then: then}
}

// leave goes back to where the screen was opened from. The draft stays.
func (s *Screen) leave() { s.config.Leave() }

// drawDialog shows the question that is open.
func (s *Screen) drawDialog(c *ui.Canvas, in *ui.Input) {
	switch s.dialog.kind {
	case savingAs:
		if in.Dialog("Save the scenario as", 560, 190, func(c *ui.Canvas) { s.drawSaveAs(c, in) }) {
			s.dialog = dialog{}
		}
	case opening:
		if in.Dialog("Open a scenario", 560, 190, func(c *ui.Canvas) { s.drawOpen(c, in) }) {
			s.dialog = dialog{}
		}
	case givingUp:
		if in.Dialog("Give up the changes?", 460, 160, func(c *ui.Canvas) { s.drawGiveUp(c, in) }) {
			s.dialog = dialog{}
		}
	}
}

// drawSaveAs asks for the file to write.
func (s *Screen) drawSaveAs(c *ui.Canvas, in *ui.Input) {
	if s.drawPath(c, in, "Save", "roadloop run takes the file by this name.") {
		s.saveAs(s.dialog.path.Text())
	}
}

// drawOpen asks for the file to read.
func (s *Screen) drawOpen(c *ui.Canvas, in *ui.Input) {
	if s.drawPath(c, in, "Open", "The path of a scenario file, *.yaml.") {
		s.open(s.dialog.path.Text())
	}
}

// drawPath shows a field for a path, with what is wrong about it. It reports that the
// path is the one.
func (s *Screen) drawPath(c *ui.Canvas, in *ui.Input, verb, about string) bool {
	r := c.Bounds()
	if s.dialog.fresh {
		in.Focus(c, "path")
		s.dialog.fresh = false
	}
	_, entered := s.dialog.path.Draw(c, in, r.CutTop(30), "path")
	r.CutTop(6)
	col := c.Theme.Faint
	if s.dialog.problem != "" {
		about, col = s.dialog.problem, c.Theme.Bad
	}
	c.Paragraph(r.CutTop(40), about, c.Theme.Body.In(col))
	row := r.CutBottom(30)
	pushed := ui.PrimaryButton(c, in, row.CutRight(110), verb)
	row.CutRight(8)
	if ui.Button(c, in, row.CutRight(90), "Cancel") {
		s.dialog = dialog{}
		return false
	}
	return pushed || entered
}

// askOpen asks for a file to edit, after asking about changes.
func (s *Screen) askOpen() {
	s.ask(func() {
		s.dialog = dialog{kind: opening, fresh: true}
		s.dialog.path.SetText(s.config.Dir + string(filepath.Separator))
	})
}

// open reads a file to edit.
func (s *Screen) open(path string) {
	draft, err := edit.Open(path)
	if err != nil {
		s.dialog.problem = err.Error()
		return
	}
	s.dialog = dialog{}
	s.Edit(draft)
}

// saveAs writes the draft to a file; one that is there and is another's is replaced only
// at the second time.
func (s *Screen) saveAs(path string) {
	if _, err := os.Stat(path); err == nil && path != s.draft.File() && path != s.dialog.replace {
		s.dialog.problem, s.dialog.replace = path+" is there already. Save once more to replace it.", path
		return
	}
	if err := s.write(path); err != nil {
		s.dialog.problem = err.Error()
		return
	}
	s.dialog = dialog{}
	s.saved()
}

// drawGiveUp asks whether changes may go.
func (s *Screen) drawGiveUp(c *ui.Canvas, in *ui.Input) {
	r := c.Bounds()
	c.Paragraph(r.CutTop(40), "“"+s.draft.Written("name")+"” has changes that are in no file.", c.Theme.Body)
	row := r.CutBottom(30)
	if ui.PrimaryButton(c, in, row.CutRight(130), "Save first") {
		s.dialog = dialog{}
		s.save(false)
	}
	row.CutRight(8)
	if ui.Button(c, in, row.CutRight(110), "Give up") {
		then := s.dialog.then
		s.dialog = dialog{}
		then()
	}
}
