package panel

import "roadloop/desktop/ui"

// ChipWidth returns the width of a chip with a label.
func ChipWidth(c *ui.Canvas, label string) float64 {
	return spotWidth + c.Measure(label, c.Theme.Small) + spotWidth/2
}

// spotWidth is what the spot of a chip needs.
const spotWidth = 18

// Chip is a small switch with a spot of the color of what it shows. It reports that
// it was pushed. A ring stands for off, a disc for on.
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
