package desktop

import (
	"path/filepath"

	"roadloop/desktop/internal/library"
	"roadloop/desktop/internal/ui"
	"roadloop/scenarios"
	"roadloop/scenarios/preview"
	"roadloop/scenarios/runner"
	"roadloop/scenarios/timeline"
)

// newLibraryScreen creates the library screen.
func (w *Window) newLibraryScreen(all []*scenarios.Scenario) {
	w.browser = library.New(all, library.Config{
		Drivers: w.config.Drivers, Driver: w.config.Driver,
		Thumbnails: preview.NewThumbnailCache(filepath.Join(w.config.Cache, "pictures")),
		Records:    library.OpenHistory(filepath.Join(w.config.Cache, "last-drives.json")),
		Run:        func(u library.Setup) { w.Drive(setupOf(u)) },
		Edit:       w.edit,
		Changed:    w.changed,
	})
}

// setupOf returns the setup that was chosen in the library.
func setupOf(u library.Setup) Setup {
	s := Setup{Case: u.Case, Driver: u.Driver}
	if s.Driver.Name == library.Manual {
		s.Driver.Name, s.Manual = runner.Stack, true
	}
	return s
}

// drawLibrary draws the library screen.
func (w *Window) drawLibrary(c *ui.Canvas) {
	all := c.Bounds()
	top := c.Sub(all.CutTop(barHeight)).Scoped("browser bar")
	top.Fill(c.Theme.Surface)
	r := top.Bounds().Inset2(8, 6)
	if w.player != nil {
		if ui.Button(top, w.in, r.CutLeft(120), "Back to the drive") {
			w.screen = driveScreen
		}
		r.CutLeft(10)
	}
	if ui.Button(top, w.in, r.CutRight(56), "Help") {
		w.toggleHelp()
	}
	r.CutRight(6)
	open := r.CutRight(70)
	if ui.Button(top, w.in, open, "Open…") {
		w.askOpen()
	}
	w.in.Tooltip(top, open, "Open a scenario or a trace (Ctrl+O)")
	top.Label(r, "Scenarios", c.Theme.Title, ui.Left)
	w.browser.Draw(c.Sub(all).Scoped("browser"), w.in)
}

// record reports the result of the drive and its drivers to the library, once.
func (w *Window) record() {
	v := w.shown()
	if v.tape == nil || w.recorded == v.tape || w.trace || !v.tape.Over() {
		return
	}
	w.recorded = v.tape
	if changes, _ := v.tape.Changes(); len(changes) > 0 {
		return
	}
	by := ""
	if spans := timeline.DriverSpans(v.tape.Trace()); timeline.DrivenByHuman(spans) {
		by = timeline.DriversText(spans)
	}
	w.browser.Record(library.Setup{Case: w.setup.Case, Driver: w.setup.Driver}, by, w.verdict.update(v.tape).verdict)
}
