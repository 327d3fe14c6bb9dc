package metrics

import (
	"encoding/json"
	"math"

	"roadloop/sim/actor"
)

// Safety holds the metrics of a run.
type Safety struct {
	Times  []float64 `json:"times"` // of the steps of the log, s
	Series []Series  `json:"series"`
	// Leads are the actors ahead on the ego's path at each step; the ego's ID means
	// none.
	Leads      []actor.ID  `json:"leads"`
	Collisions []Collision `json:"collisions"`
	// Color is the worst color of the collisions, for the ego's initial speed.
	Color Color `json:"color"`
	// Encounters has one entry for every other actor, in order of actor.ID.
	Encounters []Encounter `json:"encounters"`
	// Extremes are the minimum, maximum or total values of the run by name, see Unit.
	// Undefined values have no entry.
	Extremes map[string]float64 `json:"extremes"`
	// At is the time of an extreme, if it has one, s.
	At map[string]float64 `json:"at"`
}

// Series is a metric over time, with one value per step in Truth and in Believed.
type Series struct {
	Name, Unit      string
	Truth, Believed []float64
}

// Find returns the series with the name, nil for none.
func (s *Safety) Find(name string) *Series {
	for i := range s.Series {
		if s.Series[i].Name == name {
			return &s.Series[i]
		}
	}
	return nil
}

// Gap returns believed minus true at a step; NaN unless both are defined.
func (s *Series) Gap(step int) float64 { return s.Believed[step] - s.Truth[step] }

// MarshalJSON writes null for undefined values.
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
