package report

import (
	"encoding/json"
	"math"

	"roadloop/scenarios"
	"roadloop/scenarios/record"
)

// curve is a measure over time: one value a step, NaN where it is not defined.
type curve struct {
	name, unit string
	truth      []float64
	believed   []float64 // nil where the driver tells nothing of it
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

// curves are the measures of a case over time, in the units of a dashboard.
func curves(out *scenarios.Outcome) []curve {
	l, e := out.Log, &out.Plan.Expect
	truth := func(f func(*record.Step) float64) []float64 { return each(l, f) }
	belief := func(f func(*record.Belief) float64) []float64 {
		return each(l, func(s *record.Step) float64 {
			if !s.Belief.Known {
				return math.NaN()
			}
			return f(&s.Belief)
		})
	}
	list := []curve{
		{"speed", "km/h", truth(func(s *record.Step) float64 { return 3.6 * s.States[0].Speed }),
			belief(func(b *record.Belief) float64 { return 3.6 * b.Ego.Speed }), 3.6 * e.MaxSpeed},
		{"acceleration", "m/s²", truth(func(s *record.Step) float64 { return s.States[0].Accel }),
			belief(func(b *record.Belief) float64 { return b.Ego.Accel }), math.NaN()},
		{"steering", "°", truth(func(s *record.Step) float64 { return degrees(s.States[0].Steer) }),
			belief(func(b *record.Belief) float64 { return degrees(b.Ego.Steer) }), math.NaN()},
		{"lateral error", "m", truth(func(s *record.Step) float64 { return s.D }),
			belief(func(b *record.Belief) float64 {
				if !b.LaneSeen {
					return math.NaN()
				}
				return b.LaneOffset
			}), e.MaxLateralError},
		{"gap", "m", sampled(out, func(s *scenarios.Sample) float64 { return s.Gap }), nil, e.MinGap},
		{"time to collision", "s", sampled(out, func(s *scenarios.Sample) float64 { return s.TTC }), nil, e.MinTTC},
	}
	for i := range list {
		if c := &list[i]; c.limit == 0 || math.IsInf(c.limit, 0) {
			c.limit = math.NaN() // not asked for
		}
	}
	return list
}

func degrees(rad float64) float64 { return rad * 180 / math.Pi }

// each takes a value from every step.
func each(l *record.Log, f func(*record.Step) float64) []float64 {
	v := make([]float64, len(l.Steps))
	for i := range l.Steps {
		v[i] = f(&l.Steps[i])
	}
	return v
}

// sampled takes a value from every sample; negative ones stand for none.
func sampled(out *scenarios.Outcome, f func(*scenarios.Sample) float64) []float64 {
	v := make([]float64, len(out.Samples))
	for i := range out.Samples {
		if v[i] = f(&out.Samples[i]); v[i] < 0 {
			v[i] = math.NaN()
		}
	}
	return v
}
