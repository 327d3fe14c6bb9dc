package ui

import (
	"image/color"

	"roadloop/internal/palette"
)

// Color is a color that is not multiplied by its opacity.
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

// Typefaces. The digits of all of them have one width each, so that changing
// numbers stand still.
const (
	Sans Font = iota
	Bold
	Mono
	numFonts = iota
)

// Style is how text looks.
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

// Theme is the look of the window: what colors mean, and the styles of text. Colors
// that say something say it together with a shape, a letter or a place.
type Theme struct {
	Background Color // between panels
	Surface    Color // of a panel
	Raised     Color // of a button, a title
	Hover      Color // of what the pointer is over
	Edge       Color // lines around things
	Ink        Color // text
	Faint      Color // text that matters less
	Accent     Color // what is chosen, and the ring around what has the keys

	Truth   Color // what is so
	Belief  Color // what the driver believes
	Ego     Color
	Plan    Color // where it means to go
	Other   Color // a second future
	Vehicle Color // any other vehicle
	Walker  Color // pedestrians
	Cyclist Color
	Good    Color
	Warning Color
	Bad     Color

	Series [6]Color // curves of a plot, by their number

	Body, Small, Title, Number, Heading Style
}

// dark returns a color of the palette on a dark ground.
func dark(t palette.Tone) Color { return Color(t.Dark) }

// Dark returns the theme of the window. What a color means is the same as in pages and
// videos: see package palette.
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
