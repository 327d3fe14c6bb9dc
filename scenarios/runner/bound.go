package runner

import (
	"fmt"
	"strings"

	"roadloop/scenarios"
	"roadloop/scenarios/metrics"
)

// bound is an expectation that limits an extreme of a measure.
type bound struct {
	field   string // name of the field of expect
	quant   func(*scenarios.ExpectSection) scenarios.Amount
	extreme string // see metrics.Safety.Extremes
	upper   bool   // limit is a maximum, else a minimum
	// The failure reason consists of did, with %s for the value, and of against with the
	// limit. Both numbers have the given unit: the SI value times factor.
	did, against string
	unit         string
	factor       float64
	digits       int
}

// bounds are the expectations that limit one number.
var bounds = [...]bound{
	{field: "min_ttc", quant: func(f *scenarios.ExpectSection) scenarios.Amount { return f.MinTTC },
		extreme: "min_ttc", did: "time to collision fell to %s", against: "below", unit: "s", factor: 1, digits: 2},
	{field: "min_thw", quant: func(f *scenarios.ExpectSection) scenarios.Amount { return f.MinTHW },
		extreme: "min_thw", did: "time headway fell to %s", against: "below", unit: "s", factor: 1, digits: 2},
	{field: "min_pet", quant: func(f *scenarios.ExpectSection) scenarios.Amount { return f.MinPET },
		extreme: "min_pet", did: "post-encroachment time was %s", against: "below", unit: "s", factor: 1, digits: 2},
	{field: "min_gap", quant: func(f *scenarios.ExpectSection) scenarios.Amount { return f.MinGap },
		extreme: "min_gap", did: "came within %s of the one ahead", against: "closer than", unit: "m", factor: 1, digits: 2},
	{field: "min_rss_margin", quant: func(f *scenarios.ExpectSection) scenarios.Amount { return f.MinRSSMargin },
		extreme: "min_rss_margin", did: "margin over the safe distance of RSS fell to %s", against: "below", unit: "m", factor: 1, digits: 2},
	{field: "min_r157_margin", quant: func(f *scenarios.ExpectSection) scenarios.Amount { return f.MinR157Margin },
		extreme: "min_r157_margin", did: "margin over the following distance of UN R157 fell to %s", against: "below", unit: "m", factor: 1, digits: 2},
	{field: "min_edge_distance", quant: func(f *scenarios.ExpectSection) scenarios.Amount { return f.MinEdgeDistance },
		extreme: "min_edge_distance", did: "distance to the edge of the lane fell to %s", against: "below", unit: "m", factor: 1, digits: 2},
	{field: "max_lateral_error", quant: func(f *scenarios.ExpectSection) scenarios.Amount { return f.MaxLateralError }, upper: true,
		extreme: "max_lateral_error", did: "was %s off the middle of the lane", against: "more than", unit: "m", factor: 1, digits: 2},
	{field: "max_drac", quant: func(f *scenarios.ExpectSection) scenarios.Amount { return f.MaxDRAC }, upper: true,
		extreme: "max_drac", did: "needed a deceleration of %s", against: "more than", unit: "m/s²", factor: 1, digits: 1},
	{field: "max_decel", quant: func(f *scenarios.ExpectSection) scenarios.Amount { return f.MaxDecel }, upper: true,
		extreme: "max_decel", did: "braked with %s", against: "more than", unit: "m/s²", factor: 1, digits: 1},
	{field: "max_lateral_accel", quant: func(f *scenarios.ExpectSection) scenarios.Amount { return f.MaxLateralAccel }, upper: true,
		extreme: "max_lateral_accel", did: "turned with a lateral acceleration of %s", against: "more than", unit: "m/s²", factor: 1, digits: 1},
	{field: "max_jerk", quant: func(f *scenarios.ExpectSection) scenarios.Amount { return f.MaxJerk }, upper: true,
		extreme: "max_jerk", did: "jerked with %s", against: "more than", unit: "m/s³", factor: 1, digits: 1},
	{field: "max_speed", quant: func(f *scenarios.ExpectSection) scenarios.Amount { return f.MaxSpeed }, upper: true,
		extreme: "max_speed", did: "drove %s", against: "more than", unit: "km/h", factor: 3.6, digits: 0},
	{field: "max_overspeed", quant: func(f *scenarios.ExpectSection) scenarios.Amount { return f.MaxOverspeed }, upper: true,
		extreme: "max_overspeed", did: "drove %s over the speed limit", against: "more than", unit: "km/h", factor: 3.6, digits: 0},
	{field: "progress", quant: func(f *scenarios.ExpectSection) scenarios.Amount { return f.Progress },
		extreme: "progress", did: "came %s far", against: "less than", unit: "m", factor: 1, digits: 0},
	{field: "mean_speed", quant: func(f *scenarios.ExpectSection) scenarios.Amount { return f.MeanSpeed },
		extreme: "mean_speed", did: "drove %s on average", against: "less than", unit: "km/h", factor: 3.6, digits: 0},
}

// check returns the check of a limit.
func (b *bound) check(limit float64) check {
	return func(e *evidence) *Failure {
		v, defined := e.set.Extremes[b.extreme]
		if !defined || !b.violated(v, limit) {
			return nil
		}
		at, when := e.end(), ""
		if t, ok := e.set.At[b.extreme]; ok {
			when = fmt.Sprintf(" at %.2f s", t)
			at = e.set.First(b.extreme, func(v float64) bool { return b.violated(v, limit) })
		}
		got, want := b.format(v, limit)
		return fail(fieldCode(b.field), at, "%s%s, %s %s", fmt.Sprintf(b.did, got), when, b.against, want)
	}
}

// text describes the limit in a few words.
func (b *bound) text(limit float64) string {
	name := strings.ReplaceAll(strings.TrimPrefix(strings.TrimPrefix(b.field, "min_"), "max_"), "_", " ")
	sign := "≥"
	if b.upper {
		sign = "≤"
	}
	return fmt.Sprintf("%s %s %.*f %s", name, sign, b.digits, limit*b.factor, b.unit)
}

// violated reports whether a value violates a limit.
func (b *bound) violated(v, limit float64) bool { return b.upper && v > limit || !b.upper && v < limit }

// format formats a value and the limit that it violates, with enough digits to
// distinguish them.
func (b *bound) format(v, limit float64) (got, want string) {
	for d := b.digits; ; d++ {
		got, want = fmt.Sprintf("%.*f %s", d, v*b.factor, b.unit), fmt.Sprintf("%.*f %s", d, limit*b.factor, b.unit)
		if got != want || d > b.digits+3 {
			return got, want
		}
	}
}

// end returns the time of the last step, s, or 0 without steps.
func (e *evidence) end() float64 {
	if n := len(e.set.Times); n > 0 {
		return e.set.Times[n-1]
	}
	return 0
}

// evidence is the input of a check.
type evidence struct {
	plan *Spec
	log  *metrics.DriveLog
	set  *metrics.Safety
}
