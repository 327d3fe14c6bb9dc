package metrics

import (
	"math"
	"strings"
)

// The metrics over time, as indices of a row.
const (
	speed = iota
	accel
	jerk
	lateralAccel
	yawRate
	steer
	speedLimit
	overspeed
	lateralError
	edgeDistance
	gap
	thw
	ttc
	mttc
	drac
	btn
	rssDistance
	rssMargin
	r157Margin
	sideGap
	rssSideDistance
	rssSideMargin
	measures int = iota
)

// catalog holds the names and units of the metrics over time.
var catalog = [measures]struct{ name, unit string }{
	speed:           {"speed", "m/s"},
	accel:           {"accel", "m/s²"},
	jerk:            {"jerk", "m/s³"},
	lateralAccel:    {"lateral_accel", "m/s²"},
	yawRate:         {"yaw_rate", "rad/s"},
	steer:           {"steer", "rad"},
	speedLimit:      {"speed_limit", "m/s"},
	overspeed:       {"overspeed", "m/s"},
	lateralError:    {"lateral_error", "m"},
	edgeDistance:    {"edge_distance", "m"},
	gap:             {"gap", "m"},
	thw:             {"thw", "s"},
	ttc:             {"ttc", "s"},
	mttc:            {"mttc", "s"},
	drac:            {"drac", "m/s²"},
	btn:             {"btn", "1"},
	rssDistance:     {"rss_distance", "m"},
	rssMargin:       {"rss_margin", "m"},
	r157Margin:      {"r157_margin", "m"},
	sideGap:         {"side_gap", "m"},
	rssSideDistance: {"rss_side_distance", "m"},
	rssSideMargin:   {"rss_side_margin", "m"},
}

// row holds the values of all metrics at one time.
type row [measures]float64

// undefined returns a row of undefined values.
func undefined() row {
	var r row
	for i := range r {
		r[i] = math.NaN()
	}
	return r
}

// reduction reduces a metric over time to one value.
type reduction uint8

const (
	minimum reduction = iota
	maximum
	maxAbs      // largest magnitude, without sign
	maxNegative // magnitude of the most negative value; 0 if none is negative
)

// of returns the value to report for v, and a rank: the extreme has the highest rank.
func (r reduction) of(v float64) (value, rank float64) {
	switch r {
	case minimum:
		return v, -v
	case maxAbs:
		v = math.Abs(v)
	case maxNegative:
		v = math.Max(0, -v)
	}
	return v, v
}

// reductions are the extremes of metrics over time.
var reductions = [...]struct {
	name string
	of   int
	by   reduction
}{
	{"min_ttc", ttc, minimum},
	{"min_mttc", mttc, minimum},
	{"min_thw", thw, minimum},
	{"min_gap", gap, minimum},
	{"min_side_gap", sideGap, minimum},
	{"min_rss_margin", rssMargin, minimum},
	{"min_rss_side_margin", rssSideMargin, minimum},
	{"min_r157_margin", r157Margin, minimum},
	{"min_edge_distance", edgeDistance, minimum},
	{"max_drac", drac, maximum},
	{"max_btn", btn, maximum},
	{"max_speed", speed, maximum},
	{"max_overspeed", overspeed, maximum},
	{"max_accel", accel, maximum},
	{"max_decel", accel, maxNegative},
	{"max_jerk", jerk, maxAbs},
	{"max_lateral_accel", lateralAccel, maxAbs},
	{"max_yaw_rate", yawRate, maxAbs},
	{"max_lateral_error", lateralError, maxAbs},
}

// units of the other extremes.
var units = map[string]string{
	"min_pet": "s", "tet": "s", "tit": "1", "lead_unseen": "s", "lead_imagined": "s",
	"collisions": "1", "at_fault_collisions": "1", "impact_speed": "m/s", "delta_v": "m/s",
	"progress": "m", "mean_speed": "m/s", "duration": "s",
}

// Unit returns the unit of an extreme, "" for an unknown name.
//
// Names with the prefix min_ or max_ refer to the true world; with the additional prefix
// believed_, to the driver's belief. A name with the prefix belief_gap_ is the
// difference, believed minus true, of the largest magnitude.
func Unit(name string) string {
	if of, ok := strings.CutPrefix(name, beliefGap); ok {
		for i := range catalog {
			if catalog[i].name == of {
				return catalog[i].unit
			}
		}
		return ""
	}
	name = strings.TrimPrefix(name, believed)
	for i := range reductions {
		if reductions[i].name == name {
			return catalog[reductions[i].of].unit
		}
	}
	return units[name]
}

// Prefixes of the names of extremes.
const (
	believed  = "believed_"
	beliefGap = "belief_gap_"
)
