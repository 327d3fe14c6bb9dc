package metrics

import (
	"fmt"
	"math"

	"roadloop/sim"
	"roadloop/sim/actor"
	"roadloop/sim/clock"
)

// visibilityRange is the largest distance at which a Story counts an actor as visible, m.
const visibilityRange = 120.0

// CollisionHistory describes the perception of an actor up to a collision with it. Times are in s,
// NaN for never.
type CollisionHistory struct {
	Actor actor.ID
	Name  string
	At    float64 // of the collision
	// VisibleFrom is when it was first within Horizon and in sight, TrackedFrom when a
	// track first matched it.
	VisibleFrom, TrackedFrom float64
	// Tracked reports whether a track was near it at the last decision before the
	// collision. PositionError (m) and VelocityError (m/s) are those of the nearest one.
	Tracked                      bool
	PositionError, VelocityError float64
}

// maxOffset is the largest position error of a track that still belongs to the actor, m.
const maxOffset = 5.0

// newStory returns the story of an actor until a time.
func newStory(v *egoView, id actor.ID, at clock.Tick) CollisionHistory {
	nan := math.NaN()
	s := CollisionHistory{Actor: id, Name: v.log.Actors[id].Name, At: at.Seconds(), VisibleFrom: nan, TrackedFrom: nan, PositionError: nan, VelocityError: nan}
	last := v.log.StepBefore(at)
	for i := 0; i <= last; i++ {
		if math.IsNaN(s.VisibleFrom) && v.box(i, id).Center.Dist(v.egoCenter(i)) <= visibilityRange && v.inSight(i, id) {
			s.VisibleFrom = v.log.Steps[i].Time.Seconds()
		}
		if math.IsNaN(s.TrackedFrom) && v.match(i)[id] >= 0 {
			s.TrackedFrom = v.log.Steps[i].Time.Seconds()
		}
	}
	s.addNearestTrack(v, last)
	return s
}

// addNearestTrack fills in the errors of the nearest track at a step.
func (s *CollisionHistory) addNearestTrack(v *egoView, i int) {
	a := v.log.At(i, s.Actor)
	middle := v.box(i, s.Actor).Center
	tracks := v.log.Steps[i].Belief.Tracks
	for k := range tracks {
		d := tracks[k].Pose.Pos().Dist(middle)
		if d > maxOffset || s.Tracked && d >= s.PositionError {
			continue
		}
		s.Tracked, s.PositionError = true, d
		s.VelocityError = tracks[k].Vel.Sub(a.Velocity()).Norm()
	}
}

// stories returns a story for each actor that the ego collided with.
func (v *egoView) stories() []CollisionHistory {
	met := make([]bool, len(v.log.Actors))
	var out []CollisionHistory
	for i := range v.log.Events {
		e := &v.log.Events[i]
		if e.Kind == sim.Collision && !met[e.Actor] {
			met[e.Actor] = true
			out = append(out, newStory(v, e.Actor, e.Time))
		}
	}
	return out
}

// Sentence returns a sentence such as "cutter was in sight from 3.2 s, tracked from
// 4.1 s, and 1.8 m off at the collision".
func (s *CollisionHistory) Sentence() string {
	text := s.Name + " was never in sight"
	if !math.IsNaN(s.VisibleFrom) {
		text = fmt.Sprintf("%s was in sight from %.1f s", s.Name, s.VisibleFrom)
	}
	switch {
	case math.IsNaN(s.TrackedFrom) && !s.Tracked:
		return text + " and never tracked"
	case math.IsNaN(s.TrackedFrom):
		text += ", never tracked well"
	default:
		text += fmt.Sprintf(", tracked from %.1f s", s.TrackedFrom)
	}
	if !s.Tracked {
		return text + ", and lost at the collision"
	}
	return text + fmt.Sprintf(", and %.1f m off at the collision", s.PositionError)
}
