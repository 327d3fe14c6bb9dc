package panel

import (
	"math"
	"slices"

	"roadloop/desktop/internal/ui"
	"roadloop/planning"
)

// drawProposals draws the considered trajectories as a table. A click, or Enter on a
// marked row, selects one for all panels, or deselects it.
func (p *Decision) drawProposals(c *ui.Canvas, in *ui.Input, r ui.Rect, plan *planning.Plan, has bool) {
	if r.H < 2*decisionLine {
		return
	}
	col := tableColumns(r.W)
	head := r.CutTop(decisionLine)
	c.Label(col.name.in(head), "proposal", c.Theme.Small, ui.Left)
	c.Label(col.score.in(head), "score", c.Theme.Small, ui.Right)
	c.Label(col.why.in(head), "limited by", c.Theme.Small, ui.Left)
	c.Rect(ui.Rect{X: head.X, Y: head.Bottom() - 1, W: head.W, H: 1}, c.Theme.Edge)
	p.scroll -= in.ScrollOver(c, r).Y * 3 * decisionLine
	order, marked := ranked(plan), -1
	if has {
		marked = p.keys(in, plan, order, r.H)
	}
	p.scroll = math.Max(0, math.Min(p.scroll, decisionLine*float64(len(order))-r.H))
	picked, list := p.feed.SelectedPlan.IndexIn(plan), c.Sub(r)
	for k, i := range order {
		row := ui.Rect{Y: decisionLine*float64(k) - p.scroll, W: r.W, H: decisionLine}
		if row.Bottom() <= 0 || row.Y >= r.H {
			continue
		}
		q := &plan.Proposals[i]
		if in.Over(list, row) {
			list.RoundRect(row.Inset2(-2, 0), 3, c.Theme.Hover)
			if in.Click(list, row, ui.Primary) {
				p.pick(PlanRefOf(plan, i))
			}
		}
		drawProposal(list, row, &col, q, i == plan.Chosen)
		if i == picked {
			list.Rect(ui.Rect{X: row.X, Y: row.Y + 1, W: 3, H: row.H - 2}, c.Theme.Accent)
		}
		if k == marked {
			list.RoundFrame(row, 3, 1.5, c.Theme.Accent)
		}
	}
}

// keys moves the mark, scrolls to it, and selects the marked proposal. It returns the
// marked row. Proposals are identified by name, because their rank changes.
func (p *Decision) keys(in *ui.Input, plan *planning.Plan, order []int, height float64) int {
	if len(order) == 0 {
		return -1
	}
	row := max(0, slices.Index(order, p.marked.IndexIn(plan)))
	row, _ = in.Row(row, len(order), max(1, int(height/decisionLine)-1))
	p.marked = PlanRefOf(plan, order[row])
	y := decisionLine * float64(row)
	p.scroll = math.Max(y+decisionLine-height, math.Min(p.scroll, y))
	if in.Activated() {
		p.pick(p.marked)
	}
	return row
}

// pick selects or deselects a proposal.
func (p *Decision) pick(w PlanRef) {
	if p.feed.SelectedPlan == w {
		w = PlanRef{}
	}
	p.feed.SelectedPlan = w
}

// column is a column of the table.
type column struct{ x, w float64 }

func (k column) in(r ui.Rect) ui.Rect { return ui.Rect{X: r.X + k.x, Y: r.Y, W: k.w, H: r.H} }

// table holds the columns of the table.
type table struct{ name, score, bar, why column }

func tableColumns(width float64) table {
	name := math.Min(170, .42*width)
	const score = 40.0
	bar := math.Max(0, math.Min(90, .2*width))
	if width < 320 {
		bar = 24 // the texts need the room
	}
	return table{column{14, name - 14}, column{name, score}, column{name + score + 8, bar}, column{name + score + bar + 16, math.Max(0, width-name-score-bar-16)}}
}

// drawProposal draws a row: a tick for the chosen trajectory, a cross for rejected
// ones.
func drawProposal(c *ui.Canvas, row ui.Rect, k *table, q *planning.Proposal, chosen bool) {
	ink, col := c.Theme.Ink, c.Theme.Warning
	out := q.Score < .01
	switch {
	case chosen:
		col = c.Theme.Plan
		c.RoundRect(row.Inset2(-2, 0), 3, ui.Alpha(col, .18))
		c.Tick(ui.Point{X: row.X + 6, Y: row.Y + 8.5}, 4, 1.8, ui.Mix(col, ink, .3))
	case out:
		ink, col = c.Theme.Faint, c.Theme.Bad
		c.Cross(ui.Point{X: row.X + 6, Y: row.Y + 8.5}, 3.2, 1.5, col)
	}
	style := c.Theme.Small.In(ink)
	c.Label(k.name.in(row), q.Name, style, ui.Left)
	score := Quantity(q.Score, 2, "")
	if out {
		score = "out"
	}
	c.Label(k.score.in(row), score, c.Theme.Number.In(ink), ui.Right)
	if bar := k.bar.in(row); bar.W > 20 {
		bar.Y, bar.H = bar.Y+6, 5
		c.RoundRect(bar, 2.5, c.Theme.Raised)
		bar.W *= math.Max(0, math.Min(1, q.Score))
		c.RoundRect(bar, 2.5, col)
	}
	c.Label(k.why.in(row), q.DecidingTerm, style, ui.Left)
}
