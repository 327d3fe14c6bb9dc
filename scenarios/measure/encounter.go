package measure

import (
	"math"

	"roadloop/sim/actor"
)

// Maybe is a value that JSON leaves out where it is NaN.
type Maybe float64

// IsZero tells that there is no value.
func (m Maybe) IsZero() bool { return math.IsNaN(float64(m)) }

// Encounter is how the ego met another actor in the course of a run.
type Encounter struct {
	Actor actor.ID `json:"actor"`
	Name  string   `json:"name"`
	// Distance is the least between the two boxes, m, and DistanceAt when that was, s.
	Distance   Maybe `json:"distance,omitzero"`
	DistanceAt Maybe `json:"distance_at,omitzero"`
	// Clearance is the least distance while the two were alongside on the ego's
	// path, m; NaN where they never were. ClearanceAt is when that was, s.
	Clearance   Maybe `json:"clearance,omitzero"`
	ClearanceAt Maybe `json:"clearance_at,omitzero"`
	// PET is the post-encroachment time, s: how long after one had left a place the
	// other came there, 0 if they met. NaN where their ways have no place in common
	// or run the same way there. PETAt is when the second came, s.
	PET   Maybe `json:"pet,omitzero"`
	PETAt Maybe `json:"pet_at,omitzero"`
	// EgoFirst tells that the ego was the first there.
	EgoFirst bool `json:"ego_first"`
	// PassedAt is when the ego had left behind an actor that was ahead before, s.
	PassedAt Maybe `json:"passed_at,omitzero"`
}

// newEncounter returns one in which nothing has happened yet.
func newEncounter(id actor.ID, name string) Encounter {
	nan := Maybe(math.NaN())
	return Encounter{Actor: id, Name: name, Distance: nan, DistanceAt: nan, Clearance: nan, ClearanceAt: nan,
		PET: nan, PETAt: nan, PassedAt: nan}
}
