package desktop

import (
	"fmt"

	"roadloop/desktop/internal/ui"
	"roadloop/scenarios/runner"
	"roadloop/scenarios/timeline"
)

// cachedComparison caches the comparison of two branches. It is updated as they advance.
type cachedComparison struct {
	a, b  *timeline.Timeline
	n     int
	found timeline.Comparison
}

// update compares the common part of two drives.
func (k *cachedComparison) update(a, b *timeline.Timeline) *cachedComparison {
	n := min(a.Len(), b.Len())
	if k.a != a || k.b != b || n-k.n >= judgeEvery || a.Over() && b.Over() && n != k.n {
		*k = cachedComparison{a, b, n, timeline.Compare(a, b)}
	}
	return k
}

// comparison is the panel that compares the two branches.
type comparison struct {
	panels *panels
	cache  cachedComparison
	scroll ui.Scroll
	height float64
}

func (p *comparison) Name() string  { return comparePanel }
func (p *comparison) Title() string { return "Branches" }

// Draw shows what was changed, the first layer that differs, and both results.
func (p *comparison) Draw(c *ui.Canvas, in *ui.Input) {
	v := p.panels.drive.shown()
	if v.other == nil {
		c.Paragraph(c.Bounds().Inset(12), "Seek to a step, press F and change something: this panel compares the two branches.",
			c.Theme.Body.In(c.Theme.Faint))
		return
	}
	k := p.cache.update(v.tape, v.other)
	p.scroll.Draw(c, in, c.Bounds(), "scroll", p.height, func(c *ui.Canvas) { p.height = p.draw(c, in, &v, k) })
	p.scroll.Keys(c, in, c.Bounds(), "scroll")
}

func (p *comparison) draw(c *ui.Canvas, in *ui.Input, v *view, k *cachedComparison) float64 {
	r := c.Bounds().Inset2(12, 10)
	top := r.Y
	line := func(s string, style ui.Style) { r.CutTop(c.Paragraph(r, s, style) + 4) }
	if k.found.Differ {
		line("First difference: "+k.found.Where.Layer.String(), c.Theme.Title)
		far := "the car drives the same in both so far"
		if k.found.MaxDistance >= .05 {
			far = fmt.Sprintf("the car is up to %.1f m apart, at %v", k.found.MaxDistance, k.found.At)
		}
		line(fmt.Sprintf("at %v; %s", k.found.Where.Time, far), c.Theme.Body.In(c.Theme.Faint))
	} else {
		line("No difference so far", c.Theme.Title)
	}
	r.CutTop(4)
	for i, t := range []*timeline.Timeline{v.tape, v.other} {
		name, col := "This branch", c.Theme.Ego
		if i == 1 {
			name, col = "Other branch", c.Theme.Other
		}
		p.drawBranch(c, &r, name, col, t, k.found.Verdicts[i])
	}
	buttons := r.CutTop(ui.ControlHeight)
	if ui.Button(c, in, buttons.CutLeft(74), "Switch") {
		p.panels.drive.player.swap()
	}
	buttons.CutLeft(6)
	if ui.Button(c, in, buttons.CutLeft(74), "Delete") {
		p.panels.deleteBranch()
	}
	return r.Y - top + 30
}

// drawBranch draws the changes and the result of one branch.
func (p *comparison) drawBranch(c *ui.Canvas, r *ui.Rect, name string, col ui.Color, t *timeline.Timeline, verdict runner.Verdict) {
	head := r.CutTop(20)
	c.RoundRect(ui.Rect{X: head.X, Y: head.Y + 5, W: 10, H: 10}, 2, col)
	head.CutLeft(18)
	c.Label(head, name, c.Theme.Title, ui.Left)
	inner := ui.Rect{X: r.X + 18, Y: r.Y, W: r.W - 18, H: r.H}
	used := 0.0
	say := func(s string, style ui.Style) {
		used += c.Paragraph(ui.Rect{X: inner.X, Y: inner.Y + used, W: inner.W, H: inner.H}, s, style) + 2
	}
	changes, at := t.Changes()
	for i, ch := range changes {
		say(fmt.Sprintf("%.2f s: %s", decisionTime(at[i]), ch), c.Theme.Body)
	}
	j := cachedVerdict{verdict: verdict, over: t.Over()}
	text, level := j.words()
	ink := c.Theme.Good
	if level == ui.Failure {
		ink = c.Theme.Bad
	}
	say(text, c.Theme.Body.In(ink))
	r.CutTop(used + 8)
}
