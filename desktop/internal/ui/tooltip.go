package ui

// tooltipDelay is the delay of a tooltip, s.
const tooltipDelay = .5

// tooltip is the tooltip of the widget under the pointer.
type tooltip struct {
	text string
	at   Rect // the widget, in the window
}

// Tooltip shows a tooltip for a rectangle under the pointer. Call it after the widget.
func (in *Input) Tooltip(c *Canvas, r Rect, text string) {
	if text != "" && in.Over(c, r) && in.hover.time > tooltipDelay && in.active == 0 {
		in.tooltip = tooltip{text, c.ToWindow(r)}
	}
}

// Hint shows a tooltip for a part of a canvas that is not a widget.
func (in *Input) Hint(c *Canvas, name string, r Rect, text string) {
	if in.Over(c, r) {
		in.hovering(hash(c.scope, name))
	}
	in.Tooltip(c, r, text)
}

// wide is the width, in points, from which a widget counts as a row of a list or a
// form. Its tooltip must not cover the rows above and below it.
const wide = 150

// tooltipArea returns the area of a tooltip in the window.
func tooltipArea(widget, window Rect, w, h float64) Rect {
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

// drawTooltip draws the tooltip: to the left of a wide widget at the right of the window,
// otherwise above or below the widget.
func (in *Input) drawTooltip(c *Canvas) {
	t := in.tooltip
	in.tooltip = tooltip{}
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
	r := tooltipArea(t.at, all, w, h)
	c.Plate(r, 4, c.Theme.Hover, c.Theme.Edge)
	for i, l := range lines {
		c.Text(Point{r.X + 8, r.Y + 4 + float64(i)*spacing}, l, style)
	}
}
