// Package panel is what the panels of the window have in common: the moment of the
// drive that they show, whom they have chosen together, and how they look alike. The
// panels themselves are in the packages below it.
//
// Panels draw on the thread of the window and change nothing of the drive.
package panel

import (
	"roadloop/desktop/panel/chart"
	"roadloop/scenarios/tape"
	"roadloop/sim/actor"
	"roadloop/sim/road"
)

// Feed is what all panels of a window look at. Its functions are called while they
// draw.
type Feed struct {
	// Tape returns the drive that is shown, nil where there is none.
	Tape func() *tape.Tape
	// At returns the number of the frame that is shown.
	At func() int
	// Seek asks for another frame; nil where there is no way to.
	Seek func(frame int)

	// Detail is how finely pictures of cameras are to be drawn.
	Detail Detail

	// Chosen is who was picked in any of the panels; the ego stands for nobody.
	Chosen actor.ID

	chart *chart.Chart
	of    *road.Map
}

// Frame returns the frame that is shown, nil where there is none.
func (f *Feed) Frame() *tape.Frame {
	t := f.Tape()
	if t == nil || t.Len() == 0 {
		return nil
	}
	return t.Frame(min(max(f.At(), 0), t.Len()-1))
}

// Name returns the name of an actor of the drive that is shown.
func (f *Feed) Name(id actor.ID) string {
	if t := f.Tape(); t != nil {
		if names := t.Plan().Names; id >= 0 && int(id) < len(names) {
			return names[id]
		}
	}
	return ""
}

// Chart returns the map of the drive that is shown, ready to be drawn.
func (f *Feed) Chart(m *road.Map) *chart.Chart {
	if f.of != m {
		f.chart, f.of = chart.New(m), m
	}
	return f.chart
}

// Actor returns a road user in a frame, nil where there is none of that number.
func Actor(f *tape.Frame, id actor.ID) *actor.Actor {
	if id == actor.Ego {
		return f.World.Ego()
	}
	if all := f.World.Actors(); id > 0 && int(id) <= len(all) {
		return &all[id-1]
	}
	return nil
}
