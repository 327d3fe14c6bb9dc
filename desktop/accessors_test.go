package desktop

import (
	"roadloop/scenarios/timeline"
	"roadloop/sim/actor"
	"roadloop/sim/geom"
)

// Timeline returns the shown drive, nil for none.
func (w *Window) Timeline() *timeline.Timeline { return w.shown().tape }

// OtherTimeline returns the second branch, nil for none.
func (w *Window) OtherTimeline() *timeline.Timeline { return w.shown().other }

// At returns the index of the shown frame.
func (w *Window) At() int { return w.shown().at }

// Frame returns the shown frame, nil for none.
func (w *Window) Frame() *timeline.Step { return w.feed.Frame() }

// ShownTime returns the shown time in s, which lies between decisions during playback, and
// the shown pose of the ego. ok is false if there is no frame yet.
func (w *Window) ShownTime() (seconds float64, ego geom.Pose, ok bool) {
	m := w.feed.World()
	if m == nil {
		return 0, geom.Pose{}, false
	}
	return m.Seconds(), m.Ego().State.Pose, true
}

// Chosen returns the selected road user. The ego's ID means no selection.
func (w *Window) Chosen() actor.ID { return w.feed.Chosen }

// SeekTarget returns the target frame of a seek ahead, -1 for none.
func (w *Window) SeekTarget() int { return w.shown().seekAhead.to }

// Playing reports whether the drive plays.
func (w *Window) Playing() bool { return w.shown().playing }

// Manual reports whether a human has control.
func (w *Window) Manual() bool { return w.shown().manual }

// WhatIfOpen reports whether the what-if dialog is open.
func (w *Window) WhatIfOpen() bool { return w.whatIf != nil }

// Messages returns the messages on the screen.
func (w *Window) Messages() []string { return w.messages.Texts() }

// FileDialogOpen reports whether the file dialog is open.
func (w *Window) FileDialogOpen() bool { return w.choosing != nil }
