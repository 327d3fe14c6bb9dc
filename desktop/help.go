package desktop

import (
	"github.com/hajimehoshi/ebiten/v2"

	"roadloop/desktop/internal/ui"
)

// help is the dialog that shows all keys.
type help struct {
	*shell
	keys   *keymap
	shown  bool
	scroll ui.Scroll
}

func (h *help) toggle() { h.shown = !h.shown }

// button draws the button that opens the dialog.
func (h *help) button(c *ui.Canvas, r ui.Rect) {
	if ui.Button(c, h.in, r, "Help") {
		h.toggle()
	}
}

// draw shows all keys, from the table that also dispatches them.
func (h *help) draw() {
	if !h.shown {
		return
	}
	const gutter = 24
	rows := h.keys.helpRows()
	left, high := split(rows)
	if h.in.Dialog("Keys", 940, min(high+112, h.size.Y-20), func(c *ui.Canvas) {
		r := c.Bounds()
		c.Label(r.CutTop(18), "Take over with the arrow keys, W A S D or a gamepad. Tab moves through buttons and panels, Esc leaves them.",
			c.Theme.Body.In(c.Theme.Faint), ui.Left)
		r.CutTop(8)
		h.scroll.Draw(c, h.in, r, "keys", high, func(c *ui.Canvas) {
			all := c.Bounds()
			column := all.CutLeft((all.W - gutter) / 2)
			all.CutLeft(gutter)
			for i, row := range rows {
				if i == left {
					column = all
				}
				row.draw(c, column.CutTop(row.height()))
			}
		})
		h.scroll.Keys(c, h.in, r, "keys")
		if h.in.TakeKey(ebiten.KeyH) || h.in.TakeKey(ebiten.KeyF1) { // the key that opened it
			h.shown = false
		}
	}) {
		h.shown = false
	}
}

// split divides the rows into two columns of similar height. The second column begins
// with a heading.
func split(rows []helpRow) (at int, high float64) {
	total := 0.0
	for i := range rows {
		total += rows[i].height()
	}
	at, high = len(rows), total
	sum := 0.0
	for i := range rows {
		if h := max(sum, total-sum); rows[i].heading && h < high {
			at, high = i, h
		}
		sum += rows[i].height()
	}
	return at, high
}

// helpRow is a line of the help.
type helpRow struct {
	heading   bool
	key, text string
}

func (r *helpRow) height() float64 {
	if r.heading {
		return 30
	}
	return 22
}

func (r *helpRow) draw(c *ui.Canvas, area ui.Rect) {
	if r.heading {
		area.CutTop(6)
		c.Label(area, r.text, c.Theme.Title.In(c.Theme.Accent), ui.Left)
		return
	}
	key := area.CutLeft(108)
	chip := ui.Rect{X: key.X, Y: key.Y + 2, W: c.Measure(r.key, c.Theme.Number) + 12, H: 18}
	c.Plate(chip, 3, c.Theme.Raised, c.Theme.Edge)
	c.Label(chip, r.key, c.Theme.Number, ui.Middle)
	c.Label(area, r.text, c.Theme.Body, ui.Left)
}

func (m *keymap) helpRows() []helpRow {
	rows := []helpRow{{heading: true, text: "Scenarios"},
		{key: "/", text: "Search (also Ctrl F)"},
		{key: "Arrows, Enter", text: "Select a scenario and drive it"}}
	group := ""
	for i := range m.commands {
		k := &m.commands[i]
		if k.group != group {
			group = k.group
			rows = append(rows, helpRow{heading: true, text: group})
			if group == "Panels" {
				rows = append(rows,
					helpRow{key: "F6, Shift F6", text: "Focus the next or previous panel"},
					helpRow{key: "Arrows", text: "In a panel: select an item; Enter activates it"},
					helpRow{key: "← → ↑ ↓", text: "In the plots and the policy: previous and next step; scroll"},
					helpRow{key: "Shift arrows", text: "In a panel: pan the map or the time axis; + and − zoom"},
					helpRow{key: "Arrows, Del", text: "On a panel title: move it, hide it; with Shift resize it"},
					helpRow{key: "1 … 9", text: "Show or hide a panel, in the order of the View menu"})
			}
		}
		rows = append(rows, helpRow{key: k.keyName(), text: k.label})
	}
	return rows
}
