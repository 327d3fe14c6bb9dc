package ui

import "github.com/hajimehoshi/ebiten/v2"

// Choice is a drop-down menu; the up and down keys change the option. It reports
// whether it changed.
func Choice(c *Canvas, in *Input, r Rect, label string, options []string, at *int) bool {
	t := in.touch(c, label, r)
	if t.done || t.enter {
		in.OpenMenu(c, label, Point{r.X, r.Bottom() + 2})
	}
	before := *at
	if t.focused && in.ring {
		*at = in.stepKeys(*at, len(options), ebiten.KeyArrowUp, ebiten.KeyArrowDown)
	}
	items := make([]MenuItem, 0, len(options))
	if in.MenuOpen(c, label) {
		for i, o := range options {
			items = append(items, MenuItem{Label: o, Checked: i == *at})
		}
	}
	if i, ok := in.Menu(c, label, items); ok {
		*at = i
	}
	c.drawChoice(r, label, options, *at, &t)
	in.focusRing(c, &t, r, radius)
	return *at != before
}

func (c *Canvas) drawChoice(r Rect, label string, options []string, at int, t *touch) {
	back := c.Theme.Raised
	if t.over {
		back = c.Theme.Hover
	}
	c.Plate(r, radius, back, c.Theme.Edge)
	in := r.Inset2(8, 0)
	mark := in.CutRight(10).Center()
	head := [3]Point{{mark.X - 4, mark.Y - 2}, {mark.X + 4, mark.Y - 2}, {mark.X, mark.Y + 3}}
	c.Polygon(head[:], c.Theme.Faint)
	in.CutRight(4)
	if label != "" {
		style := c.Theme.Body.In(c.Theme.Faint)
		c.Label(in.CutLeft(min(c.Measure(label, style)+8, in.W/2)), label, style, Left)
	}
	if at >= 0 && at < len(options) {
		c.Label(in, options[at], c.Theme.Body, Left)
	}
}

// stepKeys moves an index by two keys and clamps it to 0 to n-1.
func (in *Input) stepKeys(i, n int, less, more Key) int {
	by := 0
	if in.TakeRepeated(less) {
		by--
	}
	if in.TakeRepeated(more) {
		by++
	}
	if by == 0 {
		return i
	}
	return max(0, min(n-1, i+by))
}

// Tabs selects one of a few tabs. It reports whether it changed.
func Tabs(c *Canvas, in *Input, r Rect, name string, tabs []string, at *int) bool {
	c = c.Scoped(name)
	before := *at
	for i, label := range tabs {
		area := r.CutLeft(c.Measure(label, c.Theme.Body) + 24)
		t := in.touch(c, label, area)
		if t.done || t.enter {
			*at = i
		}
		if t.focused && in.ring {
			*at = in.stepKeys(i, len(tabs), ebiten.KeyArrowLeft, ebiten.KeyArrowRight)
			if *at != i {
				in.Focus(c, tabs[*at])
			}
		}
		ink := c.Theme.Faint
		if i == *at || t.over {
			ink = c.Theme.Ink
		}
		c.Label(area, label, c.Theme.Body.In(ink), Middle)
		if i == *at {
			c.Rect(Rect{area.X + 6, area.Bottom() - 2, area.W - 12, 2}, c.Theme.Accent)
		}
		in.focusRing(c, &t, area.Inset(2), radius)
	}
	return *at != before
}
