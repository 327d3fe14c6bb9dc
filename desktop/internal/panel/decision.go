package panel

import (
	"math"
	"slices"

	"roadloop/desktop/internal/ui"
	"roadloop/planning"
	"roadloop/scenarios/timeline"
	"roadloop/sim/vehicle"
)

// Decision is the panel that explains the driver's decision: what limits the
// speed, the considered trajectories with their scores, the controller's command, and
// interventions of the guard.
type Decision struct {
	feed   *Feed
	rss    vehicle.RSS
	scroll float64 // of the table, points
	marked PlanRef // proposal marked by keys
}

// NewDecision returns the panel of a feed.
func NewDecision(feed *Feed) *Decision {
	return &Decision{feed: feed, rss: vehicle.ConservativeRSS()}
}

// Name returns the panel's key.
func (p *Decision) Name() string { return "decision" }

// Title returns the panel's title.
func (p *Decision) Title() string { return "Decision" }

const decisionLine = 17.0

// Draw explains the shown decision.
func (p *Decision) Draw(c *ui.Canvas, in *ui.Input) {
	c.Fill(c.Theme.Surface)
	f := p.feed.Frame()
	switch {
	case f == nil:
		Empty(c, "No drive yet.")
		return
	case f.Plan == nil:
		Empty(c, "This driver has no decision to show.")
		return
	}
	has := in.FocusArea(c, "proposals")
	r := c.Bounds().Inset2(10, 8)
	p.drawReason(c, &r, f)
	p.drawGuard(c, &r, f)
	drawCommand(c, &r, f.Want, f)
	r.CutTop(4)
	p.drawProposals(c, in, r, f.Plan, has)
	if has {
		c.FocusRing()
	}
}

// drawReason writes what limits the speed.
func (p *Decision) drawReason(c *ui.Canvas, r *ui.Rect, f *timeline.Step) {
	head := r.CutTop(26)
	style := c.Theme.Heading
	style.Size = 17
	reason := f.Plan.Reason
	if f.Overridden {
		c.Label(r.CutTop(decisionLine), "A human drives. The plan has no effect.", c.Theme.Small, ui.Left)
	}
	for style.Size > 12 && c.Measure(reason, style) > head.W-12 {
		style.Size--
	}
	col := c.Theme.Plan
	if f.Plan.Emergency {
		col = c.Theme.Bad
	}
	c.RoundRect(ui.Rect{X: head.X, Y: head.Y + 3, W: 4, H: 18}, 2, col)
	head.CutLeft(12)
	c.Label(head, reason, style, ui.Left)
}

// drawGuard writes the state of the guard, and the RSS distance to the nearest track
// ahead.
func (p *Decision) drawGuard(c *ui.Canvas, r *ui.Rect, f *timeline.Step) {
	row := r.CutTop(22)
	col, text := c.Theme.Good, "Guard: inactive"
	if f.Guard.Active {
		col, text = c.Theme.Bad, "Guard: "+f.Guard.Reason
	}
	badge := ui.Rect{X: row.X, Y: row.Y + 2, W: min(row.W, c.Measure(text, c.Theme.Title)+26), H: 18}
	c.RoundRect(badge, 9, ui.Alpha(col, .22))
	if f.Guard.Active {
		warningTriangle(c, ui.Point{X: badge.X + 11, Y: badge.Y + 9}, col)
	} else {
		c.Ring(ui.Point{X: badge.X + 11, Y: badge.Y + 9}, 3.4, 1.6, col)
	}
	label := badge
	label.CutLeft(20)
	c.Label(label, text, c.Theme.Title.In(col), ui.Left)
	if f.Scene == nil {
		return
	}
	row = r.CutTop(decisionLine)
	if m, ok := marginOf(f, &p.rss); ok {
		p.drawMargin(c, row, &m)
	} else {
		c.Label(row, "RSS: path clear", c.Theme.Small, ui.Left)
	}
}

// warningTriangle draws a warning triangle.
func warningTriangle(c *ui.Canvas, at ui.Point, col ui.Color) {
	c.Polygon([]ui.Point{{X: at.X, Y: at.Y - 5}, {X: at.X + 5, Y: at.Y + 4}, {X: at.X - 5, Y: at.Y + 4}}, col)
}

// drawMargin draws the gap to a track as a bar, with a mark at the RSS distance.
func (p *Decision) drawMargin(c *ui.Canvas, row ui.Rect, m *Margin) {
	text := "RSS gap to " + m.Name + ": " + Quantity(m.Gap, 0, "m") + " of " + Quantity(m.Needed, 0, "m")
	col := c.Theme.Good
	if m.Gap < m.Needed {
		col, text = c.Theme.Bad, text+", too close"
	}
	label := row.CutLeft(min(row.W*.7, c.Measure(text, c.Theme.Small)+10))
	c.Label(label, text, c.Theme.Small.In(c.Theme.Ink), ui.Left)
	if row.W < 40 {
		return
	}
	full := math.Max(1.5*m.Needed, 20)
	bar := ui.Rect{X: row.X, Y: row.Y + 5, W: row.W, H: 7}
	c.RoundRect(bar, 3, c.Theme.Raised)
	c.RoundRect(ui.Rect{X: bar.X, Y: bar.Y, W: bar.W * math.Min(1, m.Gap/full), H: bar.H}, 3, col)
	c.Rect(ui.Rect{X: bar.X + bar.W*m.Needed/full, Y: bar.Y - 2, W: 2, H: bar.H + 4}, c.Theme.Ink)
}

// drawCommand compares the wanted command with the executed one.
func drawCommand(c *ui.Canvas, r *ui.Rect, want vehicle.Command, f *timeline.Step) {
	write := func(name string, cmd vehicle.Command, style ui.Style) {
		row := r.CutTop(decisionLine)
		c.Label(row.CutLeft(min(64, .4*row.W)), name, c.Theme.Small, ui.Left)
		text := Quantity(cmd.Accel, 2, "m/s²") + "   " + Quantity(cmd.Steer*180/math.Pi, 1, "°")
		w := c.Measure(text, c.Theme.Number)
		if w > row.W { // no room for the unit
			text = Quantity(cmd.Accel, 1, "") + " " + Quantity(cmd.Steer*180/math.Pi, 1, "") + "°"
			style.Size = c.Theme.Small.Size
		}
		c.Label(row, text, style, ui.Left)
		row.CutLeft(w + 10)
		if row.W > 60 {
			pedal(c, row, cmd.Accel)
		}
	}
	write("wanted", want, c.Theme.Number)
	style := c.Theme.Number
	if f.Command != want {
		style = style.In(c.Theme.Warning)
	}
	name := "command"
	if f.Overridden {
		name = "manual"
	}
	write(name, f.Command, style)
}

// pedal draws an acceleration as a bar from the center, to the right if positive.
func pedal(c *ui.Canvas, row ui.Rect, accel float64) {
	const most = 9.0 // m/s²
	bar := ui.Rect{X: row.X, Y: row.Y + 5, W: row.W, H: 7}
	c.RoundRect(bar, 3, c.Theme.Raised)
	mid := bar.X + bar.W/2
	w := bar.W / 2 * math.Min(1, math.Abs(accel)/most)
	if accel >= 0 {
		c.Rect(ui.Rect{X: mid, Y: bar.Y, W: w, H: bar.H}, c.Theme.Good)
	} else {
		c.Rect(ui.Rect{X: mid - w, Y: bar.Y, W: w, H: bar.H}, c.Theme.Bad)
	}
	c.Rect(ui.Rect{X: mid, Y: bar.Y - 1, W: 1, H: bar.H + 2}, c.Theme.Ink)
}

// ranked returns the indices of the proposals, the chosen one first, then by score.
func ranked(plan *planning.Plan) []int {
	order := make([]int, len(plan.Proposals))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case a == plan.Chosen && b != plan.Chosen:
			return -1
		case b == plan.Chosen && a != plan.Chosen:
			return 1
		case plan.Proposals[a].Score > plan.Proposals[b].Score:
			return -1
		case plan.Proposals[a].Score < plan.Proposals[b].Score:
			return 1
		}
		return 0
	})
	return order
}
