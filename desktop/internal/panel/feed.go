// Package panel has the panels of the window, and what they share: the shown time of the drive,
// the selection, the style, and the map view with its road users.
//
// Panels draw on the thread of the window and do not change the drive.
package panel

import (
	"roadloop/scenarios/timeline"
	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/road"
)

// Feed is the data source of all panels of a window. Its functions are called while
// drawing.
type Feed struct {
	// Timeline returns the shown drive, nil for none.
	Timeline func() *timeline.Timeline
	// At returns the index of the shown frame.
	At func() int
	// Now returns the shown time, in frames; it lies between two frames during
	// playback. If Now is nil, At is used.
	Now func() float64
	// Seek shows another frame; nil if that is not possible.
	Seek func(frame int)

	// Changed, if set, is called from any goroutine when a background result that a
	// panel shows is ready.
	Changed func()

	// OtherBranch is the feed of another branch, nil for none. Its Tape may be nil.
	OtherBranch *Feed

	// Detail is the level of detail of rendered images.
	Detail Detail

	// SelectedPlan is the selected trajectory of the planner's proposals.
	SelectedPlan PlanRef

	// Chosen is the selected road user; the ego means none.
	Chosen actor.ID

	chart  *Chart
	of     *road.Map
	course timeline.Interpolator
	moment WorldState
}

// Notify calls Changed if it is set.
func (f *Feed) Notify() {
	if f.Changed != nil {
		f.Changed()
	}
}

// Frame returns the shown frame, nil for none.
func (f *Feed) Frame() *timeline.Step {
	t := f.Timeline()
	if t == nil || t.Len() == 0 {
		return nil
	}
	return t.StepAt(min(max(f.At(), 0), t.Len()-1))
}

// WorldState is the true world at a time that may lie between two steps.
type WorldState struct {
	Frame   *timeline.Step     // of the last decision
	At      int                // its index
	Time    clock.Tick         // elapsed time
	Share   float64            // fraction of the step, 0 to 1
	Users   []actor.Actor      // all road users, the ego last
	Signals []road.SignalState // indexed by road.SignalID
}

// World returns the world at the shown time; see MomentAt.
func (f *Feed) World() *WorldState { return f.WorldAt(f.Time()) }

// Time returns the shown time, in frames.
func (f *Feed) Time() float64 {
	if f.Now != nil {
		return f.Now()
	}
	return float64(f.At())
}

// WorldAt returns the world at a time in frames, nil if there is no frame. The result
// is valid until the next call.
func (f *Feed) WorldAt(now float64) *WorldState {
	t := f.Timeline()
	if t == nil || t.Len() == 0 {
		return nil
	}
	last := t.Len() - 1
	at := max(0, min(int(now), last))
	frame := t.StepAt(at)
	if frame == nil {
		return nil
	}
	m := &f.moment
	*m = WorldState{Frame: frame, At: at, Share: max(0, min(1, now-float64(at)))}
	if frame.End {
		m.Share = 0
	}
	m.Users, m.Signals, m.Time = f.course.At(frame, m.Share)
	return m
}

// Ego returns the ego.
func (m *WorldState) Ego() *actor.Actor { return &m.Users[len(m.Users)-1] }

// Actor returns a road user, nil if there is none with that ID.
func (m *WorldState) Actor(id actor.ID) *actor.Actor {
	switch {
	case id == actor.Ego:
		return m.Ego()
	case id > 0 && int(id) < len(m.Users):
		return &m.Users[id-1]
	}
	return nil
}

func (m *WorldState) Seconds() float64 {
	return m.Frame.Time.Seconds() + m.Share*clock.DriverPeriod.Seconds()
}

// Name returns the name of an actor in the shown drive.
func (f *Feed) Name(id actor.ID) string {
	if t := f.Timeline(); t != nil {
		if names := t.Plan().Names; id >= 0 && int(id) < len(names) {
			return names[id]
		}
	}
	return ""
}

// Chart returns the prepared map of the shown drive.
func (f *Feed) Chart(m *road.Map) *Chart {
	if f.of != m {
		f.chart, f.of = NewChart(m), m
	}
	return f.chart
}
