package desktop

import (
	"os"
	"path/filepath"

	"roadloop/desktop/internal/ui"
)

// fileDialog selects a file to open, or to save the drive to.
type fileDialog struct {
	*shell
	drive   *drive
	shown   bool
	saving  bool
	title   string // of opening
	opened  string // the last opened file
	chooser ui.FileChooser
	open    func(path string) error
}

// openButton draws the button that opens a file.
func (f *fileDialog) openButton(c *ui.Canvas, r ui.Rect) {
	if ui.Button(c, f.in, r, "Open…") {
		f.askOpen()
	}
	f.in.Tooltip(c, r, "Open a scenario, a trace or a trained policy (Ctrl+O)")
}

// askOpen opens the dialog for a scenario, a trace or a trained policy.
func (f *fileDialog) askOpen() {
	f.ask("Open a scenario, a trace or a trained policy", ".trace", ".yaml", ".yml", ".rlp")
}

// askPolicy opens the dialog for a trained policy.
func (f *fileDialog) askPolicy() { f.ask("Open a trained policy", ".rlp") }

// ask opens the dialog for a file with one of some extensions.
func (f *fileDialog) ask(title string, kinds ...string) {
	f.shown, f.saving, f.title = true, false, title
	dir := filepath.Join(f.folders.user, "drives")
	if file := f.opened; file != "" {
		dir = filepath.Dir(file)
	}
	f.chooser.ShowToOpen(dir, kinds...)
}

// askSave opens the dialog for saving the drive.
func (f *fileDialog) askSave() {
	path := f.drive.newPath("drives", ".trace")
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		f.fail("Cannot save the drive", err)
		return
	}
	f.shown, f.saving = true, true
	f.chooser.ShowToSave(path, ".trace")
}

// draw draws the dialog if it is open.
func (f *fileDialog) draw() {
	switch {
	case !f.shown:
	case f.saving:
		f.chooser.Dialog(f.in, "Save drive as", "Save", f.saveAs, f.close)
	default:
		f.chooser.Dialog(f.in, f.title, "Open", f.openFile, f.close)
	}
}

func (f *fileDialog) close() { f.shown = false }

// openFile opens the selected file.
func (f *fileDialog) openFile(path string) {
	if err := f.open(path); err != nil {
		f.chooser.Problem = err.Error()
		return
	}
	f.shown, f.opened = false, path
}

// saveAs saves the drive so far to a file.
func (f *fileDialog) saveAs(path string) {
	if err := f.drive.saveTraceTo(path); err != nil {
		f.chooser.Problem = err.Error()
		return
	}
	f.shown = false
}
