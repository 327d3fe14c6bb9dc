package ui

import "github.com/hajimehoshi/ebiten/v2"

// drawHead draws the titles of a stack, and the buttons of its front panel.
func (d *Dock) drawHead(c *Canvas, in *Input, head Rect, s *Node, front string) {
	line := Rect{head.X + 1, head.Bottom() - 1, head.W - 2, 1}
	c.Rect(line, c.Theme.Edge)
	buttons := head.CutRight(min(46, head.W))
	for _, name := range s.Panels {
		p := d.panel(name)
		if p == nil || !d.Shown(name) {
			continue
		}
		tab := head.CutLeft(c.Measure(p.Title(), c.Theme.Title) + 22)
		d.drawTab(c.Scoped(name), in, tab, s, p, name == front)
	}
	d.drawHeadButtons(c.Scoped(front), in, buttons, front)
}

// drawTab draws the title of a panel and handles its input.
func (d *Dock) drawTab(c *Canvas, in *Input, tab Rect, s *Node, p Panel, front bool) {
	name := p.Name()
	t := in.touch(c, "title", tab)
	ink := c.Theme.Faint
	if front || t.over {
		ink = c.Theme.Ink
	}
	if t.down {
		s.Active = name
	}
	if t.held && in.Pointer.Dist(in.dragFrom) > 6 && d.layout.Maximized == "" {
		d.dragged = name
	}
	if front && len(s.Panels) > 1 {
		c.Rect(Rect{tab.X + 1, tab.Bottom() - 2, tab.W - 2, 2}, c.Theme.Accent)
	}
	c.Label(tab.Inset2(10, 0), p.Title(), c.Theme.Title.In(ink), Left)
	in.focusRing(c, &t, tab.Inset(3), radius)
	in.Tooltip(c, tab, "Drag to move")
	if t.focused && in.ring {
		d.keys(in, name)
	}
	if t.enter {
		d.Maximize(name)
	}
	d.tabMenu(c, in, tab, name)
}

// tabMenu shows the menu of a panel.
func (d *Dock) tabMenu(c *Canvas, in *Input, tab Rect, name string) {
	items := []MenuItem{{Label: "Maximize", Checked: d.layout.Maximized == name}, {Label: "Hide"}}
	switch i, ok := in.ContextMenu(c, tab, name, items); {
	case ok && i == 0:
		d.Maximize(name)
	case ok:
		d.Hide(name)
	}
}

// drawHeadButtons draws the buttons that maximize and hide a panel.
func (d *Dock) drawHeadButtons(c *Canvas, in *Input, r Rect, name string) {
	if r.W < 46 {
		return
	}
	hide := r.CutRight(23)
	if in.closeButton(c, hide) {
		d.Hide(name)
	}
	in.Tooltip(c, hide, "Hide")
	t := in.touch(c, "maximize", r)
	ink := c.Theme.Faint
	if t.over {
		ink = c.Theme.Ink
	}
	box := r.Centered(10, 9)
	if d.layout.Maximized == name {
		box = r.Centered(8, 4)
	}
	c.Frame(box, 1.5, ink)
	in.focusRing(c, &t, r.Centered(18, 18), radius)
	in.Tooltip(c, r, "Maximize")
	if t.done || t.enter {
		d.Maximize(name)
	}
}

// keys moves a panel with a focused title: arrows move it past its neighbor, Shift and
// arrows resize it, Delete hides it.
func (d *Dock) keys(in *Input, name string) {
	if in.TakeKey(ebiten.KeyDelete) {
		d.Hide(name)
		return
	}
	if in.Shift() {
		if dir, ok := in.Arrow(); ok {
			d.resize(name, dir)
		}
		return
	}
	from := d.layout.Root.find(name)
	for _, k := range arrows {
		if !in.TakeKey(k.key) {
			continue
		}
		if to := d.neighbor(from, k.dir); to != nil {
			d.move(name, to, k.dir)
		}
	}
}

// resizeStep is the share of both sides by which a key moves a gap.
const resizeStep = .02

// resize moves the panel's edge that is perpendicular to a direction in that direction.
func (d *Dock) resize(name string, dir Point) {
	split, by := "row", dir.X
	if dir.Y != 0 {
		split, by = "column", dir.Y
	}
	if n := d.splitOf(d.layout.Root, name, split); n != nil {
		n.At = max(minShare, min(1-minShare, n.At+by*resizeStep))
		d.changed = true
	}
}

// splitOf returns the innermost split of a kind around a panel with two visible sides,
// nil if there is none.
func (d *Dock) splitOf(n *Node, panel, split string) *Node {
	if n == nil || n.Split == "" || n.find(panel) == nil {
		return nil
	}
	for _, side := range [...]*Node{n.A, n.B} {
		if inner := d.splitOf(side, panel, split); inner != nil {
			return inner
		}
	}
	if n.Split == split && !d.empty(n.A) && !d.empty(n.B) {
		return n
	}
	return nil
}

// neighbor returns the nearest stack in a direction, nil if there is none.
func (d *Dock) neighbor(from *Node, dir Point) *Node {
	centers := make([]Point, len(d.stacks))
	for i, s := range d.stacks {
		centers[i] = s.area.Center()
	}
	if i := Toward(from.area.Center(), dir, centers); i >= 0 {
		return d.stacks[i]
	}
	return nil
}

// drawDropTarget shows the drop target of a dragged panel, and moves the panel there on release.
func (d *Dock) drawDropTarget(c *Canvas, in *Input) {
	if d.dragged == "" {
		return
	}
	at := in.Pos(c)
	for _, s := range d.stacks {
		if !s.area.Contains(at) {
			continue
		}
		side, area := zone(s.area, at)
		c.RoundRect(area, 5, Alpha(c.Theme.Accent, .25))
		c.RoundFrame(area, 5, 2, c.Theme.Accent)
		if in.Released[Primary] {
			d.move(d.dragged, s, side)
		}
		break
	}
	if p := d.panel(d.dragged); p != nil {
		label := Rect{at.X + 12, at.Y + 8, c.Measure(p.Title(), c.Theme.Title) + 16, 22}
		c.RoundRect(label, radius, c.Theme.Hover)
		c.Label(label, p.Title(), c.Theme.Title, Middle)
	}
	if !in.Buttons[Primary] {
		d.dragged = ""
	}
}

// zone returns the side of a stack at which a dropped panel is inserted, and its area.
// Side zero is the stack itself.
func zone(r Rect, at Point) (side Point, area Rect) {
	x, y := (at.X-r.X)/r.W, (at.Y-r.Y)/r.H
	edge := min(x, 1-x, y, 1-y)
	half := r
	switch {
	case edge > .28 || at.Y < r.Y+headHeight:
		return Point{}, r
	case edge == x:
		return Point{-1, 0}, half.CutLeft(r.W / 2)
	case edge == 1-x:
		return Point{1, 0}, half.CutRight(r.W / 2)
	case edge == y:
		return Point{0, -1}, half.CutTop(r.H / 2)
	}
	return Point{0, 1}, half.CutBottom(r.H / 2)
}

// move inserts a panel at a side of a stack, or into the stack if side is zero.
func (d *Dock) move(name string, to *Node, side Point) {
	from := d.layout.Root.find(name)
	if from == to && (side == Point{} || len(from.Panels) == 1) {
		return
	}
	d.changed = true
	d.layout.Root = d.layout.Root.without(name)
	moved, rest := Stack(name), *to
	switch side {
	case Point{}:
		to.Panels, to.Active = append(to.Panels, name), name
	case Point{-1, 0}:
		*to = *Row(.5, moved, &rest)
	case Point{1, 0}:
		*to = *Row(.5, &rest, moved)
	case Point{0, -1}:
		*to = *Column(.5, moved, &rest)
	default:
		*to = *Column(.5, &rest, moved)
	}
}
