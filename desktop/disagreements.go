package desktop

import (
	"math"

	"roadloop/desktop/internal/panel"
	"roadloop/desktop/internal/ui"
	"roadloop/scenarios/timeline"
	"roadloop/sim/clock"
	"roadloop/sim/vehicle"
)

// disagreements is the panel that lists where the driver's commands differ from the human's.
type disagreements struct {
	drive *drive
	tape  *timeline.Timeline
	n     int
	list  []timeline.Disagreement
	rows  []string
	box   ui.List
}

func (p *disagreements) Name() string  { return shadowPanel }
func (p *disagreements) Title() string { return "Disagreements" }

// Draw shows the list. A click seeks to the disagreement.
func (p *disagreements) Draw(c *ui.Canvas, in *ui.Input) {
	v := p.drive.shown()
	if v.tape == nil {
		return
	}
	p.update(v.tape)
	if len(p.list) == 0 {
		c.Paragraph(c.Bounds().Inset(12), "While you drive, the driver keeps deciding. This panel lists where its commands differ from yours.",
			c.Theme.Body.In(c.Theme.Faint))
		return
	}
	p.box.RowHeight = 58
	p.box.Row = func(c *ui.Canvas, r ui.Rect, i int) { p.drawRow(c, r.Inset2(10, 2), i) }
	if changed, entered := p.box.Draw(c, in, c.Bounds().Inset(2), "list", p.rows); changed || entered {
		p.drive.player.seek(int(p.list[p.box.Selected].At / clock.DriverPeriod))
	}
}

// update updates the disagreements as the drive advances.
func (p *disagreements) update(t *timeline.Timeline) {
	if n := t.Len(); p.tape != t || n-p.n >= judgeEvery || t.Over() && n != p.n {
		if p.tape != t {
			p.box.Selected = -1
		}
		p.tape, p.n, p.list = t, n, t.Disagreements(timeline.DefaultThresholds())
		p.rows = p.rows[:0]
		for _, d := range p.list {
			p.rows = append(p.rows, d.String())
		}
	}
}

func (p *disagreements) drawRow(c *ui.Canvas, r ui.Rect, i int) {
	d := &p.list[i]
	head := r.CutTop(18)
	what := "pedals"
	switch {
	case d.Steering && d.Longitudinal:
		what = "steering and pedals"
	case d.Steering:
		what = "steering"
	}
	c.Label(head.CutLeft(70), d.At.String(), c.Theme.Number, ui.Left)
	c.Label(head, what, c.Theme.Title, ui.Left)
	c.Label(r.CutTop(17), "you "+formatCommand(d, &d.Override)+", the driver "+formatCommand(d, &d.Driver), c.Theme.Body, ui.Left)
	c.Label(r.CutTop(17), d.Reason, c.Theme.Small, ui.Left)
}

// formatCommand formats the part of a command that differs.
func formatCommand(d *timeline.Disagreement, c *vehicle.Command) string {
	accel := panel.Quantity(c.Accel, 1, "m/s²")
	steer := panel.Quantity(c.Steer*180/math.Pi, 1, "") + "°"
	switch {
	case d.Steering && d.Longitudinal:
		return accel + ", " + steer
	case d.Steering:
		return steer
	}
	return accel
}
