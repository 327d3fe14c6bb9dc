package ui

import (
	"math"

	"github.com/hajimehoshi/ebiten/v2"
)

// Scroll is a view onto content that is higher than the view. The zero value shows its
// top.
type Scroll struct {
	Offset float64 // of the top of the view
	height float64
}

// scrollStep is the scroll distance of a wheel notch.
const scrollStep = 48

// Draw shows content of a height in r. draw draws it on a canvas of that height.
func (s *Scroll) Draw(c *Canvas, in *Input, r Rect, name string, height float64, draw func(c *Canvas)) {
	s.height = height
	s.Offset -= in.ScrollOver(c, r).Y * scrollStep
	bar := r
	bar = bar.CutRight(10)
	if height > r.H {
		s.bar(c, in, bar, name)
		r.CutRight(10)
	}
	s.hold(r.H)
	view := c.Sub(r)
	view.area.Y -= math.Round(s.Offset*c.p.scale) / c.p.scale
	view.area.H = max(height, r.H)
	draw(view)
}

// hold clamps the offset.
func (s *Scroll) hold(view float64) { s.Offset = max(0, min(s.Offset, s.height-view)) }

// Show scrolls to the part from y0 to y1, for a view of the given height.
func (s *Scroll) Show(y0, y1, view float64) {
	s.Offset = max(y1-view, min(s.Offset, y0))
}

// bar draws the scroll bar, which can be dragged.
func (s *Scroll) bar(c *Canvas, in *Input, r Rect, name string) {
	size := max(24, r.H*r.H/s.height)
	travel := (r.H - size) / (s.height - r.H) // distance of the handle per point of the content
	handle := Rect{r.X + 3, r.Y + s.Offset*travel, 5, size}
	id := hash(c.scope, name+"/scroll")
	if in.Click(c, r, Primary) {
		in.active, in.grip.Y = id, in.Pos(c).Y-handle.Y
		if !(Rect{r.X, handle.Y, r.W, handle.H}).Contains(in.Pos(c)) {
			in.grip.Y = size / 2
		}
	}
	col := c.Theme.Hover
	if in.active == id {
		s.Offset = (in.Pos(c).Y - in.grip.Y - r.Y) / travel
		s.hold(r.H)
		handle.Y = r.Y + s.Offset*travel
		col = c.Theme.Faint
	} else if in.Over(c, r) {
		col = Mix(c.Theme.Hover, c.Theme.Faint, .5)
	}
	c.RoundRect(handle, 2.5, col)
}

// Keys makes a view with hidden content focusable and scrollable by keys. Call it after
// Draw, with the same name.
func (s *Scroll) Keys(c *Canvas, in *Input, r Rect, name string) {
	if s.height <= r.H || !in.FocusArea(c, name) {
		return
	}
	for _, k := range [...]struct {
		key Key
		by  float64
	}{{ebiten.KeyArrowUp, -scrollStep}, {ebiten.KeyArrowDown, scrollStep}, {ebiten.KeyPageUp, -r.H}, {ebiten.KeyPageDown, r.H},
		{ebiten.KeyHome, -s.height}, {ebiten.KeyEnd, s.height}} {
		if in.TakeRepeated(k.key) {
			s.Offset += k.by
		}
	}
	s.hold(r.H)
	c.Sub(r).FocusRing()
}
