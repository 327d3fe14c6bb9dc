package desktop

import (
	"path/filepath"

	"roadloop/desktop/internal/editor"
	"roadloop/desktop/internal/library"
	"roadloop/desktop/internal/ui"
	"roadloop/scenarios"
	"roadloop/scenarios/edit"
)

// edit opens a scenario in the editor. The editor asks about unsaved changes of another
// one.
func (w *Window) edit(s *scenarios.Scenario) {
	draft, err := edit.FromScenario(s)
	if err != nil {
		w.fail("Cannot edit the scenario", err)
		return
	}
	w.screen = editScreen
	w.in.Unfocus()
	if w.editor != nil {
		w.editor.Open(draft)
		return
	}
	w.editor = editor.New(draft, editor.Config{
		Dir: filepath.Join(w.config.Folder, "scenarios"),
		Run: func(c *scenarios.Case) {
			w.Drive(setupOf(library.Setup{Case: c, Driver: w.browser.SelectedDriver()}))
		},
		Saved:   w.browser.Add,
		Changed: w.changed,
		Leave:   w.showLibrary,
	})
}

// toEditor returns to the editor, or opens it with the driven or selected scenario.
func (w *Window) toEditor() {
	one := w.browser.Chosen()
	switch {
	case w.editor != nil:
		w.showLibrary()
		w.screen = editScreen
		return
	case w.screen == driveScreen && w.setup.Case != nil:
		one = w.setup.Case.Scenario
	}
	if one != nil {
		w.showLibrary()
		w.edit(one)
	}
}

func (w *Window) drawEditor(c *ui.Canvas) { w.editor.Draw(c.Scoped("editor"), w.in) }

// keepDraft saves unsaved edits, so that closing the window loses nothing.
func (w *Window) keepDraft() error {
	if w.editor == nil {
		return nil
	}
	defer w.editor.Close()
	return w.editor.Keep()
}

// Editing returns the edited scenario, nil while the editor is not shown.
func (w *Window) Editing() *edit.Draft {
	if w.screen != editScreen {
		return nil
	}
	return w.editor.Draft()
}
