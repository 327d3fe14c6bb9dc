package desktop

import (
	"fmt"

	"roadloop/desktop/internal/ui"
	"roadloop/scenarios/runner"
	"roadloop/scenarios/timeline"
)

// Heights of the bars.
const (
	barHeight       = 38
	transportHeight = 66
)

// cachedVerdict caches the verdict so far. It is computed only now and then, because its cost
// grows with the length of the drive.
type cachedVerdict struct {
	tape    *timeline.Timeline
	at      int
	verdict runner.Verdict
	over    bool
}

// judgeEvery is the number of decisions between verdicts.
const judgeEvery = 10

// update returns the verdict of a timeline so far.
func (j *cachedVerdict) update(t *timeline.Timeline) *cachedVerdict {
	n, over := t.Len(), t.Over()
	if j.tape != t || n-j.at >= judgeEvery || over && !j.over {
		*j = cachedVerdict{t, n, t.Verdict(), over}
	}
	return j
}

// words returns the verdict for the top bar.
func (j *cachedVerdict) words() (text string, level ui.Level) {
	switch {
	case !j.verdict.Passed && (j.over || j.failedAlready()):
		return "failed: " + j.verdict.Reason, ui.Failure
	case j.over:
		return "passed", ui.Info
	}
	return "no failure so far", ui.Info
}

// failedAlready reports whether the first failure lies in the past. Expectations that
// are not met yet can still be met.
func (j *cachedVerdict) failedAlready() bool {
	return j.verdict.At.Seconds() < j.verdict.Duration-1e-9
}

// drawTop draws the case, the driver and the verdict.
func (w *Window) drawTop(c *ui.Canvas) {
	c.Fill(c.Theme.Surface)
	r := c.Bounds().Inset2(8, 6)
	c = c.Scoped("top")
	if ui.Button(c, w.in, r.CutLeft(96), "Scenarios") {
		w.showLibrary()
	}
	r.CutLeft(6)
	open := r.CutLeft(66)
	if ui.Button(c, w.in, open, "Open…") {
		w.askOpen()
	}
	w.in.Tooltip(c, open, "Open a scenario or a trace (Ctrl+O)")
	r.CutLeft(10)
	w.drawMenus(c, &r)
	v := w.shown()
	if v.tape == nil {
		return
	}
	text, level := w.verdict.update(v.tape).words()
	col := c.Theme.Good
	if level == ui.Failure {
		col = c.Theme.Bad
	}
	title := w.setup.Case.Scenario.Name
	facts := "seed " + w.setup.Case.Label() + "  ·  " + w.who(&v)
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
	w.in.Tooltip(c, whole, text)
}

// drawMark draws a tick or a cross.
func drawMark(c *ui.Canvas, at ui.Point, level ui.Level, col ui.Color) {
	if level == ui.Failure {
		c.Line(at.Add(ui.Point{X: -4, Y: -4}), at.Add(ui.Point{X: 4, Y: 4}), 2, col)
		c.Line(at.Add(ui.Point{X: -4, Y: 4}), at.Add(ui.Point{X: 4, Y: -4}), 2, col)
		return
	}
	c.Polyline([]ui.Point{at.Add(ui.Point{X: -5}), at.Add(ui.Point{X: -1, Y: 4}), at.Add(ui.Point{X: 5, Y: -5})}, 2, col)
}

// who returns who has control at the shown time.
func (w *Window) who(v *view) string {
	who := v.tape.DriverIDAt(v.at).String()
	f := v.tape.StepAt(v.at)
	switch {
	case v.manual && (f == nil || f.Overridden || v.at >= v.tape.Len()-1):
		who = "you drive (Enter hands back)"
	case f != nil && f.Overridden:
		who = "human (" + who + " overridden)"
	}
	if w.trace {
		who = "recorded  ·  " + who
	}
	return who
}

// drawMenus draws the View menu and the help button.
func (w *Window) drawMenus(c *ui.Canvas, r *ui.Rect) {
	view := r.CutLeft(64)
	if ui.Button(c, w.in, view, "View") {
		w.in.OpenMenu(c, "view", ui.Point{X: view.X, Y: view.Bottom() + 2})
	}
	var items []ui.MenuItem
	all := w.dock.Panels()
	if w.in.MenuOpen(c, "view") {
		for i, p := range all {
			item := ui.MenuItem{Label: p.Title(), Checked: w.dock.Visible(p.Name())}
			if i < 9 {
				item.Key = fmt.Sprint(i + 1)
			}
			items = append(items, item)
		}
		items = append(items, ui.MenuItem{Label: "Reset layout", Key: "0"})
	}
	if i, ok := w.in.Menu(c, "view", items); ok && i < len(all) {
		w.dock.Toggle(all[i].Name())
	} else if ok {
		w.standardLayout()
	}
	r.CutLeft(6)
	if ui.Button(c, w.in, r.CutLeft(56), "Help") {
		w.toggleHelp()
	}
	r.CutLeft(14)
}
