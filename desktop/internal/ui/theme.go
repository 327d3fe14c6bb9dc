package ui

import (
	"image/color"

	"roadloop/internal/palette"
)

// Color is a color without premultiplied alpha.
type Color = color.NRGBA

// RGB returns an opaque color.
func RGB(r, g, b uint8) Color { return Color{R: r, G: g, B: b, A: 255} }

// Alpha returns c with its opacity multiplied by a, 0 to 1.
func Alpha(c Color, a float64) Color {
	c.A = uint8(float64(c.A)*a + .5)
	return c
}

// Mix returns a color between a (t = 0) and b (t = 1).
func Mix(a, b Color, t float64) Color {
	f := func(x, y uint8) uint8 { return uint8(float64(x) + (float64(y)-float64(x))*t + .5) }
	return Color{R: f(a.R, b.R), G: f(a.G, b.G), B: f(a.B, b.B), A: f(a.A, b.A)}
}

// Font is a typeface.
type Font uint8

// Typefaces. All digits have the same width, so that changing numbers do not move.
const (
	Sans Font = iota
	Bold
	Mono
	numFonts = iota
)

// Style is the style of text.
type Style struct {
	Font  Font
	Size  float64 // points
	Color Color
}

// In returns the style in another color.
func (s Style) In(c Color) Style {
	s.Color = c
	return s
}

// Theme holds the colors of the window and the styles of text. A color is never the
// only sign of its meaning: a shape, a letter or a position repeats it.
type Theme struct {
	Background Color // between panels
	Surface    Color // of a panel
	Raised     Color // of a button, a title
	Hover      Color // under the pointer
	Edge       Color // borders
	Ink        Color // text
	Faint      Color // less important text
	Accent     Color // selection and focus ring

	Truth   Color // ground truth
	Belief  Color // what the driver believes
	Ego     Color
	Plan    Color // planned trajectory
	Other   Color // the other branch
	Vehicle Color // any other vehicle
	Walker  Color // pedestrians
	Cyclist Color
	Good    Color
	Warning Color
	Bad     Color

	Series [6]Color // curves of a plot, by index

	Body, Small, Title, Number, Heading Style
}

// dark returns the variant of a tone for dark backgrounds.
func dark(t palette.Tone) Color { return Color(t.Dark) }

// Dark returns the theme of the window. Its colors have the same meaning as in pages
// and videos; see package palette.
func Dark() *Theme {
	ink, faint := RGB(229, 232, 236), RGB(150, 158, 168)
	skyBlue, purple := dark(palette.Belief), dark(palette.Cyclist)
	green, yellow := dark(palette.Plan), dark(palette.Caution)
	return &Theme{
		Background: RGB(14, 16, 19), Surface: RGB(23, 26, 31), Raised: RGB(36, 41, 48),
		Hover: RGB(50, 57, 66), Edge: RGB(52, 58, 67), Ink: ink, Faint: faint, Accent: skyBlue,
		Truth: dark(palette.Truth), Belief: skyBlue, Ego: dark(palette.Ego), Plan: green, Other: purple,
		Vehicle: dark(palette.Vehicle), Walker: dark(palette.Pedestrian), Cyclist: purple,
		Good: Mix(green, RGB(255, 255, 255), .18), Warning: yellow, Bad: Mix(dark(palette.Ego), RGB(255, 255, 255), .12),
		Series:  [6]Color{skyBlue, dark(palette.Pedestrian), green, purple, yellow, dark(palette.Truck)},
		Body:    Style{Sans, 13, ink},
		Small:   Style{Sans, 11, faint},
		Title:   Style{Bold, 12, ink},
		Number:  Style{Mono, 12, ink},
		Heading: Style{Bold, 20, ink},
	}
}
