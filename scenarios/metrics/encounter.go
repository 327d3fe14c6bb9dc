package metrics

import (
	"math"

	"roadloop/sim/actor"
)

// Optional is a value that JSON omits if it is NaN.
type Optional float64

// IsZero reports whether there is no value.
func (m Optional) IsZero() bool { return math.IsNaN(float64(m)) }

// Encounter holds the metrics of the ego and one other actor over a run.
type Encounter struct {
	Actor actor.ID `json:"actor"`
	Name  string   `json:"name"`
	// Distance is the smallest distance between the two boxes, m, and DistanceAt its
	// time, s.
	Distance   Optional `json:"distance,omitzero"`
	DistanceAt Optional `json:"distance_at,omitzero"`
	// Clearance is the smallest distance while the two were alongside on the ego's
	// path, m; NaN if they never were. ClearanceAt is its time, s.
	Clearance   Optional `json:"clearance,omitzero"`
	ClearanceAt Optional `json:"clearance_at,omitzero"`
	// PET is the post-encroachment time, s: the time from one actor leaving an area to
	// the other entering it, 0 if they collided. NaN if their paths share no area or have
	// the same direction there. PETAt is the time of the second actor's entry, s.
	PET   Optional `json:"pet,omitzero"`
	PETAt Optional `json:"pet_at,omitzero"`
	// EgoFirst reports whether the ego was there first.
	EgoFirst bool `json:"ego_first"`
	// PassedAt is when the ego had passed an actor that was ahead before, s.
	PassedAt Optional `json:"passed_at,omitzero"`
}

// newEncounter returns an encounter without values.
func newEncounter(id actor.ID, name string) Encounter {
	nan := Optional(math.NaN())
	return Encounter{Actor: id, Name: name, Distance: nan, DistanceAt: nan, Clearance: nan, ClearanceAt: nan,
		PET: nan, PETAt: nan, PassedAt: nan}
}
