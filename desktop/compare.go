package desktop

import (
	"fmt"

	"roadloop/desktop/ui"
	"roadloop/scenarios"
	"roadloop/scenarios/tape"
)

// compared is how two futures part, found anew only as they go on.
type compared struct {
	a, b  *tape.Tape
	n     int
	found tape.Comparison
}

// look compares two drives as far as both have come.
func (k *compared) look(a, b *tape.Tape) *compared {
	n := min(a.Len(), b.Len())
	if k.a != a || k.b != b || n-k.n >= judgeEvery || a.Over() && b.Over() && n != k.n {
		*k = compared{a, b, n, tape.Compare(a, b)}
	}
	return k
}

// comparison is the panel that tells how two futures differ.
type comparison struct {
	w      *Window
	scroll ui.Scroll
	height float64
}

func (p *comparison) Name() string  { return comparePanel }
func (p *comparison) Title() string { return "Both futures" }

// Draw tells what was changed, which layer parts first, and how both end.
func (p *comparison) Draw(c *ui.Canvas, in *ui.Input) {
	v := p.w.shown()
	if v.other == nil {
		c.Paragraph(c.Bounds().Inset(12), "Go back to a moment, press F and change something: both futures are compared here.",
			c.Theme.Body.In(c.Theme.Faint))
		return
	}
	k := p.w.compared.look(v.tape, v.other)
	p.scroll.Draw(c, in, c.Bounds(), "scroll", p.height, func(c *ui.Canvas) { p.height = p.draw(c, in, &v, k) })
	p.scroll.Keys(c, in, c.Bounds(), "scroll")
}

func (p *comparison) draw(c *ui.Canvas, in *ui.Input, v *view, k *compared) float64 {
	r := c.Bounds().Inset2(12, 10)
	top := r.Y
	line := func(s string, style ui.Style) { r.CutTop(c.Paragraph(r, s, style) + 4) }
	if k.found.Parted {
		line("First apart: "+k.found.Where.Layer.String(), c.Theme.Title)
		far := "the car drives alike in both so far"
		if k.found.Apart >= .05 {
			far = fmt.Sprintf("the car up to %.1f m apart, at %v", k.found.Apart, k.found.At)
		}
		line(fmt.Sprintf("at %v; %s", k.found.Where.Time, far), c.Theme.Body.In(c.Theme.Faint))
	} else {
		line("Not apart so far", c.Theme.Title)
	}
	r.CutTop(4)
	for i, t := range []*tape.Tape{v.tape, v.other} {
		name, col := "This future", c.Theme.Ego
		if i == 1 {
			name, col = "Other future", c.Theme.Other
		}
		p.future(c, &r, name, col, t, k.found.Verdicts[i])
	}
	buttons := r.CutTop(ui.ControlHeight)
	if ui.Button(c, in, buttons.CutLeft(74), "Swap") {
		p.w.player.swap()
	}
	buttons.CutLeft(6)
	if ui.Button(c, in, buttons.CutLeft(74), "Forget") {
		p.w.forgetOther()
	}
	return r.Y - top + 30
}

// future tells of one of the two.
func (p *comparison) future(c *ui.Canvas, r *ui.Rect, name string, col ui.Color, t *tape.Tape, verdict scenarios.Verdict) {
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
	j := judged{verdict: verdict, over: t.Over()}
	text, level := j.words()
	ink := c.Theme.Good
	if level == ui.Failure {
		ink = c.Theme.Bad
	}
	say(text, c.Theme.Body.In(ink))
	r.CutTop(used + 8)
}
