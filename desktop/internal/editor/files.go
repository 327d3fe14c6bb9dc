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

// fileDialogs saves the draft, and opens another one after asking about unsaved changes.
type fileDialogs struct {
	doc      *document
	config   *Config
	messages *ui.Messages
	edit     func(*edit.Draft) // replaces the draft

	kind    dialogKind // the open dialog
	then    func()     // called after changes were discarded
	chooser ui.FileChooser
}

type dialogKind uint8

const (
	noDialog dialogKind = iota
	savingAs
	opening
	givingUp
)

// save saves the draft to its file, or asks for one.
func (f *fileDialogs) save(as bool) {
	f.doc.draft.EndStep()
	if as || f.doc.draft.File() == "" {
		path := f.doc.draft.File()
		if path == "" {
			path = filepath.Join(f.config.Dir, f.doc.fileName())
		}
		f.askSaveAs(path)
		return
	}
	if err := f.doc.draft.Save(); err != nil {
		if errors.Is(err, edit.ErrChangedOnDisk) {
			f.askSaveAs(f.doc.draft.File())
			f.chooser.Problem = err.Error()
			return
		}
		f.messages.Add(ui.Failure, err.Error())
		return
	}
	f.saved()
}

// askSaveAs asks for the file to write.
func (f *fileDialogs) askSaveAs(path string) {
	f.kind = savingAs
	f.chooser.ShowToSave(path, ".yaml")
	f.chooser.Replace = f.doc.draft.File()
}

// saved reports in a message that the draft is saved.
func (f *fileDialogs) saved() {
	text := "Saved to " + f.doc.draft.File() + "."
	one, err := scenarios.Load(f.doc.draft.File())
	if err == nil {
		err = runner.Check(context.Background(), one)
	}
	if err != nil {
		f.messages.Add(ui.Warning, fmt.Sprintf("%s It is not valid yet: %v", text, err))
		return
	}
	f.messages.Add(ui.Info, text)
	if f.config.Saved != nil {
		f.config.Saved(one)
	}
}

// unsaved reports whether there are unsaved changes.
func (f *fileDialogs) unsaved() bool { return f.doc.draft.Changed() && f.doc.draft.Undoable() != "" }

// write saves the draft to a file. It creates the default folder if necessary.
func (f *fileDialogs) write(path string) error {
	if filepath.Dir(path) == filepath.Clean(f.config.Dir) {
		if err := os.MkdirAll(f.config.Dir, 0o755); err != nil {
			return fmt.Errorf("creating the folder for scenarios: %w", err)
		}
	}
	return f.doc.draft.SaveAs(path)
}

// ask calls then, after a confirmation if there are unsaved changes.
func (f *fileDialogs) ask(then func()) {
	if !f.unsaved() {
		then()
		return
	}
	f.kind, f.then = givingUp, then
}

// askOpen asks for a file to edit, after asking about unsaved changes.
func (f *fileDialogs) askOpen() {
	f.ask(func() {
		f.kind = opening
		dir := f.config.Dir
		if file := f.doc.draft.File(); file != "" {
			dir = filepath.Dir(file)
		}
		f.chooser.ShowToOpen(dir, ".yaml", ".yml")
	})
}

// open reads a file to edit.
func (f *fileDialogs) open(path string) {
	draft, err := edit.Open(path)
	if err != nil {
		f.chooser.Problem = err.Error()
		return
	}
	f.close()
	f.edit(draft)
}

// saveAs saves the draft to a file.
func (f *fileDialogs) saveAs(path string) {
	if err := f.write(path); err != nil {
		f.chooser.Problem = err.Error()
		return
	}
	f.close()
	f.saved()
}

// drawDiscard asks whether changes may be discarded.
func (f *fileDialogs) drawDiscard(c *ui.Canvas, in *ui.Input) {
	r := c.Bounds()
	c.Paragraph(r.CutTop(40), "“"+f.doc.draft.Scalar("name")+"” has unsaved changes.", c.Theme.Body)
	row := r.CutBottom(30)
	if ui.PrimaryButton(c, in, row.CutRight(130), "Save") {
		f.close()
		f.save(false)
	}
	row.CutRight(8)
	if ui.Button(c, in, row.CutRight(110), "Discard") {
		f.close()
		f.then()
	}
}

// keep saves unsaved changes next to the file or under a new name, so that closing the
// program loses nothing.
func (f *fileDialogs) keep() error {
	if !f.unsaved() {
		return nil
	}
	path := filepath.Join(f.config.Dir, "unsaved-"+f.doc.fileName())
	if file := f.doc.draft.File(); file != "" {
		path = filepath.Join(filepath.Dir(file), "unsaved-"+filepath.Base(file))
	}
	if err := f.write(path); err != nil {
		return err
	}
	f.saved()
	return nil
}

// draw draws the open dialog.
func (f *fileDialogs) draw(in *ui.Input) {
	switch f.kind {
	case savingAs:
		f.chooser.Dialog(in, "Save scenario as", "Save", f.saveAs, f.close)
	case opening:
		f.chooser.Dialog(in, "Open a scenario", "Open", f.open, f.close)
	case givingUp:
		if in.Dialog("Discard the changes?", 460, 160, func(c *ui.Canvas) { f.drawDiscard(c, in) }) {
			f.close()
		}
	}
}

func (f *fileDialogs) close() { f.kind = noDialog }
