package ui

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/hajimehoshi/ebiten/v2"
)

// List selects one of many items. While it has the focus, typed text filters the items.
// The zero value is ready to use.
type List struct {
	Selected int // index of an item, -1 for none
	Filter   string
	// RowHeight is the height of an item; 0 for one text line.
	RowHeight float64
	// Row draws an item, if set; otherwise its text is drawn.
	Row func(c *Canvas, r Rect, i int)

	scroll  Scroll
	visible []int // indices of the filtered items
	follow  bool  // scroll to the selection
}

// Draw shows the list. changed reports a new selection, entered that an item was
// activated by Enter or by a click on the selected item.
func (l *List) Draw(c *Canvas, in *Input, r Rect, name string, items []string) (changed, entered bool) {
	if l.RowHeight == 0 {
		l.RowHeight = 24
	}
	t := touch{id: hash(c.scope, name)}
	in.places = append(in.places, t.id)
	in.focusable(&t)
	before := l.Selected
	if t.focused {
		entered = l.keys(in, r.H, items)
	}
	l.applyFilter(items)
	if l.Filter != "" {
		head := r.CutTop(22)
		c.Label(head.Inset2(8, 0), "filter: "+l.Filter, c.Theme.Small.In(c.Theme.Accent), Left)
	}
	if l.follow {
		l.follow = false
		y := float64(l.place()) * l.RowHeight
		l.scroll.Show(y, y+l.RowHeight, r.H)
	}
	c.RoundRect(r, radius, Mix(c.Theme.Surface, c.Theme.Background, .5))
	l.scroll.Draw(c, in, r, name, float64(len(l.visible))*l.RowHeight, func(c *Canvas) {
		if l.rows(c, in, r.H, &t, items) {
			entered = true
		}
	})
	if len(l.visible) == 0 {
		c.Label(r, "no items", c.Theme.Small, Middle)
	}
	in.focusRing(c, &t, r, radius)
	return l.Selected != before, entered
}

// rows draws the visible items and handles clicks.
func (l *List) rows(c *Canvas, in *Input, view float64, t *touch, items []string) (entered bool) {
	first := max(0, int(l.scroll.Offset/l.RowHeight))
	last := min(len(l.visible), int((l.scroll.Offset+view)/l.RowHeight)+1)
	for v := first; v < last; v++ {
		i := l.visible[v]
		row := Rect{2, float64(v) * l.RowHeight, c.Bounds().W - 4, l.RowHeight}
		if in.Click(c, row, Primary) {
			entered = l.Selected == i && t.focused
			l.Selected = i
			in.focus, in.seen = t.id, true
		}
		switch {
		case i == l.Selected:
			c.RoundRect(row, radius, Mix(c.Theme.Series[5], c.Theme.Surface, .35))
			c.Rect(Rect{row.X, row.Y + 3, 3, row.H - 6}, c.Theme.Accent)
		case in.Over(c, row):
			c.RoundRect(row, radius, c.Theme.Hover)
		}
		if l.Row != nil {
			l.Row(c, row, i)
		} else {
			c.Label(row.Inset2(10, 0), items[i], c.Theme.Body, Left)
		}
	}
	return entered
}

// keys moves the selection and edits the filter.
func (l *List) keys(in *Input, view float64, items []string) (entered bool) {
	in.text = true
	if row, ok := in.Row(l.place(), len(l.visible), max(1, int(view/l.RowHeight)-1)); ok {
		l.choose(row)
	}
	old := l.Filter
	for _, r := range in.Typed {
		if unicode.IsPrint(r) && (r != ' ' || l.Filter != "") {
			l.Filter += string(r)
		}
	}
	if l.Filter != "" && in.TakeRepeated(ebiten.KeyBackspace) {
		_, n := utf8.DecodeLastRuneInString(l.Filter)
		l.Filter = l.Filter[:len(l.Filter)-n]
	}
	if l.Filter != "" && in.TakeKey(ebiten.KeyEscape) {
		l.Filter = ""
	}
	if l.Filter != old {
		l.applyFilter(items)
		l.choose(l.place())
	}
	return l.Selected >= 0 && in.Activated()
}

// applyFilter applies the filter.
func (l *List) applyFilter(items []string) {
	l.visible = l.visible[:0]
	want := strings.ToLower(l.Filter)
	for i, s := range items {
		if want == "" || strings.Contains(strings.ToLower(s), want) {
			l.visible = append(l.visible, i)
		}
	}
	if l.Selected >= len(items) {
		l.Selected = len(items) - 1
	}
}

// place returns the position of the selected item among the filtered ones, or 0.
func (l *List) place() int {
	for v, i := range l.visible {
		if i >= l.Selected {
			return v
		}
	}
	return max(0, len(l.visible)-1)
}

// choose selects an item by its position among the filtered ones.
func (l *List) choose(v int) {
	if len(l.visible) > 0 {
		l.Selected = l.visible[max(0, min(v, len(l.visible)-1))]
		l.follow = true
	}
}

// step moves the selection by a number of rows.
func (l *List) step(items []string, by int) {
	l.applyFilter(items)
	at := l.place() + by
	if l.Selected < 0 {
		at = 0
	}
	l.choose(at)
}

// focused reports whether the list with a name on a canvas has the focus.
func (l *List) focused(c *Canvas, in *Input, name string) bool {
	return in.KeysAllowed() && in.focus == hash(c.scope, name)
}

// Reveal scrolls to the selected item in the next frame.
func (l *List) Reveal() { l.follow = true }
