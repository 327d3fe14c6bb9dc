package report

import (
	"encoding/json"
	"math"

	"roadloop/scenarios"
)

// curve is a measure over time: one value a step, NaN where it is not defined.
type curve struct {
	name, unit string
	truth      []float64
	believed   []float64 // NaN where the driver tells nothing of it
	limit      float64   // that the verdict asks for; NaN for none
}

// curveJSON is a curve on the page, its values as columns of hundredths.
type curveJSON struct {
	Name     string          `json:"name"`
	Unit     string          `json:"unit"`
	Truth    json.RawMessage `json:"truth,omitempty"`
	Believed json.RawMessage `json:"believed,omitempty"`
	Limit    *float64        `json:"limit,omitempty"`
}

func (c *curve) json() curveJSON {
	j := curveJSON{Name: c.name, Unit: c.unit, Truth: values(c.truth), Believed: values(c.believed)}
	if !math.IsNaN(c.limit) {
		j.Limit = &c.limit
	}
	return j
}

// values returns a column of hundredths, nil where there is nothing to show.
func values(v []float64) json.RawMessage {
	for _, x := range v {
		if !math.IsNaN(x) && !math.IsInf(x, 0) {
			return column(len(v), centi, func(i int) float64 { return v[i] })
		}
	}
	return nil
}

// dashboard is what is drawn of the measures: their names in words, units for
// people with how many of them make one SI unit, and the extreme that a verdict may
// limit.
var dashboard = [...]struct {
	measure, name, unit string
	factor              float64
	extreme             string
}{
	{"speed", "speed", "km/h", 3.6, "max_speed"},
	{"accel", "acceleration", "m/s²", 1, ""},
	{"jerk", "jerk", "m/s³", 1, "max_jerk"},
	{"steer", "steering", "°", 180 / math.Pi, ""},
	{"lateral_error", "lateral error", "m", 1, "max_lateral_error"},
	{"gap", "gap", "m", 1, "min_gap"},
	{"ttc", "time to collision", "s", 1, "min_ttc"},
	{"thw", "time headway", "s", 1, "min_thw"},
	{"drac", "deceleration needed", "m/s²", 1, "max_drac"},
	{"rss_margin", "margin over the RSS distance", "m", 1, "min_rss_margin"},
	{"side_gap", "distance alongside", "m", 1, ""},
}

// curves are the measures of a case over time, in the units of a dashboard.
func curves(out *scenarios.Outcome) []curve {
	var list []curve
	for _, d := range dashboard {
		m := out.Measures.Find(d.measure)
		limit, asked := out.Plan.Expect.Limits[d.extreme]
		if !asked {
			limit = math.NaN()
		}
		list = append(list, curve{d.name, d.unit, scaled(m.Truth, d.factor), scaled(m.Believed, d.factor), d.factor * limit})
	}
	return list
}

// scaled returns values times a factor.
func scaled(values []float64, factor float64) []float64 {
	out := make([]float64, len(values))
	for i, v := range values {
		out[i] = factor * v
	}
	return out
}
