package ui

import "github.com/hajimehoshi/ebiten/v2"

// touch is what a widget is told of its rectangle in a frame.
type touch struct {
	id      uint64
	over    bool // the pointer is over it
	down    bool // the primary button went down on it
	held    bool // and has not been let go
	done    bool // it was let go over it
	focused bool // it has the keys
	enter   bool // Enter or Space was pressed on it
}

// touch registers a widget that takes pointer and keys.
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
	t.done = t.held && in.Lifted[Primary] && t.over
	in.focusable(&t)
	if t.focused && in.ring { // a click does not make Space push the button again
		t.enter = in.Entered() || in.TakeKey(ebiten.KeySpace)
	}
	return t
}

// focusable puts a widget among those that the Tab key goes through.
func (in *Input) focusable(t *touch) {
	if !in.Keyed() {
		return
	}
	in.order = append(in.order, t.id)
	if in.focus == t.id {
		in.seen, t.focused = true, true
	}
}

// hovering counts for how long the pointer is over a widget.
func (in *Input) hovering(id uint64) {
	if in.hover.id != id {
		in.hover = hoverState{id: id}
	}
	in.hover.time += in.Elapsed
}

// Focus gives the keys to the widget of a name on a canvas.
func (in *Input) Focus(c *Canvas, name string) {
	in.focus, in.seen = hash(c.scope, name), true
}

// focusRing shows that a widget has the keys.
func (in *Input) focusRing(c *Canvas, t *touch, r Rect, radius float64) {
	if t.focused && in.ring {
		c.RoundFrame(Rect{r.X - 2, r.Y - 2, r.W + 4, r.H + 4}, radius+2, 1.5, c.Theme.Accent)
	}
}
