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

// drawTip draws the explanation, below its widget or above it.
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
	r := Rect{min(t.at.X, all.W-w-4), t.at.Bottom() + 6, w, h}
	if r.Bottom() > all.H {
		r.Y = t.at.Y - h - 6
	}
	c.RoundRect(r, 4, c.Theme.Hover)
	c.RoundFrame(r, 4, 1, c.Theme.Edge)
	for i, l := range lines {
		c.Text(Point{r.X + 8, r.Y + 4 + float64(i)*spacing}, l, style)
	}
}
