package runner

import (
	"math"
	"strings"

	"roadloop/perception/scoring"
	"roadloop/scenarios/metrics"
)

// PerceptionResult holds the perception metrics of a run in the results document.
type PerceptionResult struct {
	Recall []RecallResult      `json:"recall"`
	Actors []ActorRecallResult `json:"actors,omitempty"`
	// Mean errors of tracked road users, m and m/s.
	PositionError *float64 `json:"position_error,omitempty"`
	VelocityError *float64 `json:"velocity_error,omitempty"`
	FalseTracks   float64  `json:"false_tracks"` // mean number at a time
	Ghosts        int      `json:"ghosts"`       // tracks that never matched a road user
	// Tracking is missing if no road user was in sight.
	Tracking *scoring.TrackingReport `json:"tracking,omitempty"`
}

// RecallResult counts how often road users in sight, of a class and in a distance band,
// were tracked.
type RecallResult struct {
	Class   string  `json:"class"`
	Near    float64 `json:"near"` // m
	Far     float64 `json:"far"`  // m
	InSight int     `json:"in_sight"`
	Found   int     `json:"found"`
}

// ActorRecallResult counts how often a named road user was tracked while in sight, and the
// distance at which it was first tracked.
type ActorRecallResult struct {
	Name     string   `json:"name"`
	Class    string   `json:"class"`
	InSight  int      `json:"in_sight"`
	Found    int      `json:"found"`
	Distance *float64 `json:"distance,omitempty"` // at first, m; missing if never tracked
}

// newSight converts a report for the results document.
func newSight(r *metrics.Detection) *PerceptionResult {
	s := &PerceptionResult{Recall: []RecallResult{}, FalseTracks: r.FalseTracks, Ghosts: r.Ghosts}
	for _, x := range r.Recalls {
		s.Recall = append(s.Recall, RecallResult{x.Class.String(), x.Band.Near, x.Band.Far, x.InSight, x.Found})
	}
	for i := range r.Actors {
		p := &r.Actors[i]
		x := ActorRecallResult{Name: p.Name, Class: p.Class.String(), InSight: p.InSight, Found: p.Found}
		if p.Found > 0 {
			x.Distance = &p.Distance
		}
		s.Actors = append(s.Actors, x)
	}
	if !math.IsNaN(r.PositionError) {
		s.PositionError, s.VelocityError = &r.PositionError, &r.VelocityError
	}
	if r.Tracked {
		s.Tracking = &r.Tracking
	}
	return s
}

// perceptionSentences describes the perception of the road users that the ego collided
// with, or returns "" without collisions.
func perceptionSentences(r *metrics.Detection) string {
	var met []string
	for i := range r.Collisions {
		met = append(met, r.Collisions[i].Sentence())
	}
	return strings.Join(met, "; ")
}
