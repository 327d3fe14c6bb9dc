package desktop

import (
	"os"
	"path/filepath"

	"roadloop/desktop/internal/ui"
)

// fileDialog is the dialog that selects a file to open, or to save the drive to.
type fileDialog struct {
	saving  bool
	replace string // the file with a pending overwrite confirmation
}

// askOpen opens the dialog for a scenario or a trace.
func (w *Window) askOpen() {
	w.choosing = &fileDialog{}
	dir := filepath.Join(w.config.Folder, "drives")
	if file := w.opened; file != "" {
		dir = filepath.Dir(file)
	}
	w.files.ShowToOpen(dir, ".trace", ".yaml", ".yml")
}

// askSaveTrace opens the dialog for saving the drive.
func (w *Window) askSaveTrace() {
	path := w.newPath("drives", ".trace")
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		w.fail("Cannot save the drive", err)
		return
	}
	w.choosing = &fileDialog{saving: true}
	w.files.ShowToSave(path, ".trace")
}

func (w *Window) drawFileDialog() {
	title, verb, do := "Open a scenario or a trace", "Open", w.openFile
	if w.choosing.saving {
		title, verb, do = "Save drive as", "Save", w.saveTraceAs
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

// openFile opens a path like a command-line argument. A scenario is added to the
// library screen.
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

// saveTraceAs saves the drive so far to a file. To replace an existing file, the user
// must confirm by saving again.
func (w *Window) saveTraceAs(path string) {
	if _, err := os.Stat(path); err == nil && path != w.choosing.replace {
		w.files.Problem, w.choosing.replace = filepath.Base(path)+" already exists. Save again to replace it.", path
		return
	}
	if err := w.saveTraceTo(path); err != nil {
		w.files.Problem = err.Error()
		return
	}
	w.choosing = nil
}
