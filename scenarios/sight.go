package scenarios

import (
	"math"
	"strings"

	"roadloop/perception/scoring"
	"roadloop/scenarios/seen"
)

// Sight is what perception saw of a run, in the results document.
type Sight struct {
	Recall []SightRecall `json:"recall"`
	Actors []SightActor  `json:"actors,omitempty"`
	// Errors of those found, m and m/s.
	PositionError *float64 `json:"position_error,omitempty"`
	VelocityError *float64 `json:"velocity_error,omitempty"`
	FalseTracks   float64  `json:"false_tracks"` // at a time, on average
	Ghosts        int      `json:"ghosts"`       // tracks that never stood for anybody
	// Tracking is missing where nobody was in sight.
	Tracking *scoring.TrackingReport `json:"tracking,omitempty"`
}

// SightRecall is how often road users in sight, of a class and at a distance, were
// tracked.
type SightRecall struct {
	Class   string  `json:"class"`
	Near    float64 `json:"near"` // m
	Far     float64 `json:"far"`  // m
	InSight int     `json:"in_sight"`
	Found   int     `json:"found"`
}

// SightActor is how often a road user that the scenario names was tracked while in
// sight, and from what distance on.
type SightActor struct {
	Name     string   `json:"name"`
	Class    string   `json:"class"`
	InSight  int      `json:"in_sight"`
	Found    int      `json:"found"`
	Distance *float64 `json:"distance,omitempty"` // m, at first; none for never
}

// newSight returns what the document says of what was seen.
func newSight(r *seen.Report) *Sight {
	s := &Sight{Recall: []SightRecall{}, FalseTracks: r.FalseTracks, Ghosts: r.Ghosts}
	for _, x := range r.Recalls {
		s.Recall = append(s.Recall, SightRecall{x.Class.String(), x.Band.Near, x.Band.Far, x.InSight, x.Found})
	}
	for i := range r.Actors {
		p := &r.Actors[i]
		x := SightActor{Name: p.Name, Class: p.Class.String(), InSight: p.InSight, Found: p.Found}
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

// unseen tells in a sentence what was seen of those whom the ego met, "" where it met
// nobody.
func unseen(r *seen.Report) string {
	var met []string
	for i := range r.Met {
		met = append(met, r.Met[i].Sentence())
	}
	return strings.Join(met, "; ")
}
