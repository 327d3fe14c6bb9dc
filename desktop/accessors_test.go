package desktop

import (
	"roadloop/scenarios/edit"
	"roadloop/scenarios/timeline"
	"roadloop/sim/actor"
	"roadloop/sim/geom"
)

// Timeline returns the shown drive, nil for none.
func (w *window) Timeline() *timeline.Timeline { return w.drive.shown().tape }

// OtherTimeline returns the second branch, nil for none.
func (w *window) OtherTimeline() *timeline.Timeline { return w.drive.shown().other }

// At returns the index of the shown frame.
func (w *window) At() int { return w.drive.shown().at }

// Frame returns the shown frame, nil for none.
func (w *window) Frame() *timeline.Step { return w.panels.feed.Frame() }

// ShownTime returns the shown time in s, which lies between decisions during playback, and
// the shown pose of the ego. ok is false if there is no frame yet.
func (w *window) ShownTime() (seconds float64, ego geom.Pose, ok bool) {
	m := w.panels.feed.World()
	if m == nil {
		return 0, geom.Pose{}, false
	}
	return m.Seconds(), m.Ego().State.Pose, true
}

// Chosen returns the selected road user. The ego's ID means no selection.
func (w *window) Chosen() actor.ID { return w.panels.feed.Chosen }

// SeekTarget returns the target frame of a seek ahead, -1 for none.
func (w *window) SeekTarget() int { return w.drive.shown().seekAhead.to }

// Playing reports whether the drive plays.
func (w *window) Playing() bool { return w.drive.shown().playing }

// Manual reports whether a human has control.
func (w *window) Manual() bool { return w.drive.shown().manual }

// WhatIfOpen reports whether the what-if dialog is open.
func (w *window) WhatIfOpen() bool { return w.whatIf.form != nil }

// Messages returns the messages on the screen.
func (w *window) Messages() []string { return w.messages.Texts() }

// FileDialogOpen reports whether the file dialog is open.
func (w *window) FileDialogOpen() bool { return w.files.shown }

// Editing returns the edited scenario, nil while the editor is not shown.
func (w *window) Editing() *edit.Draft {
	if w.screen != editScreen {
		return nil
	}
	return w.editor.Draft()
}
