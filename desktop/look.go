package desktop

import (
	"roadloop/scenarios/tape"
	"roadloop/sim/actor"
	"roadloop/sim/geom"
)

// Tape returns the drive that is shown, nil where there is none.
func (w *Window) Tape() *tape.Tape { return w.shown().tape }

// Other returns the second future, nil where there is none.
func (w *Window) Other() *tape.Tape { return w.shown().other }

// At returns the number of the frame that is looked at, and Frame the frame.
func (w *Window) At() int { return w.shown().at }

// Frame returns the frame that is looked at, nil before there is one.
func (w *Window) Frame() *tape.Frame { return w.feed.Frame() }

// Moment returns the time that is shown, which lies between decisions while time goes
// on, in s, and where the ego is shown; ok is false before there is a frame.
func (w *Window) Moment() (seconds float64, ego geom.Pose, ok bool) {
	m := w.feed.Moment()
	if m == nil {
		return 0, geom.Pose{}, false
	}
	return m.Seconds(), m.Ego().State.Pose, true
}

// Chosen returns who was picked in any of the panels, the ego standing for nobody.
func (w *Window) Chosen() actor.ID { return w.feed.Chosen }

// Ahead returns the frame that the drive is on its way to, -1 for none.
func (w *Window) Ahead() int { return w.shown().ahead.to }

// Playing reports whether time goes on.
func (w *Window) Playing() bool { return w.shown().playing }

// Manual reports whether hands are at the wheel.
func (w *Window) Manual() bool { return w.shown().manual }

// Asking reports whether the dialog is open in which the future is changed.
func (w *Window) Asking() bool { return w.whatIf != nil }

// Messages returns what the window says at the moment.
func (w *Window) Messages() []string { return w.messages.Texts() }

// AsksForFile reports whether the dialog is open in which a file is chosen.
func (w *Window) AsksForFile() bool { return w.choosing != nil }
