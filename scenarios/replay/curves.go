package replay

import (
	"encoding/json"
	"math"

	"roadloop/scenarios/metrics"
	"roadloop/sim/actor"
)

// curve is a metric over time on the page: columns of hundredths of its unit.
type curve struct {
	Name     string          `json:"name"`
	Unit     string          `json:"unit"`
	Truth    json.RawMessage `json:"truth,omitempty"`
	Believed json.RawMessage `json:"believed,omitempty"`
	// Cap is the largest magnitude in a plot; 0 for no limit.
	Cap float64 `json:"cap,omitempty"`
}

// curveSpecs are the metrics over time in the order of the page, with their common names.
// scale converts to the displayed unit.
var curveSpecs = [...]struct {
	measure, name, unit string
	scale, cap          float64
}{
	{"speed", "speed", "km/h", 3.6, 0},
	{"accel", "acceleration", "m/s²", 1, 0},
	{"gap", "gap to the lead", "m", 1, 150},
	{"ttc", "time to collision", "s", 1, 10},
	{"thw", "time headway", "s", 1, 10},
	{"rss_margin", "RSS margin ahead", "m", 1, 100},
	{"lateral_error", "lateral error", "m", 1, 0},
	{"steer", "steering", "°", 180 / math.Pi, 0},
	{"edge_distance", "distance to the edge", "m", 1, 20},
	{"side_gap", "gap at the side", "m", 1, 20},
	{"rss_side_margin", "RSS margin at the side", "m", 1, 20},
	{"drac", "deceleration to avoid a crash (DRAC)", "m/s²", 1, 12},
	{"btn", "brake threat number", "", 1, 3},
	{"mttc", "time to collision, accelerating", "s", 1, 10},
	{"r157_margin", "UN R157 margin ahead", "m", 1, 100},
	{"lateral_accel", "lateral acceleration", "m/s²", 1, 0},
	{"jerk", "jerk", "m/s³", 1, 30},
	{"yaw_rate", "yaw rate", "°/s", 180 / math.Pi, 0},
	{"overspeed", "above the speed limit", "km/h", 3.6, 0},
}

// curves returns the metrics of a run over time, without undefined ones.
func curves(l *metrics.DriveLog, set *metrics.Safety) []curve {
	var list []curve
	for _, s := range curveSpecs {
		m := set.Find(s.measure)
		if m == nil {
			continue
		}
		c := curve{Name: s.name, Unit: s.unit, Cap: s.cap, Truth: values(m.Truth, s.scale), Believed: values(m.Believed, s.scale)}
		if c.Truth != nil || c.Believed != nil {
			list = append(list, c)
		}
	}
	if distances := values(localization(l), 1); distances != nil {
		list = append(list, curve{Name: "localization error", Unit: "m", Believed: distances})
	}
	return list
}

// values returns a column of hundredths, nil if no value is defined.
func values(v []float64, scale float64) json.RawMessage {
	for _, x := range v {
		if !math.IsNaN(x) && !math.IsInf(x, 0) {
			return column(len(v), centi, func(i int) float64 { return v[i] * scale })
		}
	}
	return nil
}

// localization returns the distance between the true and the estimated ego position, m.
func localization(l *metrics.DriveLog) []float64 {
	v := make([]float64, len(l.Steps))
	for i := range l.Steps {
		s := &l.Steps[i]
		if v[i] = math.NaN(); s.Belief.Known {
			v[i] = s.Belief.Ego.Pose.Pos().Dist(s.States[actor.Ego].Pose.Pos())
		}
	}
	return v
}
