package editor

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"roadloop/desktop/internal/ui"
	"roadloop/scenarios"
	"roadloop/scenarios/edit"
	"roadloop/scenarios/runner"
)

// dialog is the open dialog.
type dialog struct {
	kind    dialogKind
	replace string // the file with a pending overwrite confirmation
	then    func() // called after changes were discarded
	vary    *varying
	shown   bool // it was already drawn
}

type dialogKind uint8

const (
	noDialog dialogKind = iota
	savingAs
	opening
	givingUp
	lettingVary
)

// save saves the draft to its file, or asks for one.
func (s *Screen) save(as bool) {
	s.draft.EndStep()
	if as || s.draft.File() == "" {
		path := s.draft.File()
		if path == "" {
			path = filepath.Join(s.config.Dir, s.fileName())
		}
		s.askSaveAs(path)
		return
	}
	if err := s.draft.Save(); err != nil {
		if errors.Is(err, edit.ErrChangedOnDisk) {
			s.askSaveAs(s.draft.File())
			s.dialog.replace, s.files.Problem = s.draft.File(), err.Error()
			return
		}
		s.messages.Add(ui.Failure, err.Error())
		return
	}
	s.saved()
}

// askSaveAs asks for the file to write.
func (s *Screen) askSaveAs(path string) {
	s.dialog = dialog{kind: savingAs}
	s.files.ShowToSave(path, ".yaml")
}

// saved reports in a message that the draft is saved.
func (s *Screen) saved() {
	text := "Saved to " + s.draft.File() + "."
	one, err := scenarios.Load(s.draft.File())
	if err == nil {
		err = runner.Check(context.Background(), one)
	}
	if err != nil {
		s.messages.Add(ui.Warning, fmt.Sprintf("%s It is not valid yet: %v", text, err))
		return
	}
	s.messages.Add(ui.Info, text)
	if s.config.Saved != nil {
		s.config.Saved(one)
	}
}

// Open opens another draft. It first asks about unsaved changes.
func (s *Screen) Open(draft *edit.Draft) { s.ask(func() { s.Edit(draft) }) }

// Keep saves unsaved changes next to the file or under a new name, so that closing the
// program loses nothing.
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

// unsaved reports whether there are unsaved changes.
func (s *Screen) unsaved() bool { return s.draft.Changed() && s.draft.Undoable() != "" }

// write saves the draft to a file. It creates the default folder if necessary.
func (s *Screen) write(path string) error {
	if filepath.Dir(path) == filepath.Clean(s.config.Dir) {
		if err := os.MkdirAll(s.config.Dir, 0o755); err != nil {
			return fmt.Errorf("creating the folder for scenarios: %w", err)
		}
	}
	return s.draft.SaveAs(path)
}

// ask calls then, after a confirmation if there are unsaved changes.
func (s *Screen) ask(then func()) {
	if !s.unsaved() {
		then()
		return
	}
	s.dialog = dialog{kind: givingUp, then: then}
}

// leave returns to the previous screen. The draft is kept.
func (s *Screen) leave() { s.config.Leave() }

// drawDialog draws the open dialog.
func (s *Screen) drawDialog(c *ui.Canvas, in *ui.Input) {
	switch s.dialog.kind {
	case savingAs:
		s.drawFiles(c, in, "Save scenario as", "Save", s.saveAs)
	case opening:
		s.drawFiles(c, in, "Open a scenario", "Open", s.open)
	case lettingVary:
		if in.Dialog("Vary a value", 560, 480, func(c *ui.Canvas) { s.drawVary(c, in) }) {
			s.dialog = dialog{}
		}
	case givingUp:
		if in.Dialog("Discard the changes?", 460, 160, func(c *ui.Canvas) { s.drawDiscard(c, in) }) {
			s.dialog = dialog{}
		}
	}
}

// drawFiles draws the file dialog and calls do with the selected file.
func (s *Screen) drawFiles(c *ui.Canvas, in *ui.Input, title, verb string, do func(path string)) {
	if in.Dialog(title, 700, 440, func(c *ui.Canvas) {
		switch path, cancelled := s.files.Draw(c, in, verb); {
		case cancelled:
			s.dialog = dialog{}
		case path != "":
			do(path)
		}
	}) {
		s.dialog = dialog{}
	}
}

// askOpen asks for a file to edit, after asking about unsaved changes.
func (s *Screen) askOpen() {
	s.ask(func() {
		s.dialog = dialog{kind: opening}
		dir := s.config.Dir
		if file := s.draft.File(); file != "" {
			dir = filepath.Dir(file)
		}
		s.files.ShowToOpen(dir, ".yaml", ".yml")
	})
}

// open reads a file to edit.
func (s *Screen) open(path string) {
	draft, err := edit.Open(path)
	if err != nil {
		s.files.Problem = err.Error()
		return
	}
	s.dialog = dialog{}
	s.Edit(draft)
}

// saveAs saves the draft to a file. To replace another existing file, the user must
// confirm by saving again.
func (s *Screen) saveAs(path string) {
	if _, err := os.Stat(path); err == nil && path != s.draft.File() && path != s.dialog.replace {
		s.files.Problem, s.dialog.replace = filepath.Base(path)+" already exists. Save again to replace it.", path
		return
	}
	if err := s.write(path); err != nil {
		s.files.Problem = err.Error()
		return
	}
	s.dialog = dialog{}
	s.saved()
}

// drawDiscard asks whether changes may be discarded.
func (s *Screen) drawDiscard(c *ui.Canvas, in *ui.Input) {
	r := c.Bounds()
	c.Paragraph(r.CutTop(40), "“"+s.draft.Scalar("name")+"” has unsaved changes.", c.Theme.Body)
	row := r.CutBottom(30)
	if ui.PrimaryButton(c, in, row.CutRight(130), "Save") {
		s.dialog = dialog{}
		s.save(false)
	}
	row.CutRight(8)
	if ui.Button(c, in, row.CutRight(110), "Discard") {
		then := s.dialog.then
		s.dialog = dialog{}
		then()
	}
}
