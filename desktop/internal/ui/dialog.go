package ui

import "github.com/hajimehoshi/ebiten/v2"

// Dialog shows a modal box of the given size in the middle of the window. Call it in
// every frame while it is open. It reports whether Escape or the close button was
// pressed.
func (in *Input) Dialog(title string, w, h float64, draw func(c *Canvas)) (closed bool) {
	if in.dialogClosed == title {
		in.dialogClosed = ""
		return true
	}
	in.Overlay(Rect{W: 1e6, H: 1e6}, true, func(c *Canvas) {
		c.Rect(c.clip, Alpha(RGB(0, 0, 0), .55))
		r := Rect{W: c.clip.W, H: c.clip.H}
		r = r.Centered(min(w, r.W), min(h, r.H))
		c.Plate(r, 8, c.Theme.Surface, c.Theme.Edge)
		inner := r.Inset(18)
		head := inner.CutTop(30)
		if in.closeButton(c.Scoped(title), head.CutRight(26)) || in.KeysAllowed() && in.menu.id == 0 && in.TakeKey(ebiten.KeyEscape) {
			in.dialogClosed = title
		}
		c.Label(head, title, c.Theme.Heading, Left)
		inner.CutTop(10)
		draw(c.Sub(inner).Scoped(title))
	})
	return false
}

// closeButton draws a close button.
func (in *Input) closeButton(c *Canvas, r Rect) bool {
	t := in.touch(c, "close", r)
	ink := c.Theme.Faint
	if t.over {
		ink = c.Theme.Ink
	}
	c.Cross(r.Center(), 4.5, 1.5, ink)
	in.focusRing(c, &t, r.Centered(18, 18), radius)
	return t.done || t.enter
}
