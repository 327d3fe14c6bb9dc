package measure

// Color is a band of how well a collision was avoided or mitigated, inspired by the
// prediction colors of Euro NCAP's crash avoidance tests (2026). Lower is better.
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

// ParseColor returns the color of that name.
func ParseColor(name string) (Color, bool) {
	for i, n := range colorNames {
		if n == name {
			return Color(i), true
		}
	}
	return Red, false
}

// ColorOf returns the color of a run that began at speed test and in which the ego
// met someone at the relative speed impact along its heading, m/s; 0 is no collision.
// Faster tests leave more room: up to 20 km/h only avoidance counts, from 30 km/h
// up to 10 km/h is brown, from 40 up to 10 is orange and 20 brown, from 50 up to
// 10 is yellow, 20 orange and 30 brown.
func ColorOf(test, impact float64) Color {
	const slack = 0.5 // km/h, that a test may begin slower than its nominal speed
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
