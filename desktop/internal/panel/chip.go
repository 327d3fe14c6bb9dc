package panel

import "roadloop/desktop/internal/ui"

// ChipWidth returns the width of a chip with a label.
func ChipWidth(c *ui.Canvas, label string) float64 {
	return spotWidth + c.Measure(label, c.Theme.Small) + spotWidth/2
}

// spotWidth is the width of the spot of a chip.
const spotWidth = 18

// Chip is a small switch with a spot in the color of its layer. It reports whether it
// was pushed. A ring means off, a disc on.
func Chip(c *ui.Canvas, in *ui.Input, r ui.Rect, label string, on bool, spot ui.Color) bool {
	pushed := ui.Button(c.Scoped(label), in, r, "")
	ink := c.Theme.Ink
	mid := ui.Point{X: r.X + 10, Y: r.Y + r.H/2}
	if on {
		c.Circle(mid, 3.6, spot)
	} else {
		c.Ring(mid, 3.2, 1, c.Theme.Faint)
		ink = c.Theme.Faint
	}
	text := r
	text.CutLeft(spotWidth)
	c.Label(text, label, c.Theme.Small.In(ink), ui.Left)
	return pushed
}
