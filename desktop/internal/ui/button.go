package ui

// Sizes of widgets in points.
const (
	ControlHeight = 26
	radius        = 4
)

// Button is a button with a label. It reports whether it was pushed.
func Button(c *Canvas, in *Input, r Rect, label string) bool {
	return button(c, in, r, label, c.Theme.Raised, c.Theme.Ink)
}

// PrimaryButton is a button for the default action.
func PrimaryButton(c *Canvas, in *Input, r Rect, label string) bool {
	return button(c, in, r, label, Mix(c.Theme.Series[5], c.Theme.Raised, .15), RGB(255, 255, 255))
}

func button(c *Canvas, in *Input, r Rect, label string, back, ink Color) bool {
	t := in.touch(c, label, r)
	if t.over {
		back = Mix(back, RGB(255, 255, 255), .10)
	}
	if t.held {
		back = Mix(back, RGB(0, 0, 0), .25)
	}
	c.Plate(r, radius, back, c.Theme.Edge)
	c.Label(r.Inset2(6, 0), label, c.Theme.Body.In(ink), Middle)
	in.focusRing(c, &t, r, radius)
	return t.done || t.enter
}

// Toggle is a switch with a label. It reports whether it changed.
func Toggle(c *Canvas, in *Input, r Rect, label string, on *bool) bool {
	t := in.touch(c, label, r)
	changed := t.done || t.enter
	if changed {
		*on = !*on
	}
	box := Rect{r.X, r.Y + (r.H-16)/2, 28, 16}
	back, knob := c.Theme.Raised, box.X+8
	if *on {
		back, knob = c.Theme.Series[5], box.X+20
	}
	if t.over {
		back = Mix(back, RGB(255, 255, 255), .12)
	}
	c.Plate(box, 8, back, c.Theme.Edge)
	c.Circle(Point{knob, box.Y + 8}, 5.5, c.Theme.Ink)
	r.CutLeft(36)
	c.Label(r, label, c.Theme.Body, Left)
	in.focusRing(c, &t, box, 8)
	return changed
}

// IconButton is a button with an icon, drawn around its center.
func IconButton(c *Canvas, in *Input, r Rect, name string, picture func(c *Canvas, at Point)) bool {
	t := in.touch(c, name, r)
	back := c.Theme.Raised
	if t.over {
		back = c.Theme.Hover
	}
	if t.held {
		back = Mix(back, RGB(0, 0, 0), .25)
	}
	c.Plate(r, radius, back, c.Theme.Edge)
	picture(c, r.Center())
	in.focusRing(c, &t, r, radius)
	return t.done || t.enter
}

// Segment is one of several adjacent buttons that select an option. It reports whether
// it was pushed.
func Segment(c *Canvas, in *Input, r Rect, label string, chosen bool) bool {
	t := in.touch(c, label, r)
	back, ink := c.Theme.Raised, c.Theme.Faint
	if t.over {
		back = c.Theme.Hover
	}
	if chosen {
		back, ink = Mix(c.Theme.Series[5], c.Theme.Raised, .15), c.Theme.Ink
	}
	c.Rect(r, back)
	c.Frame(Rect{r.X, r.Y, r.W + 1, r.H}, 1, c.Theme.Edge)
	style := c.Theme.Body
	style.Size = 12
	c.Label(r, label, style.In(ink), Middle)
	in.focusRing(c, &t, r, 0)
	return t.done || t.enter
}

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
	c.Plate(r, r.H/2, back, edge)
	c.Label(r, label, chipStyle(c).In(ink), Middle)
	in.focusRing(c, &t, r, r.H/2)
	return changed
}
