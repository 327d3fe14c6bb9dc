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
	"roadloop/sim/clock"
	"roadloop/sim/road"
)

// Feed is what all panels of a window look at. Its functions are called while they
// draw.
type Feed struct {
	// Tape returns the drive that is shown, nil where there is none.
	Tape func() *tape.Tape
	// At returns the number of the frame that is shown.
	At func() int
	// Now returns the time that is shown, in frames: between two of them while time goes
	// on. It may be nil, for the time of the frame.
	Now func() float64
	// Seek asks for another frame; nil where there is no way to.
	Seek func(frame int)

	// Changed is called, from any goroutine, when something has come that a panel shows and
	// that was worked out in the background; it may be nil.
	Changed func()

	// Beside is the feed of another future of the drive, nil for none. It shows nothing
	// while there is none.
	Beside *Feed

	// Detail is how finely pictures of cameras are to be drawn.
	Detail Detail

	// Way is the trajectory that was picked among those that a planner considers.
	Way Way

	// Chosen is who was picked in any of the panels; the ego stands for nobody.
	Chosen actor.ID

	chart  *chart.Chart
	of     *road.Map
	course tape.Course
	moment Moment
}

// Notify calls Changed where there is one.
func (f *Feed) Notify() {
	if f.Changed != nil {
		f.Changed()
	}
}

// Frame returns the frame that is shown, nil where there is none.
func (f *Feed) Frame() *tape.Frame {
	t := f.Tape()
	if t == nil || t.Len() == 0 {
		return nil
	}
	return t.Frame(min(max(f.At(), 0), t.Len()-1))
}

// Moment is the true world at a time that may lie between two decisions.
type Moment struct {
	Frame   *tape.Frame        // of the decision before, or at the time
	At      int                // its number
	Time    clock.Tick         // that has passed
	Share   float64            // of the time from that decision to the next that has passed
	Users   []actor.Actor      // everyone, the ego last
	Signals []road.SignalState // indexed by road.SignalID
}

// Moment returns the world at the time that is shown, as MomentAt does.
func (f *Feed) Moment() *Moment { return f.MomentAt(f.Time()) }

// Time returns the time that is shown, in frames.
func (f *Feed) Time() float64 {
	if f.Now != nil {
		return f.Now()
	}
	return float64(f.At())
}

// MomentAt returns the world at a time in frames, as far as it is known; nil where there
// is no frame. It is good until the next call.
func (f *Feed) MomentAt(now float64) *Moment {
	t := f.Tape()
	if t == nil || t.Len() == 0 {
		return nil
	}
	last := t.Len() - 1
	at := max(0, min(int(now), last))
	frame := t.Frame(at)
	if frame == nil {
		return nil
	}
	m := &f.moment
	*m = Moment{Frame: frame, At: at, Share: max(0, min(1, now-float64(at)))}
	if frame.End {
		m.Share = 0
	}
	m.Users, m.Signals, m.Time = f.course.At(frame, m.Share)
	return m
}

// Ego returns the ego.
func (m *Moment) Ego() *actor.Actor { return &m.Users[len(m.Users)-1] }

// Actor returns a road user, nil where there is none of that number.
func (m *Moment) Actor(id actor.ID) *actor.Actor {
	switch {
	case id == actor.Ego:
		return m.Ego()
	case id > 0 && int(id) < len(m.Users):
		return &m.Users[id-1]
	}
	return nil
}

// Seconds returns the time of the moment, s.
func (m *Moment) Seconds() float64 {
	return m.Frame.Time.Seconds() + m.Share*clock.DriverPeriod.Seconds()
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
