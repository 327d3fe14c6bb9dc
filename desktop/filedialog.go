package desktop

import (
	"os"
	"path/filepath"

	"roadloop/desktop/ui"
)

// fileDialog is the dialog in which a file is chosen: to open, or to save the drive to.
type fileDialog struct {
	saving  bool
	replace string // the file that was said to be replaced
}

// askOpen asks for a scenario or a recorded drive.
func (w *Window) askOpen() {
	w.choosing = &fileDialog{}
	dir := filepath.Join(w.config.Folder, "drives")
	if file := w.opened; file != "" {
		dir = filepath.Dir(file)
	}
	w.files.ShowToOpen(dir, ".trace", ".yaml", ".yml")
}

// askSaveTrace asks for the file to save the drive to.
func (w *Window) askSaveTrace() {
	path := w.newPath("drives", ".trace")
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		w.fail("The drive cannot be saved", err)
		return
	}
	w.choosing = &fileDialog{saving: true}
	w.files.ShowToSave(path, ".trace")
}

// drawFileDialog shows the dialog.
func (w *Window) drawFileDialog() {
	title, verb, do := "Open a scenario or a recorded drive", "Open", w.openFile
	if w.choosing.saving {
		title, verb, do = "Save the drive as", "Save", w.saveTraceAs
	}
	if w.in.Dialog(title, 700, 440, func(c *ui.Canvas) {
		switch path, cancelled := w.files.Draw(c, w.in, verb); {
		case cancelled:
			w.choosing = nil
		case path != "":
			do(path)
		}
	}) {
		w.choosing = nil
	}
}

// openFile opens what the program also opens by that argument. A scenario becomes one of
// those to choose from.
func (w *Window) openFile(path string) {
	o, err := Find(path)
	if err != nil {
		w.files.Problem = err.Error()
		return
	}
	w.choosing, w.opened = nil, path
	if o.Case != nil {
		w.browser.Add(o.Case.Scenario)
	}
	w.Open(o)
}

// saveTraceAs saves the drive so far to a file; one that is there is replaced only at the
// second time.
func (w *Window) saveTraceAs(path string) {
	if _, err := os.Stat(path); err == nil && path != w.choosing.replace {
		w.files.Problem, w.choosing.replace = filepath.Base(path)+" is there already. Save once more to replace it.", path
		return
	}
	if err := w.saveTraceTo(path); err != nil {
		w.files.Problem = err.Error()
		return
	}
	w.choosing = nil
}
