package desktop

import (
	"roadloop/scenarios/tape"
	"roadloop/sim/actor"
	"roadloop/sim/geom"
)

// Tape returns the shown drive, nil for none.
func (w *Window) Tape() *tape.Tape { return w.shown().tape }

// Other returns the second branch, nil for none.
func (w *Window) Other() *tape.Tape { return w.shown().other }

// At returns the index of the shown frame.
func (w *Window) At() int { return w.shown().at }

// Frame returns the shown frame, nil for none.
func (w *Window) Frame() *tape.Frame { return w.feed.Frame() }

// Moment returns the shown time in s, which lies between decisions during playback, and
// the shown pose of the ego. ok is false if there is no frame yet.
func (w *Window) Moment() (seconds float64, ego geom.Pose, ok bool) {
	m := w.feed.Moment()
	if m == nil {
		return 0, geom.Pose{}, false
	}
	return m.Seconds(), m.Ego().State.Pose, true
}

// Chosen returns the selected road user. The ego's ID means no selection.
func (w *Window) Chosen() actor.ID { return w.feed.Chosen }

// Ahead returns the target frame of a seek ahead, -1 for none.
func (w *Window) Ahead() int { return w.shown().seekAhead.to }

// Playing reports whether the drive plays.
func (w *Window) Playing() bool { return w.shown().playing }

// Manual reports whether a human has control.
func (w *Window) Manual() bool { return w.shown().manual }

// Asking reports whether the what-if dialog is open.
func (w *Window) Asking() bool { return w.whatIf != nil }

// Messages returns the messages on the screen.
func (w *Window) Messages() []string { return w.messages.Texts() }

// AsksForFile reports whether the file dialog is open.
func (w *Window) AsksForFile() bool { return w.choosing != nil }
