package ui

// tipAfter is how long the pointer rests on a widget before it is explained, in s.
const tipAfter = .5

// tip is what is said about the widget under the pointer.
type tip struct {
	text string
	at   Rect // the widget, in the window
}

// Tooltip explains the rectangle that the pointer rests on. Call it behind the
// widget.
func (in *Input) Tooltip(c *Canvas, r Rect, text string) {
	if text != "" && in.Over(c, r) && in.hover.time > tipAfter && in.active == 0 {
		in.tip = tip{text, c.ToWindow(r)}
	}
}

// wide is the width from which on a widget is a row of a list or a form. An
// explanation should not cover the rows above and below it. In points.
const wide = 150

// tipArea returns where an explanation of a size goes in the window.
func tipArea(widget, window Rect, w, h float64) Rect {
	r := Rect{max(4, min(widget.X, window.W-w-4)), widget.Y - h - 6, w, h}
	switch {
	case widget.W >= wide && widget.X-w-8 >= 4:
		r.X, r.Y = widget.X-w-8, widget.Y+(widget.H-h)/2
	case r.Y < 4:
		r.Y = widget.Bottom() + 6
	}
	r.Y = max(4, min(r.Y, window.H-h-4))
	return r
}

// drawTip draws the explanation: to the left of a wide widget at the right of the window, else
// above its widget or below it.
func (in *Input) drawTip(c *Canvas) {
	t := in.tip
	in.tip = tip{}
	if t.text == "" {
		return
	}
	style := c.Theme.Body
	style.Size = 12
	lines := c.Wrap(t.text, style, 320)
	_, spacing := style.Metrics()
	w, h := 0.0, float64(len(lines))*spacing+8
	for _, l := range lines {
		w = max(w, c.Measure(l, style)+16)
	}
	all := c.Bounds()
	r := tipArea(t.at, all, w, h)
	c.RoundRect(r, 4, c.Theme.Hover)
	c.RoundFrame(r, 4, 1, c.Theme.Edge)
	for i, l := range lines {
		c.Text(Point{r.X + 8, r.Y + 4 + float64(i)*spacing}, l, style)
	}
}
