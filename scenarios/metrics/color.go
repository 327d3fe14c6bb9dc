package metrics

// Color rates the avoidance or mitigation of a collision, inspired by the prediction
// colors of Euro NCAP's crash avoidance tests (2026). Lower is better.
type Color uint8

// Colors.
const (
	Green Color = iota
	Yellow
	Orange
	Brown
	Red
)

var colorNames = [...]string{"green", "yellow", "orange", "brown", "red"}

// String returns the name of the color.
func (c Color) String() string { return colorNames[min(c, Red)] }

// MarshalText writes the name of the color.
func (c Color) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// ParseColor returns the color with the name.
func ParseColor(name string) (Color, bool) {
	for i, n := range colorNames {
		if n == name {
			return Color(i), true
		}
	}
	return Red, false
}

// ColorOf returns the color of a run that began at speed test and had a collision at
// the relative speed impact along the ego's heading, both m/s; 0 means no collision. A
// run without a collision is green. From a test speed of 30 km/h on, an impact up to
// 10 km/h is brown. From 40 km/h on, up to 10 km/h is orange and up to 20 km/h brown.
// From 50 km/h on, up to 10 km/h is yellow, up to 20 km/h orange and up to 30 km/h
// brown. All others are red.
func ColorOf(test, impact float64) Color {
	const slack = 0.5 // km/h, by which a test may begin slower than its nominal speed
	const rounding = 1e-6
	test, impact = 3.6*test+slack, 3.6*impact-rounding
	if impact <= 0 {
		return Green
	}
	best := Red
	switch {
	case test >= 50:
		best = Yellow
	case test >= 40:
		best = Orange
	case test >= 30:
		best = Brown
	}
	for limit := 10.0; best < Red && impact > limit; limit += 10 {
		best++
	}
	return best
}
