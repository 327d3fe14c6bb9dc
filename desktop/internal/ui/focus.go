package ui

import "github.com/hajimehoshi/ebiten/v2"

// touch is the input for a widget in a frame.
type touch struct {
	id      uint64
	over    bool // the pointer is over it
	down    bool // the primary button went down on it
	held    bool // and is still held
	done    bool // and was released over it
	focused bool // it has the focus
	enter   bool // Enter or Space was pressed on it
}

// touch registers a widget that takes pointer and key input.
func (in *Input) touch(c *Canvas, name string, r Rect) touch {
	t := touch{id: hash(c.scope, name)}
	t.over = in.Over(c, r)
	if t.over {
		in.hovering(t.id)
	}
	if t.down = in.Click(c, r, Primary); t.down {
		in.active, in.focus = t.id, t.id
	}
	t.held = in.active == t.id
	t.done = t.held && in.Released[Primary] && t.over
	in.focusable(&t)
	if t.focused && in.ring { // after a click, Space does not push the button
		t.enter = in.Activated() || in.TakeKey(ebiten.KeySpace)
	}
	return t
}

// focusable adds a widget to the Tab order.
func (in *Input) focusable(t *touch) {
	if !in.KeysAllowed() {
		return
	}
	in.order = append(in.order, t.id)
	if in.focus == t.id {
		in.seen, t.focused = true, true
	}
}

// hovering measures how long the pointer has been over a widget.
func (in *Input) hovering(id uint64) {
	if in.hover.id != id {
		in.hover = hoverState{id: id}
	}
	in.hover.time += in.Elapsed
}

// Focus focuses the widget with a name on a canvas.
func (in *Input) Focus(c *Canvas, name string) {
	in.focus, in.seen = hash(c.scope, name), true
}

// focusRing draws the focus ring of a widget.
func (in *Input) focusRing(c *Canvas, t *touch, r Rect, radius float64) {
	if t.focused && in.ring {
		c.RoundFrame(Rect{r.X - 2, r.Y - 2, r.W + 4, r.H + 4}, radius+2, 1.5, c.Theme.Accent)
	}
}
