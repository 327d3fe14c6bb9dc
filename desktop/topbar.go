package desktop

import (
	"fmt"

	"roadloop/desktop/internal/ui"
)

// Heights of the bars.
const (
	barHeight       = 38
	transportHeight = 66
)

// bars are the bars of the drive screen: the drive and its driver at the top, playback and
// timeline at the bottom.
type bars struct {
	*shell
	drive  *drive
	panels *panels
	files  *fileDialog
	help   *help
	whatIf *whatIf
	leave  func() // returns to the library
}

// drawTop draws the case, the driver and the verdict.
func (b *bars) drawTop(c *ui.Canvas) {
	c.Fill(c.Theme.Surface)
	r := c.Bounds().Inset2(8, 6)
	c = c.Scoped("top")
	if ui.Button(c, b.in, r.CutLeft(96), "Scenarios") {
		b.leave()
	}
	r.CutLeft(6)
	b.files.openButton(c, r.CutLeft(66))
	r.CutLeft(10)
	b.drawMenus(c, &r)
	v := b.drive.shown()
	if v.tape == nil {
		return
	}
	text, level := b.drive.verdict.update(v.tape).words()
	col := c.Theme.Good
	if level == ui.Failure {
		col = c.Theme.Bad
	}
	title := b.drive.setup.Case.Scenario.Name
	facts := "seed " + b.drive.setup.Case.Label() + "  ·  " + b.drive.who(&v)
	chip := r.CutRight(min(.45*r.W, c.Measure(text, c.Theme.Body)+34)) // the most important one
	r.CutRight(10)
	width := c.Measure(title, c.Theme.Title)
	c.Label(r.CutLeft(min(max(.4*r.W, r.W-c.Measure(facts, c.Theme.Body)-14), width+4)), title, c.Theme.Title, ui.Left)
	r.CutLeft(10)
	c.Label(r, facts, c.Theme.Body.In(c.Theme.Faint), ui.Left)
	c.RoundRect(chip, 4, ui.Alpha(col, .18))
	whole := chip
	mark := chip.CutLeft(24).Center()
	drawMark(c, mark, level, col)
	c.Label(chip, text, c.Theme.Body, ui.Left)
	b.in.Tooltip(c, whole, text)
}

// drawMark draws a tick or a cross.
func drawMark(c *ui.Canvas, at ui.Point, level ui.Level, col ui.Color) {
	if level == ui.Failure {
		c.Cross(at, 4, 2, col)
		return
	}
	c.Tick(at, 5, 2, col)
}

// drawMenus draws the View menu and the help button.
func (b *bars) drawMenus(c *ui.Canvas, r *ui.Rect) {
	view := r.CutLeft(64)
	if ui.Button(c, b.in, view, "View") {
		b.in.OpenMenu(c, "view", ui.Point{X: view.X, Y: view.Bottom() + 2})
	}
	var items []ui.MenuItem
	all := b.panels.dock.Panels()
	if b.in.MenuOpen(c, "view") {
		for i, p := range all {
			item := ui.MenuItem{Label: p.Title(), Checked: b.panels.dock.Visible(p.Name())}
			if i < 9 {
				item.Key = fmt.Sprint(i + 1)
			}
			items = append(items, item)
		}
		items = append(items, ui.MenuItem{Label: "Reset layout", Key: "0"})
	}
	if i, ok := b.in.Menu(c, "view", items); ok && i < len(all) {
		b.panels.dock.Toggle(all[i].Name())
	} else if ok {
		b.panels.reset()
	}
	r.CutLeft(6)
	b.help.button(c, r.CutLeft(56))
	r.CutLeft(14)
}
