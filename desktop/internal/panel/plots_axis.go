package panel

import (
	"math"

	"roadloop/scenarios/metrics"
)

// curve is a metric over time in display units: values times scale.
type curve struct {
	measure, name, unit string
	scale, cap          float64 // cap is the largest magnitude worth seeing, 0 for none
	decimals            int
}

// curves are the plotted metrics, most important first. Without room, the last ones are
// omitted.
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

// valueSpan is a range of values with round ticks.
type valueSpan struct{ low, high, step float64 }

// spanOf returns the shown range of a metric: all values, or up to the cap. ok is false
// if no value is defined.
func (k *curve) spanOf(s *metrics.Series) (r valueSpan, ok bool) {
	low, high := math.Inf(1), math.Inf(-1)
	for _, list := range [...][]float64{s.Truth, s.Believed} {
		for _, v := range list {
			if v *= k.scale; !math.IsNaN(v) && !math.IsInf(v, 0) {
				low, high = math.Min(low, v), math.Max(high, v)
			}
		}
	}
	if low > high {
		return valueSpan{}, false
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
	return valueSpan{math.Floor(low/step+1e-9) * step, math.Ceil(high/step-1e-9) * step, step}, true
}

// niceStep returns the next larger round number: 1, 2 or 5 times a power of ten.
func niceStep(x float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(x)))
	for _, m := range [...]float64{1, 2, 5} {
		if m*power >= x-1e-12 {
			return m * power
		}
	}
	return 10 * power
}

// decimals returns the decimals of the ticks.
func (r *valueSpan) decimals() int { return max(0, min(3, int(math.Ceil(-math.Log10(r.step)-1e-9)))) }

// timeWindow is the shown time range, s.
type timeWindow struct{ from, to float64 }

// x returns the position of a time on an axis with the given left end and width.
func (w *timeWindow) x(t, left, width float64) float64 {
	return left + (t-w.from)/(w.to-w.from)*width
}

// time is the inverse of x.
func (w *timeWindow) time(x, left, width float64) float64 {
	return w.from + (x-left)/width*(w.to-w.from)
}

// minWindow is the shortest window, s.
const minWindow = 1.0

// zoom shortens the window by a factor around a time, between 0 and the end.
func (w *timeWindow) zoom(at, factor, end float64) {
	length := math.Max(minWindow, math.Min(end, (w.to-w.from)/factor))
	k := (at - w.from) / (w.to - w.from)
	w.from = at - k*length
	w.to = w.from + length
	w.within(end)
}

// within moves the window into 0 to the end.
func (w *timeWindow) within(end float64) {
	length := math.Min(w.to-w.from, end)
	w.from = math.Max(0, math.Min(w.from, end-length))
	w.to = w.from + length
}
