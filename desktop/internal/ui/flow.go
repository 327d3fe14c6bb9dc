package ui

// Flow is a scrolling column of items. It uses the height of the previous frame. The
// zero value shows its top.
type Flow struct {
	Scroll
	Canvas *Canvas // of the content, while it is drawn
	In     *Input
	X, W   float64 // of the content
	Y      float64 // of the next item
	high   float64
}

// flowMargin is the space around the content.
const flowMargin = 12

// Draw shows the flow in r.
func (k *Flow) Draw(c *Canvas, in *Input, r Rect, name string, content func()) {
	k.Scroll.Draw(c, in, r, name, k.high, func(c *Canvas) {
		b := c.Bounds().Inset2(flowMargin, 0)
		k.Canvas, k.In, k.X, k.W, k.Y = c, in, b.X, b.W, flowMargin
		content()
		k.high = k.Y + flowMargin
	})
}

// Next returns the area of the next item with the given height, followed by a space.
func (k *Flow) Next(height, space float64) Rect {
	r := Rect{k.X, k.Y, k.W, height}
	k.Y += height + space
	return r
}

// Heading draws the title of a group.
func (k *Flow) Heading(text string) {
	k.Y += 4
	k.Canvas.Label(k.Next(18, 4), text, k.Canvas.Theme.Title.In(k.Canvas.Theme.Faint), Left)
}

// Text draws a paragraph.
func (k *Flow) Text(text string, style Style) {
	k.Y += k.Canvas.Paragraph(Rect{k.X, k.Y, k.W, 400}, text, style) + 6
}

// Chips lays out chips in lines. on reports which are on, and set is called for a change.
// Chips reports whether there was a change.
func (k *Flow) Chips(labels []string, on func(i int) bool, set func(i int, on bool)) bool {
	x, changed := 0.0, false
	for i, text := range labels {
		w := ChipWidth(k.Canvas, text)
		if x > 0 && x+w > k.W {
			x, k.Y = 0, k.Y+ChipHeight+5
		}
		is := on(i)
		if Chip(k.Canvas, k.In, Rect{k.X + x, k.Y, w, ChipHeight}, text, &is) {
			set(i, is)
			changed = true
		}
		x += w + 5
	}
	k.Y += ChipHeight + 8
	return changed
}
