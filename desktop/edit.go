package desktop

import (
	"path/filepath"

	"roadloop/desktop/editor"
	"roadloop/desktop/ui"
	"roadloop/scenarios"
	"roadloop/scenarios/edit"
)

// edit opens a scenario in the editor; changes of another one are asked about there.
func (w *Window) edit(s *scenarios.Scenario) {
	draft, err := edit.From(s)
	if err != nil {
		w.fail("The scenario cannot be edited", err)
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
			driver, perception := w.browser.Cast()
			w.Drive(setupOf(browserSetup(c, driver, perception)))
		},
		Saved:   w.browser.Add,
		Changed: w.changed,
		Leave:   w.browse,
	})
}

// toEditor goes back to what is edited, or edits what is driven or chosen.
func (w *Window) toEditor() {
	one := w.browser.Chosen()
	switch {
	case w.editor != nil:
		w.browse()
		w.screen = editScreen
		return
	case w.screen == driveScreen && w.setup.Case != nil:
		one = w.setup.Case.Scenario
	}
	if one != nil {
		w.browse()
		w.edit(one)
	}
}

// drawEditor shows the editor.
func (w *Window) drawEditor(c *ui.Canvas) { w.editor.Draw(c.Scoped("editor"), w.in) }

// keepDraft saves what is edited and in no file, so that leaving loses nothing.
func (w *Window) keepDraft() error {
	if w.editor == nil {
		return nil
	}
	defer w.editor.Close()
	return w.editor.Keep()
}

// Editing returns what is edited, nil while the editor is not shown.
func (w *Window) Editing() *edit.Draft {
	if w.screen != editScreen {
		return nil
	}
	return w.editor.Draft()
}
