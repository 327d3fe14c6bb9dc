package browser

import (
	"fmt"

	"roadloop/desktop/ui"
)

// column lays out things one below the other in a view that scrolls. It is as high as
// it was in the frame before.
type column struct {
	ui.Scroll
	height float64

	c    *ui.Canvas
	in   *ui.Input
	x, w float64
	y    float64
}

// draw shows the column in r.
func (k *column) draw(c *ui.Canvas, in *ui.Input, r ui.Rect, name string, content func()) {
	k.Draw(c, in, r, name, k.height, func(c *ui.Canvas) {
		b := c.Bounds().Inset2(margin, 0)
		k.c, k.in, k.x, k.w, k.y = c, in, b.X, b.W, margin
		content()
		k.height = k.y + margin
	})
}

// next returns the place of the next thing, so high, with a space behind it.
func (k *column) next(height, space float64) ui.Rect {
	r := ui.Rect{X: k.x, Y: k.y, W: k.w, H: height}
	k.y += height + space
	return r
}

// heading writes the title of a group.
func (k *column) heading(text string) {
	k.y += 4
	k.c.Label(k.next(18, 4), text, k.c.Theme.Title.In(k.c.Theme.Faint), ui.Left)
}

// text writes a paragraph.
func (k *column) text(text string, style ui.Style) {
	h := k.c.Paragraph(ui.Rect{X: k.x, Y: k.y, W: k.w, H: 400}, text, style)
	k.y += h + 6
}

// chips lays out chips in lines. It reports a change.
func (k *column) chips(labels []string, on func(i int) bool, set func(i int, on bool)) bool {
	x, changed := 0.0, false
	for i, text := range labels {
		w := ui.ChipWidth(k.c, text)
		if x > 0 && x+w > k.w {
			x, k.y = 0, k.y+ui.ChipHeight+5
		}
		is := on(i)
		if ui.Chip(k.c, k.in, ui.Rect{X: k.x + x, Y: k.y, W: w, H: ui.ChipHeight}, text, &is) {
			set(i, is)
			changed = true
		}
		x += w + 5
	}
	k.y += ui.ChipHeight + 8
	return changed
}

func counted(shown, all int) string {
	if shown == all {
		return fmt.Sprintf("%d scenarios", all)
	}
	return fmt.Sprintf("%d of %d", shown, all)
}
