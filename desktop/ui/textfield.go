package ui

import (
	"slices"
	"unicode"

	"github.com/hajimehoshi/ebiten/v2"
)

// TextField is a line of text to be edited. The zero value is empty.
type TextField struct {
	Hint string // shown while it is empty

	text   []rune
	cursor int // before this letter
	anchor int // the other end of the selection
	shift  float64
	blink  float64
}

// Text returns what is in the field.
func (f *TextField) Text() string { return string(f.text) }

// SetText replaces what is in the field.
func (f *TextField) SetText(s string) {
	f.text = []rune(s)
	f.cursor, f.anchor = len(f.text), len(f.text)
}

// Draw shows the field. changed reports that the text is another, entered that Enter
// was pressed.
func (f *TextField) Draw(c *Canvas, in *Input, r Rect, name string) (changed, entered bool) {
	t := in.touch(c, name, r)
	inner := r.Inset2(8, 0)
	if t.over {
		in.Cursor(ebiten.CursorShapeText)
	}
	if t.held {
		f.cursor = f.letterAt(c, in.Pos(c).X-inner.X+f.shift)
		if t.down && !in.Shift() {
			f.anchor = f.cursor
		}
		f.blink = 0
	}
	if t.focused {
		in.text = true
		before := string(f.text)
		f.edit(in)
		changed = string(f.text) != before
		entered = t.enter || in.TakeKey(ebiten.KeyEnter) || in.TakeKey(ebiten.KeyNumpadEnter)
	}
	f.draw(c, in, r, inner, t.focused)
	in.focusRing(c, &t, r, radius)
	return changed, entered
}

// letterAt returns the place between letters that is next to x.
func (f *TextField) letterAt(c *Canvas, x float64) int {
	for i := range f.text {
		a, b := c.Measure(string(f.text[:i]), c.Theme.Body), c.Measure(string(f.text[:i+1]), c.Theme.Body)
		if x < (a+b)/2 {
			return i
		}
	}
	return len(f.text)
}

// edit takes what is typed.
func (f *TextField) edit(in *Input) {
	f.cursor, f.anchor = min(f.cursor, len(f.text)), min(f.anchor, len(f.text))
	for _, r := range in.Typed {
		if unicode.IsPrint(r) && !in.Control() {
			f.replace(string(r))
		}
	}
	switch {
	case in.Control() && in.TakeKey(ebiten.KeyA):
		f.anchor, f.cursor = 0, len(f.text)
	case in.TakeRepeated(ebiten.KeyBackspace):
		f.remove(-1)
	case in.TakeRepeated(ebiten.KeyDelete):
		f.remove(1)
	case in.TakeRepeated(ebiten.KeyArrowLeft):
		f.move(f.cursor-1, in.Shift())
	case in.TakeRepeated(ebiten.KeyArrowRight):
		f.move(f.cursor+1, in.Shift())
	case in.TakeKey(ebiten.KeyHome):
		f.move(0, in.Shift())
	case in.TakeKey(ebiten.KeyEnd):
		f.move(len(f.text), in.Shift())
	}
	// A field keeps Space for itself: it is no command.
	in.TakeKey(ebiten.KeySpace)
}

// replace puts text in the place of the selection.
func (f *TextField) replace(s string) {
	lo, hi := min(f.cursor, f.anchor), max(f.cursor, f.anchor)
	f.text = slices.Replace(f.text, lo, hi, []rune(s)...)
	f.cursor = lo + len([]rune(s))
	f.anchor, f.blink = f.cursor, 0
}

// remove deletes the selection or else the letter before (-1) or behind (1).
func (f *TextField) remove(side int) {
	if f.cursor == f.anchor {
		f.anchor = max(0, min(len(f.text), f.cursor+side))
	}
	f.replace("")
}

func (f *TextField) move(to int, selecting bool) {
	f.cursor, f.blink = max(0, min(len(f.text), to)), 0
	if !selecting {
		f.anchor = f.cursor
	}
}

func (f *TextField) draw(c *Canvas, in *Input, r, inner Rect, focused bool) {
	c.RoundRect(r, radius, c.Theme.Background)
	edge := c.Theme.Edge
	if focused {
		edge = c.Theme.Accent
	}
	c.RoundFrame(r, radius, 1, edge)
	x := c.Measure(string(f.text[:f.cursor]), c.Theme.Body)
	f.shift = max(x-inner.W+2, min(f.shift, x))
	view := c.Sub(inner)
	line := Rect{-f.shift, 0, c.Measure(string(f.text), c.Theme.Body) + 2, inner.H}
	if focused && f.anchor != f.cursor {
		a := c.Measure(string(f.text[:f.anchor]), c.Theme.Body)
		view.Rect(Rect{min(a, x) - f.shift, 4, max(a, x) - min(a, x), inner.H - 8}, c.Theme.Series[5])
	}
	if len(f.text) == 0 {
		view.Label(view.Bounds(), f.Hint, c.Theme.Body.In(c.Theme.Faint), Left)
	}
	view.Label(line, string(f.text), c.Theme.Body, Left)
	if f.blink += in.Elapsed; focused && int(f.blink*2)%2 == 0 {
		view.Rect(Rect{x - f.shift, 5, 1, inner.H - 10}, c.Theme.Ink)
	}
}
