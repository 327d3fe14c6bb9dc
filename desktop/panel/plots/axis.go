package plots

import (
	"math"

	"roadloop/scenarios/measure"
)

// curve is a measure over time as people read it: measured values times scale.
type curve struct {
	measure, name, unit string
	scale, cap          float64 // cap is the largest magnitude worth seeing, 0 for none
	decimals            int
}

// curves are what is plotted, the most telling first: what there is no room for is
// left out from the end.
var curves = [...]curve{
	{"speed", "speed", "km/h", 3.6, 0, 0},
	{"ttc", "time to collision", "s", 1, 10, 1},
	{"gap", "gap to the lead", "m", 1, 150, 1},
	{"accel", "acceleration", "m/s²", 1, 0, 1},
	{"steer", "steering", "°", 180 / math.Pi, 0, 1},
	{"rss_margin", "RSS margin ahead", "m", 1, 100, 1},
	{"lateral_error", "lateral error", "m", 1, 0, 2},
	{"jerk", "jerk", "m/s³", 1, 30, 1},
}

// span is a range of values with round ticks.
type span struct{ low, high, step float64 }

// spanOf returns what a plot shows of its measure: all values, or up to the cap where
// far values say nothing. ok is false where nothing is defined.
func (k *curve) spanOf(s *measure.Series) (r span, ok bool) {
	low, high := math.Inf(1), math.Inf(-1)
	for _, list := range [...][]float64{s.Truth, s.Believed} {
		for _, v := range list {
			if v *= k.scale; !math.IsNaN(v) && !math.IsInf(v, 0) {
				low, high = math.Min(low, v), math.Max(high, v)
			}
		}
	}
	if low > high {
		return span{}, false
	}
	if k.cap > 0 {
		low, high = math.Max(math.Min(low, k.cap), -k.cap), math.Min(high, k.cap)
	}
	if low > 0 && low < .6*high {
		low = 0
	}
	if high-low < .2 {
		low, high = low-.1, high+.1
	}
	step := niceStep((high - low) / 3)
	return span{math.Floor(low/step+1e-9) * step, math.Ceil(high/step-1e-9) * step, step}, true
}

// niceStep is the round number of 1, 2 or 5 times a power of ten next above x.
func niceStep(x float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(x)))
	for _, m := range [...]float64{1, 2, 5} {
		if m*power >= x-1e-12 {
			return m * power
		}
	}
	return 10 * power
}

// decimals returns how many decimals a tick needs.
func (r *span) decimals() int { return max(0, min(3, int(math.Ceil(-math.Log10(r.step)-1e-9)))) }

// window is the part of the time that is shown, s.
type window struct{ from, to float64 }

// x returns where a time is on an axis of the given place and width.
func (w *window) x(t, left, width float64) float64 {
	return left + (t-w.from)/(w.to-w.from)*width
}

// time is the inverse of x.
func (w *window) time(x, left, width float64) float64 {
	return w.from + (x-left)/width*(w.to-w.from)
}

// shortest is the shortest time that fills a plot, s.
const shortest = 1.0

// zoom makes the window shorter by a factor and keeps a time where it is, between 0
// and the end.
func (w *window) zoom(at, factor, end float64) {
	length := math.Max(shortest, math.Min(end, (w.to-w.from)/factor))
	k := (at - w.from) / (w.to - w.from)
	w.from = at - k*length
	w.to = w.from + length
	w.within(end)
}

// within moves the window to between 0 and the end.
func (w *window) within(end float64) {
	length := math.Min(w.to-w.from, end)
	w.from = math.Max(0, math.Min(w.from, end-length))
	w.to = w.from + length
}
