// Package measure computes from the record of a run how close it came to harm and
// how it was driven: surrogate safety measures over time, comfort, collisions with
// who was at fault, and how the ego met every other road user.
//
// Every measure over time is taken twice: on the true world, and on what the
// driver believed of itself and of its tracks. The difference of the two, believed
// minus true, tells what the driver did not know. Values are in SI units; NaN
// stands for a measure that is not defined at that time, such as the gap to a lead
// where there is none. The package judges nothing but fault: what a run must keep to
// is for a verdict to say.
package measure

import (
	"encoding/json"
	"math"

	"roadloop/sim/actor"
)

// Set is all that was measured in a run.
type Set struct {
	Times  []float64 `json:"times"` // of the steps of the record, s
	Series []Series  `json:"series"`
	// Leads are who was ahead in the ego's way at each step; the ego itself stands
	// for nobody.
	Leads      []actor.ID  `json:"leads"`
	Collisions []Collision `json:"collisions"`
	// Color is the worst of the collisions' for the speed at which the ego began.
	Color Color `json:"color"`
	// Encounters are with every other actor, in order of actor.ID.
	Encounters []Encounter `json:"encounters"`
	// Extremes are the least, largest or total values of the run by name, see Unit.
	// What was never defined has no entry.
	Extremes map[string]float64 `json:"extremes"`
	// At tells when an extreme was reached, where it has a time, s.
	At map[string]float64 `json:"at"`
}

// Series is a measure over time, with one value a step in Truth and in Believed.
type Series struct {
	Name, Unit      string
	Truth, Believed []float64
}

// Find returns the series of that name, nil where there is none.
func (s *Set) Find(name string) *Series {
	for i := range s.Series {
		if s.Series[i].Name == name {
			return &s.Series[i]
		}
	}
	return nil
}

// Gap returns believed minus true at a step; NaN unless both are defined.
func (s *Series) Gap(step int) float64 { return s.Believed[step] - s.Truth[step] }

// MarshalJSON writes null for values that are not defined.
func (s Series) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Name     string     `json:"name"`
		Unit     string     `json:"unit"`
		Truth    []*float64 `json:"truth"`
		Believed []*float64 `json:"believed"`
	}{s.Name, s.Unit, nullable(s.Truth), nullable(s.Believed)})
}

func nullable(xs []float64) []*float64 {
	out := make([]*float64, len(xs))
	for i := range xs {
		if !math.IsNaN(xs[i]) && !math.IsInf(xs[i], 0) {
			out[i] = &xs[i]
		}
	}
	return out
}
