package ui

// ChipHeight is the height of a chip.
const ChipHeight = 22

// ChipWidth returns the width of a chip with a label.
func ChipWidth(c *Canvas, label string) float64 { return c.Measure(label, chipStyle(c)) + 18 }

func chipStyle(c *Canvas) Style {
	style := c.Theme.Body
	style.Size = 12
	return style
}

// Chip is a small labeled switch. It reports whether it changed.
func Chip(c *Canvas, in *Input, r Rect, label string, on *bool) bool {
	t := in.touch(c, label, r)
	changed := t.done || t.enter
	if changed {
		*on = !*on
	}
	back, ink, edge := c.Theme.Surface, c.Theme.Faint, c.Theme.Edge
	if *on {
		back, ink, edge = Mix(c.Theme.Surface, c.Theme.Accent, .3), c.Theme.Ink, c.Theme.Accent
	}
	if t.over {
		back = Mix(back, c.Theme.Ink, .1)
	}
	c.RoundRect(r, r.H/2, back)
	c.RoundFrame(r, r.H/2, 1, edge)
	c.Label(r, label, chipStyle(c).In(ink), Middle)
	in.focusRing(c, &t, r, r.H/2)
	return changed
}
