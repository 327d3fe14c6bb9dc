package ui

import (
	"slices"

	"github.com/hajimehoshi/ebiten/v2"
)

// Sizes of a dock in points.
const (
	headHeight = 24
	gap        = 5 // between panels; drag it to resize them
	leastSize  = 60
	minShare   = .06 // minimum share of each side when resized by keys
)

// Dock shows panels side by side. They are moved by dragging their titles, resized by
// dragging the gaps, hidden, and maximized.
type Dock struct {
	panels  []Panel
	layout  *Layout
	changed bool

	dragged string // the dragged panel
	ratio   float64
	stacks  []*Node
}

// NewDock returns a dock of panels. Panels that are not in the layout are added to its
// last stack, hidden.
func NewDock(panels []Panel, layout *Layout) *Dock {
	d := &Dock{panels: panels}
	d.SetLayout(layout)
	return d
}

// Panels returns all panels, shown or hidden.
func (d *Dock) Panels() []Panel { return d.panels }

// Layout returns the layout. The dock keeps using it.
func (d *Dock) Layout() *Layout { return d.layout }

// SetLayout replaces the layout. The dock takes ownership of it.
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

// Changed reports whether the layout has changed since the last call.
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

// Shown reports whether a panel is shown, or is behind another panel of its stack.
func (d *Dock) Shown(name string) bool { return !slices.Contains(d.layout.Hidden, name) }

// Visible reports whether a panel is drawn.
func (d *Dock) Visible(name string) bool {
	if !d.Shown(name) || d.layout.Maximized != "" && d.layout.Maximized != name {
		return false
	}
	s := d.layout.Root.find(name)
	return s != nil && d.front(s) == name
}

// Toggle hides a visible panel, and shows any other.
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

// Show shows a panel in front of its stack.
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

// Maximize maximizes a panel, or restores it.
func (d *Dock) Maximize(name string) {
	d.changed = true
	if d.layout.Maximized == name {
		d.layout.Maximized = ""
		return
	}
	d.Show(name)
	d.layout.Maximized = name
}

// front returns the drawn panel of a stack, "" if all are hidden.
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

// empty reports whether a node has no shown panels.
func (d *Dock) empty(n *Node) bool {
	if n.Split == "" {
		return d.front(n) == ""
	}
	return d.empty(n.A) && d.empty(n.B)
}

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
		c.Label(c.Bounds(), "All panels are hidden. Use the View menu to show them.", c.Theme.Body.In(c.Theme.Faint), Middle)
		return
	}
	d.drawNode(c, in, c.Bounds(), d.layout.Root, "·")
	d.drawDropTarget(c, in)
}

// drawNode draws a node of the layout. path identifies its widgets.
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
		minimum := min(.45, leastSize/length)
		n.At = max(minimum, min(1-minimum, d.ratio+moved/length))
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

// cut returns the two parts of a split and the gap between them.
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

// drawStack draws the titles of a stack and its front panel.
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
