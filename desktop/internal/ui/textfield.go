package ui

import (
	"slices"
	"strings"
	"unicode"

	"github.com/hajimehoshi/ebiten/v2"
)

// TextField is an editable line of text. The zero value is empty. Shift with the
// movement keys, or the pointer, selects; a double click selects a word, a triple click
// everything. Ctrl C, X and V copy, cut and paste.
type TextField struct {
	Hint string // shown if it is empty

	text   []rune
	cursor int // before this letter
	anchor int // the other end of the selection
	shift  float64
	whole  bool // the held click selected a word or everything
}

// Text returns the text of the field.
func (f *TextField) Text() string { return string(f.text) }

// SetText replaces the text of the field.
func (f *TextField) SetText(s string) {
	f.text = []rune(s)
	f.cursor, f.anchor = len(f.text), len(f.text)
}

// Draw shows the field. changed reports that the text has changed, entered that Enter
// was pressed.
func (f *TextField) Draw(c *Canvas, in *Input, r Rect, name string) (changed, entered bool) {
	t := in.touch(c, name, r)
	inner := r.Inset2(8, 0)
	if t.over {
		in.Cursor(ebiten.CursorShapeText)
	}
	if t.held {
		f.point(in, &t, f.letterAt(c, in.Pos(c).X-inner.X+f.shift))
	}
	if t.focused {
		in.text = true
		before := string(f.text)
		f.edit(in)
		changed = string(f.text) != before
		entered = t.enter || in.TakeKey(ebiten.KeyEnter) || in.TakeKey(ebiten.KeyNumpadEnter)
	}
	f.draw(c, r, inner, t.focused)
	in.focusRing(c, &t, r, radius)
	return changed, entered
}

// point handles a click or the held pointer at a position between letters.
func (f *TextField) point(in *Input, t *touch, at int) {
	if t.down {
		f.whole = in.clicks.n > 1
	}
	switch {
	case t.down && in.clicks.n == 2:
		f.anchor, f.cursor = f.wordEnd(min(at+1, len(f.text)), -1), f.wordEnd(at, 1)
	case t.down && in.clicks.n > 2:
		f.anchor, f.cursor = 0, len(f.text)
	case f.whole:
	case t.down && !in.Shift():
		f.cursor, f.anchor = at, at
	default:
		f.cursor = at
	}
}

// wordEnd returns the end of the word after (1) or before (-1) a position, including
// spaces.
func (f *TextField) wordEnd(at, side int) int {
	letter := func() bool { // next to at
		i := at
		if side < 0 {
			i--
		}
		return i >= 0 && i < len(f.text) && (unicode.IsLetter(f.text[i]) || unicode.IsDigit(f.text[i]))
	}
	for at+side >= 0 && at+side <= len(f.text) && !letter() {
		at += side
	}
	for letter() {
		at += side
	}
	return at
}

// selected returns the text of the selection.
func (f *TextField) selected() string {
	return string(f.text[min(f.cursor, f.anchor):max(f.cursor, f.anchor)])
}

// letterAt returns the position between letters that is nearest to x.
func (f *TextField) letterAt(c *Canvas, x float64) int {
	for i := range f.text {
		a, b := c.Measure(string(f.text[:i]), c.Theme.Body), c.Measure(string(f.text[:i+1]), c.Theme.Body)
		if x < (a+b)/2 {
			return i
		}
	}
	return len(f.text)
}

// edit handles typed text.
func (f *TextField) edit(in *Input) {
	f.cursor, f.anchor = min(f.cursor, len(f.text)), min(f.anchor, len(f.text))
	for _, r := range in.Typed {
		if unicode.IsPrint(r) && !in.Control() {
			f.replace(string(r))
		}
	}
	if in.Control() {
		f.commands(in)
	}
	switch {
	case in.TakeRepeated(ebiten.KeyBackspace):
		f.remove(f.next(in, -1))
	case in.TakeRepeated(ebiten.KeyDelete):
		f.remove(f.next(in, 1))
	case in.TakeRepeated(ebiten.KeyArrowLeft):
		f.move(f.next(in, -1), in.Shift())
	case in.TakeRepeated(ebiten.KeyArrowRight):
		f.move(f.next(in, 1), in.Shift())
	case in.TakeKey(ebiten.KeyHome):
		f.move(0, in.Shift())
	case in.TakeKey(ebiten.KeyEnd):
		f.move(len(f.text), in.Shift())
	}
	// Space is text in a field, not a command.
	in.TakeKey(ebiten.KeySpace)
}

// commands handles keys with Control.
func (f *TextField) commands(in *Input) {
	switch {
	case in.TakeKey(ebiten.KeyA):
		f.anchor, f.cursor = 0, len(f.text)
	case in.TakeKey(ebiten.KeyC), in.TakeKey(ebiten.KeyInsert):
		if f.cursor != f.anchor {
			in.Clipboard.SetText(f.selected())
		}
	case in.TakeKey(ebiten.KeyX):
		if f.cursor != f.anchor {
			in.Clipboard.SetText(f.selected())
			f.replace("")
		}
	case in.TakeKey(ebiten.KeyV):
		f.replace(oneLine(in.Clipboard.Text()))
	}
}

// oneLine makes text fit a line: line breaks become spaces, and unprintable characters
// are removed.
func oneLine(s string) string {
	printed := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.IsPrint(r) {
			return r
		}
		return -1
	}, s)
	return strings.Join(strings.Fields(printed), " ")
}

// next returns the position next to the cursor, or the end of the word with Control.
func (f *TextField) next(in *Input, side int) int {
	if in.Control() {
		return f.wordEnd(f.cursor, side)
	}
	return f.cursor + side
}

// replace replaces the selection.
func (f *TextField) replace(s string) {
	lo, hi := min(f.cursor, f.anchor), max(f.cursor, f.anchor)
	f.text = slices.Replace(f.text, lo, hi, []rune(s)...)
	f.cursor = lo + len([]rune(s))
	f.anchor = f.cursor
}

// remove deletes the selection, or the text between the cursor and a position.
func (f *TextField) remove(to int) {
	if f.cursor == f.anchor {
		f.anchor = max(0, min(len(f.text), to))
	}
	f.replace("")
}

func (f *TextField) move(to int, selecting bool) {
	f.cursor = max(0, min(len(f.text), to))
	if !selecting {
		f.anchor = f.cursor
	}
}

func (f *TextField) draw(c *Canvas, r, inner Rect, focused bool) {
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
	if focused { // no blinking, because an unchanged window is not drawn
		view.Rect(Rect{x - f.shift, 5, 1, inner.H - 10}, c.Theme.Ink)
	}
}
