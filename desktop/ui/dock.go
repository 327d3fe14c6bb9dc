package ui

import (
	"slices"

	"github.com/hajimehoshi/ebiten/v2"
)

// Sizes of a dock in points.
const (
	headHeight = 24
	gap        = 5 // between panels: what is dragged to resize them
	leastSize  = 60
	leastShare = .06 // of both sides, by keys
)

// Dock shows panels side by side. They are moved by dragging their titles, resized
// by dragging what is between them, hidden, and maximized.
type Dock struct {
	panels  []Panel
	layout  *Layout
	changed bool

	carried string // the panel that is dragged
	ratio   float64
	stacks  []*Node
}

// NewDock returns a dock of panels. Those that the layout does not know are put
// into its last stack, hidden.
func NewDock(panels []Panel, layout *Layout) *Dock {
	d := &Dock{panels: panels}
	d.SetLayout(layout)
	return d
}

// Panels returns all panels, shown or not.
func (d *Dock) Panels() []Panel { return d.panels }

// Layout returns where the panels are. The dock goes on using it.
func (d *Dock) Layout() *Layout { return d.layout }

// SetLayout puts the panels elsewhere. The layout belongs to the dock from then on.
func (d *Dock) SetLayout(l *Layout) {
	d.layout = l
	for _, s := range l.Root.stacks(nil) {
		for _, name := range slices.Clone(s.Panels) {
			if d.panel(name) == nil && l.Root != nil {
				l.Root = l.Root.without(name)
			}
		}
	}
	for _, p := range d.panels {
		if l.Root.find(p.Name()) != nil {
			continue
		}
		if l.Root == nil {
			l.Root = Stack(p.Name())
			continue
		}
		all := l.Root.stacks(nil)
		last := all[len(all)-1]
		last.Panels = append(last.Panels, p.Name())
		l.Hidden = append(l.Hidden, p.Name())
	}
	if d.panel(l.Maximized) == nil {
		l.Maximized = ""
	}
}

// Changed reports whether the layout was changed since the last call.
func (d *Dock) Changed() bool {
	changed := d.changed
	d.changed = false
	return changed
}

func (d *Dock) panel(name string) Panel {
	for _, p := range d.panels {
		if p.Name() == name {
			return p
		}
	}
	return nil
}

// Shown reports whether a panel shows, or would if it were not behind another of its
// stack.
func (d *Dock) Shown(name string) bool { return !slices.Contains(d.layout.Hidden, name) }

// Visible reports whether a panel is drawn.
func (d *Dock) Visible(name string) bool {
	if !d.Shown(name) || d.layout.Maximized != "" && d.layout.Maximized != name {
		return false
	}
	s := d.layout.Root.find(name)
	return s != nil && d.front(s) == name
}

// Toggle hides a panel that is seen, and otherwise shows it.
func (d *Dock) Toggle(name string) {
	if d.Visible(name) {
		d.Hide(name)
	} else {
		d.Show(name)
	}
}

// Hide hides a panel.
func (d *Dock) Hide(name string) {
	d.changed = true
	if d.layout.Maximized == name {
		d.layout.Maximized = ""
	}
	if d.Shown(name) {
		d.layout.Hidden = append(d.layout.Hidden, name)
	}
}

// Show shows a panel, in front of its stack.
func (d *Dock) Show(name string) {
	d.changed = true
	d.layout.Hidden = slices.DeleteFunc(d.layout.Hidden, func(p string) bool { return p == name })
	if s := d.layout.Root.find(name); s != nil {
		s.Active = name
	}
	if d.layout.Maximized != "" {
		d.layout.Maximized = name
	}
}

// Maximize lets a panel cover the others, or no longer.
func (d *Dock) Maximize(name string) {
	d.changed = true
	if d.layout.Maximized == name {
		d.layout.Maximized = ""
		return
	}
	d.Show(name)
	d.layout.Maximized = name
}

// front returns the panel of a stack that shows, "" where all are hidden.
func (d *Dock) front(s *Node) string {
	if d.Shown(s.Active) {
		return s.Active
	}
	for _, p := range s.Panels {
		if d.Shown(p) {
			return p
		}
	}
	return ""
}

// empty reports whether nothing of a part shows.
func (d *Dock) empty(n *Node) bool {
	if n.Split == "" {
		return d.front(n) == ""
	}
	return d.empty(n.A) && d.empty(n.B)
}

// Draw draws all that shows.
func (d *Dock) Draw(c *Canvas, in *Input) {
	c = c.Scoped("dock")
	d.stacks = d.stacks[:0]
	if name := d.layout.Maximized; name != "" {
		s := d.layout.Root.find(name)
		s.Active = name
		d.drawStack(c, in, c.Bounds(), s)
		return
	}
	if d.empty(d.layout.Root) {
		c.Label(c.Bounds(), "All panels are hidden: the View menu shows them", c.Theme.Body.In(c.Theme.Faint), Middle)
		return
	}
	d.drawNode(c, in, c.Bounds(), d.layout.Root, "·")
	d.carry(c, in)
}

// drawNode draws a part of the layout. path names it among the widgets.
func (d *Dock) drawNode(c *Canvas, in *Input, r Rect, n *Node, path string) {
	switch {
	case n.Split == "":
		d.drawStack(c, in, r, n)
		return
	case d.empty(n.A):
		d.drawNode(c, in, r, n.B, path+"b")
		return
	case d.empty(n.B):
		d.drawNode(c, in, r, n.A, path+"a")
		return
	}
	a, bar, b := n.cut(r)
	by, dragging, _ := in.Drag(c, path, bar)
	length, moved, shape := r.W, by.X, ebiten.CursorShapeEWResize
	if n.Split == "column" {
		length, moved, shape = r.H, by.Y, ebiten.CursorShapeNSResize
	}
	switch {
	case dragging:
		if in.Clicked[Primary] {
			d.ratio = n.At
		}
		least := min(.45, leastSize/length)
		n.At = max(least, min(1-least, d.ratio+moved/length))
		d.changed = true
		a, bar, b = n.cut(r)
		fallthrough
	case in.Over(c, bar):
		in.Cursor(shape)
		c.Rect(bar.Inset(1.5), c.Theme.Accent)
	}
	d.drawNode(c, in, a, n.A, path+"a")
	d.drawNode(c, in, b, n.B, path+"b")
}

// cut returns the two parts of a split and what is between them.
func (n *Node) cut(r Rect) (a, bar, b Rect) {
	if n.Split == "row" {
		a = r.CutLeft((r.W - gap) * n.At)
		bar = r.CutLeft(gap)
	} else {
		a = r.CutTop((r.H - gap) * n.At)
		bar = r.CutTop(gap)
	}
	return a, bar, r
}

// drawStack draws the titles of a stack and the panel that shows.
func (d *Dock) drawStack(c *Canvas, in *Input, r Rect, s *Node) {
	s.area = r
	d.stacks = append(d.stacks, s)
	name := d.front(s)
	c.RoundRect(r, 5, c.Theme.Surface)
	body := r
	head := body.CutTop(headHeight)
	d.drawHead(c, in, head, s, name)
	if p := d.panel(name); p != nil && body.H > 0 && body.W > 0 {
		p.Draw(c.Sub(body.Inset2(1, 0)).Scoped(name), in)
	}
}
