package metrics

import (
	"slices"

	"roadloop"
	"roadloop/sim/actor"
	"roadloop/sim/vehicle"
)

// Recorder fills a log during a run.
type Recorder struct{ log *DriveLog }

// NewRecorder returns a recorder for a case. names are the names of the actors; names[0] is the
// ego. Actors from ID traffic on are background.
func NewRecorder(c *roadloop.Case, names []string, traffic actor.ID) *Recorder {
	l := &DriveLog{Map: c.World.Map, Route: c.Route, Conditions: c.World.Conditions}
	for id, n := range names {
		l.Actors = append(l.Actors, LoggedActor{Name: n, Background: actor.ID(id) >= traffic})
	}
	return &Recorder{log: l}
}

// Record records a step; calls are in order of time. A non-nil override replaces the
// driver's command.
func (r *Recorder) Record(m *roadloop.Step, override *vehicle.Command) {
	l, w := r.log, m.World
	if len(l.Steps) == 0 {
		r.addActors(m)
	}
	l.Events = append(l.Events, m.Events...)
	s := LoggedStep{Time: m.Time, Signals: slices.Clone(w.Signals()), Command: m.Command, Want: m.Want, Guard: m.Guard}
	if override != nil {
		s.Command, s.Overridden = *override, true
	}
	s.States = make([]actor.State, 0, len(l.Actors))
	s.States = append(s.States, w.Ego().State)
	actors := w.Actors()
	for i := range actors {
		s.States = append(s.States, actors[i].State)
	}
	s.Lane, s.S, s.D = w.EgoLane()
	s.Progress = w.EgoProgress()
	if b := m.Scene; b != nil {
		s.Belief = Belief{Known: true, Ego: b.Ego, Tracks: slices.Clone(b.Tracks), Signals: slices.Clone(b.Signals),
			LaneOffset: b.LaneOffset, LaneSeen: b.LaneSeen}
	}
	if p := m.Plan; p != nil {
		s.Plan = PlanSummary{Reason: p.Reason, Emergency: p.Emergency, Waypoints: slices.Clone(p.Waypoints)}
	}
	if v := m.Policy; v != nil {
		s.Valued, s.Value = v.Valued, v.Value
	}
	l.Steps = append(l.Steps, s)
}

// addActors records the constant properties of the actors.
func (r *Recorder) addActors(m *roadloop.Step) {
	l := r.log
	l.Friction = m.World.Friction()
	ego := m.World.Ego()
	l.Actors[actor.Ego].Kind, l.Actors[actor.Ego].Shape = ego.Kind, ego.Shape
	actors := m.World.Actors()
	for i := range actors {
		a := &l.Actors[actors[i].ID]
		a.Kind, a.Shape = actors[i].Kind, actors[i].Shape
	}
}

// Log returns the log so far.
func (r *Recorder) Log() *DriveLog { return r.log }

// Clone returns a recorder with a separate log. The two share the steps so far, which are
// immutable.
func (r *Recorder) Clone() *Recorder {
	l := *r.log
	l.Steps, l.Events = slices.Clip(l.Steps), slices.Clip(l.Events)
	return &Recorder{log: &l}
}
