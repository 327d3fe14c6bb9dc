package ui

import "github.com/hajimehoshi/ebiten/v2"

// MenuItem is an item of a menu.
type MenuItem struct {
	Label   string
	Key     string // shortcut
	Checked bool
	Off     bool // disabled
}

// menu is the open menu. At most one is open.
type menu struct {
	id        uint64
	at        Point // in the window
	highlight int
	fresh     bool // opened in this frame
	// picked is the selected item of the last frame, for the widget with this ID.
	picked   int
	pickedID uint64
}

const menuRow = 24

// OpenMenu opens the menu with a name with its upper left corner at a point.
func (in *Input) OpenMenu(c *Canvas, name string, at Point) {
	in.menu = menu{id: hash(c.scope, "menu:"+name), at: at.Add(Point{c.area.X, c.area.Y}), highlight: -1, fresh: true}
}

// MenuOpen reports whether the menu with a name is open.
func (in *Input) MenuOpen(c *Canvas, name string) bool {
	return in.menu.id == hash(c.scope, "menu:"+name)
}

// Menu shows the menu with a name while it is open, and returns the selected item. Call
// it in every frame.
func (in *Input) Menu(c *Canvas, name string, items []MenuItem) (picked int, ok bool) {
	id := hash(c.scope, "menu:"+name)
	if in.menu.pickedID == id {
		in.menu.pickedID = 0
		return in.menu.picked, true
	}
	if in.menu.id != id || len(items) == 0 {
		return 0, false
	}
	all := Rect{W: 1e6, H: 1e6}
	in.Overlay(all, true, func(c *Canvas) { in.drawMenu(c, items) })
	return 0, false
}

// ContextMenu opens a menu on a click of the secondary button in a rectangle, and
// returns the selected item.
func (in *Input) ContextMenu(c *Canvas, r Rect, name string, items []MenuItem) (picked int, ok bool) {
	if in.Click(c, r, Secondary) {
		in.OpenMenu(c, name, in.Pos(c))
	}
	return in.Menu(c, name, items)
}

// drawMenu draws the open menu and handles its input.
func (in *Input) drawMenu(c *Canvas, items []MenuItem) {
	r := c.menuArea(in.menu.at, items)
	c.RoundRect(Rect{r.X + 2, r.Y + 3, r.W, r.H}, 6, Alpha(RGB(0, 0, 0), .4))
	c.Plate(r, 6, c.Theme.Raised, c.Theme.Edge)
	moved := in.Pos(c) != in.dragFrom
	for i, item := range items {
		row := Rect{r.X + 4, r.Y + 4 + float64(i)*menuRow, r.W - 8, menuRow}
		if in.Over(c, row) && moved {
			in.menu.highlight = i
		}
		c.drawMenuItem(row, &item, i == in.menu.highlight && !item.Off)
	}
	in.useMenu(c, r, items)
}

// useMenu selects an item and closes the menu.
func (in *Input) useMenu(c *Canvas, r Rect, items []MenuItem) {
	m := &in.menu
	if m.fresh {
		m.fresh = false
		return
	}
	m.highlight = in.stepKeys(m.highlight, len(items), ebiten.KeyArrowUp, ebiten.KeyArrowDown)
	enter := in.TakeKey(ebiten.KeyEnter) || in.TakeKey(ebiten.KeySpace)
	// An item is selected by a press or by a release.
	if in.Over(c, r) && in.Released[Primary] {
		m.highlight, enter = int((in.Pos(c).Y-r.Y-4)/menuRow), true
	}
	for b := range in.Clicked {
		if in.Clicked[b] && !in.Over(c, r) {
			m.id = 0
		}
		in.clicked[b] = true
	}
	if in.TakeKey(ebiten.KeyEscape) {
		m.id = 0
	}
	if h := m.highlight; enter && h >= 0 && h < len(items) && !items[h].Off {
		m.picked, m.pickedID, m.id = h, m.id, 0
	}
}

func (c *Canvas) drawMenuItem(row Rect, item *MenuItem, lit bool) {
	if lit {
		c.RoundRect(row, radius, c.Theme.Series[5])
	}
	ink := c.Theme.Ink
	if item.Off {
		ink = Alpha(c.Theme.Faint, .6)
	}
	mark := row.CutLeft(22).Center()
	if item.Checked {
		c.Tick(mark, 4, 1.8, ink)
	}
	row.CutRight(8)
	c.Label(row, item.Key, c.Theme.Small, Right)
	c.Label(row, item.Label, c.Theme.Body.In(ink), Left)
}

// menuArea returns the area of a menu that is opened at a point. It lies inside the
// window.
func (c *Canvas) menuArea(at Point, items []MenuItem) Rect {
	w := 120.0
	for i := range items {
		need := c.Measure(items[i].Label, c.Theme.Body) + 42
		if items[i].Key != "" {
			need += c.Measure(items[i].Key, c.Theme.Small) + 18
		}
		w = max(w, need)
	}
	h := float64(len(items))*menuRow + 8
	return Rect{max(0, min(at.X, c.clip.W-w-2)), max(0, min(at.Y, c.clip.H-h-2)), w, h}
}
