package measure

import (
	"math"
	"strings"
)

// What is measured over time; the index of a value in a row.
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

// catalog names what is measured over time, see the terms for their definitions.
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

// row is all that is measured at one time.
type row [measures]float64

// undefined returns a row in which nothing is defined.
func undefined() row {
	var r row
	for i := range r {
		r[i] = math.NaN()
	}
	return r
}

// reduction is how one value is made of a measure over time.
type reduction uint8

const (
	least reduction = iota
	most
	largest // in magnitude, without its sign
	lowest  // the most negative, without its sign; 0 where none is negative
)

// of returns the reduced size of a value: the extreme is reached where rank is
// highest.
func (r reduction) of(v float64) (value, rank float64) {
	switch r {
	case least:
		return v, -v
	case largest:
		v = math.Abs(v)
	case lowest:
		v = math.Max(0, -v)
	}
	return v, v
}

// reductions are the extremes that are taken of the measures over time.
var reductions = [...]struct {
	name string
	of   int
	by   reduction
}{
	{"min_ttc", ttc, least},
	{"min_mttc", mttc, least},
	{"min_thw", thw, least},
	{"min_gap", gap, least},
	{"min_side_gap", sideGap, least},
	{"min_rss_margin", rssMargin, least},
	{"min_rss_side_margin", rssSideMargin, least},
	{"min_r157_margin", r157Margin, least},
	{"min_edge_distance", edgeDistance, least},
	{"max_drac", drac, most},
	{"max_btn", btn, most},
	{"max_speed", speed, most},
	{"max_overspeed", overspeed, most},
	{"max_accel", accel, most},
	{"max_decel", accel, lowest},
	{"max_jerk", jerk, largest},
	{"max_lateral_accel", lateralAccel, largest},
	{"max_yaw_rate", yawRate, largest},
	{"max_lateral_error", lateralError, largest},
}

// units of the extremes that are not taken of a measure over time.
var units = map[string]string{
	"min_pet": "s", "tet": "s", "tit": "1", "lead_unseen": "s", "lead_imagined": "s",
	"collisions": "1", "at_fault_collisions": "1", "impact_speed": "m/s", "delta_v": "m/s",
	"progress": "m", "mean_speed": "m/s", "duration": "s",
}

// Unit returns the unit of an extreme by its name, "" for a name that is none.
//
// Names beginning with min_ and max_ are those of the true world; with believed_
// before them, those of what the driver believed. A name beginning with
// belief_gap_ is that difference, believed minus true, which was largest in
// magnitude.
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
