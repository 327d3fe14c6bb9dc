package desktop

import (
	"math"

	"roadloop/desktop/ui"
)

// drawHelp shows all keys, from the table that they are dispatched by.
func (w *Window) drawHelp() {
	const row, head, columns = 22, 30, 2
	rows := w.helpRows()
	height := 0.0
	for _, r := range rows {
		height += r.height()
	}
	h := math.Ceil(height/columns) + 110
	if w.in.Dialog("Keys", 900, h, func(c *ui.Canvas) {
		c.Label(ui.Rect{W: c.Bounds().W, H: 18}, "Arrow keys or W A S D take the wheel, as does a gamepad. Tab goes through buttons, Enter pushes them.",
			c.Theme.Body.In(c.Theme.Faint), ui.Left)
		x, y, wide := 0.0, 28.0, c.Bounds().W/columns
		for i, r := range rows {
			// A heading never stands alone at the foot of a column.
			if y > 28+height/columns && r.heading && x == 0 && i > 0 {
				x, y = wide, 28
			}
			r.draw(c, ui.Rect{X: x, Y: y, W: wide - 20, H: r.height()})
			y += r.height()
		}
	}) {
		w.help = false
	}
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
	c.RoundRect(chip, 3, c.Theme.Raised)
	c.RoundFrame(chip, 3, 1, c.Theme.Edge)
	c.Label(chip, r.key, c.Theme.Number, ui.Middle)
	c.Label(area, r.text, c.Theme.Body, ui.Left)
}

// helpRows returns the lines of the help.
func (w *Window) helpRows() []helpRow {
	var rows []helpRow
	group := ""
	for i := range w.commands {
		k := &w.commands[i]
		if k.group != group {
			group = k.group
			rows = append(rows, helpRow{heading: true, text: group})
			if group == "Panels" {
				rows = append(rows, helpRow{key: "1 … 9", text: "Show or hide a panel, in the order of the View menu"})
			}
		}
		rows = append(rows, helpRow{key: k.keyName(), text: k.label})
	}
	return rows
}
