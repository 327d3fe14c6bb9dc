package panel

import (
	"math"
	"strconv"

	"roadloop"
	"roadloop/desktop/internal/ui"
	"roadloop/policy/drive"
	"roadloop/scenarios/metrics"
	"roadloop/sim/clock"
)

// drawAction draws the distribution of the action. Waypoints are drawn from above.
func (p *Policy) drawAction(c *ui.Canvas, in *ui.Input, r *ui.Rect, v, other *roadloop.PolicyView) {
	switch {
	case v.Action.Name == drive.Waypoints:
	case len(v.Probabilities) > 0 || len(v.Values) > 0:
		p.drawChoices(c, in, r, v, other)
	default:
		p.drawContinuous(c, in, r, v, other)
	}
	r.CutTop(4)
}

// drawChoices draws a bar for each choice: its probability, or its value for DQN.
func (p *Policy) drawChoices(c *ui.Canvas, in *ui.Input, r *ui.Rect, v, other *roadloop.PolicyView) {
	shown, low, high, tip := v.Probabilities, 0.0, 1.0, "Probability of each choice; the tick is the chosen one"
	if len(v.Values) > 0 {
		shown, low, high, tip = v.Values, math.Inf(1), math.Inf(-1), "Expected return of each choice, from the least to the greatest; the tick is the chosen one"
		for _, x := range shown {
			low, high = min(low, x), max(high, x)
		}
	}
	area := ui.Rect{X: r.X, Y: r.Y, W: r.W, H: decisionLine * float64(len(shown))}
	for i, x := range shown {
		row := r.CutTop(decisionLine)
		chosen := int(v.Action.Floats[0]) == i
		style, col := c.Theme.Body, ui.Mix(c.Theme.Raised, c.Theme.Accent, .55)
		mark := row.CutLeft(14)
		if chosen {
			style, col = c.Theme.Title, c.Theme.Accent
			c.Tick(mark.Center(), 4, 2, c.Theme.Accent)
		}
		c.Label(row.CutLeft(min(64, .4*row.W)), choiceName(v, i), style, ui.Left)
		text := Quantity(100*x, 0, "%")
		if len(v.Values) > 0 {
			text = Quantity(x, 2, "")
		}
		c.Label(row.CutRight(44), text, c.Theme.Number, ui.Right)
		bar := ui.Rect{X: row.X, Y: row.Y + 5, W: row.W, H: 7}
		c.RoundRect(bar, 3, c.Theme.Raised)
		if high > low {
			c.RoundRect(ui.Rect{X: bar.X, Y: bar.Y, W: bar.W * (x - low) / (high - low), H: bar.H}, 3, col)
		}
		if other != nil && int(other.Action.Floats[0]) == i {
			c.RoundFrame(bar.Inset(-2), 3, 1.5, c.Theme.Other)
		}
	}
	in.Hint(c, "choices", area, tip)
}

// choiceName returns the name of a choice.
func choiceName(v *roadloop.PolicyView, i int) string {
	if i < len(v.Choices) {
		return v.Choices[i]
	}
	return strconv.Itoa(i)
}

// drawContinuous draws each value of a continuous action on its scale: a band of one standard
// deviation around the mean, and a mark at the action.
func (p *Policy) drawContinuous(c *ui.Canvas, in *ui.Input, r *ui.Rect, v, other *roadloop.PolicyView) {
	names, a := drive.ActionNames(v.Action.Name), &v.Action
	for i, x := range a.Floats {
		area := ui.Rect{X: r.X, Y: r.Y, W: r.W, H: 44}
		name := strconv.Itoa(i)
		if i < len(names) {
			name = names[i]
		}
		head := r.CutTop(16)
		text := actionText(name, float64(x))
		c.Label(head.CutRight(c.Measure(text, c.Theme.Number)+2), text, c.Theme.Number, ui.Right)
		c.Label(head, name, c.Theme.Title, ui.Left)
		bar := r.CutTop(14).Inset2(4, 3)
		at := func(x float64) float64 { return bar.X + bar.W*(max(a.Low, min(a.High, x))-a.Low)/(a.High-a.Low) }
		c.RoundRect(bar, 3, c.Theme.Raised)
		c.Rect(ui.Rect{X: at(0), Y: bar.Y - 1, W: 1, H: bar.H + 2}, c.Theme.Faint)
		foot := r.CutTop(14)
		if i < len(v.Mean) {
			from, to := at(v.Mean[i]-v.Std[i]), at(v.Mean[i]+v.Std[i])
			c.RoundRect(ui.Rect{X: from, Y: bar.Y, W: to - from, H: bar.H}, 3, ui.Alpha(c.Theme.Accent, .45))
			c.Label(foot, Quantity(v.Mean[i], 2, "")+" ± "+Quantity(v.Std[i], 2, ""), c.Theme.Small, ui.Middle)
		}
		c.Label(foot, Quantity(a.Low, 0, ""), c.Theme.Small, ui.Left)
		c.Label(foot, Quantity(a.High, 0, ""), c.Theme.Small, ui.Right)
		if other != nil {
			c.Rect(ui.Rect{X: at(float64(other.Action.Floats[i])) - 1.5, Y: bar.Y - 3, W: 3, H: bar.H + 6}, c.Theme.Other)
		}
		c.Rect(ui.Rect{X: at(float64(x)) - 1.5, Y: bar.Y - 3, W: 3, H: bar.H + 6}, c.Theme.Accent)
		in.Hint(c, name, area, actionTip(name))
	}
}

// actionText returns a value of an action in its unit.
func actionText(name string, x float64) string {
	switch name {
	case "acceleration":
		return Quantity(drive.Acceleration(x), 1, "m/s²")
	case "steering":
		text := Quantity(100*math.Abs(x), 0, "%")
		switch {
		case x >= .005:
			text += " left"
		case x <= -.005:
			text += " right"
		}
		return text
	}
	return Quantity(x, 2, "")
}

// actionTip explains a value of an action.
func actionTip(name string) string {
	text := "The band is one standard deviation around the mean; the mark is the action that was taken"
	if name == "steering" {
		return "Steering, as a share of the largest angle at this speed; 1 is full left. " + text
	}
	return text
}

// Sizes of the plot of the value, points.
const (
	valueHeight = 78.0 // at least, and at most mostValue
	mostValue   = 180.0
	valueSteps  = 200 // shown
)

// leastSpan is the least range of the plot of the value: smaller changes are noise.
const leastSpan = .1

// drawValue plots the expected return up to the shown step, and that of the other branch. A
// click seeks.
func (p *Policy) drawValue(c *ui.Canvas, in *ui.Input, r ui.Rect, compare bool) {
	log := p.from.Timeline().Log()
	at := min(max(p.feed.At(), 0), len(log.Steps)-1)
	head, foot := r.CutTop(16), r.CutBottom(14)
	text := "–"
	if log.Steps[at].Valued {
		text = Quantity(log.Steps[at].Value, 2, "")
	}
	c.Label(head.CutRight(c.Measure(text, c.Theme.Number)+2), text, c.Theme.Number, ui.Right)
	c.Label(head, "value", c.Theme.Title, ui.Left)
	c.Label(foot, "−"+Quantity(valueSteps*clock.DriverPeriod.Seconds(), 0, "s"), c.Theme.Small, ui.Left)
	c.Label(foot, "now", c.Theme.Small, ui.Right)
	area := r.Inset2(0, 3)
	c.RoundRect(area, 3, c.Theme.Background)
	var second []metrics.LoggedStep
	if compare {
		second = p.from.OtherBranch.Timeline().Log().Steps
	}
	first := max(0, at-valueSteps)
	low, high := math.Inf(1), math.Inf(-1)
	for _, steps := range [...][]metrics.LoggedStep{log.Steps, second} {
		for i := first; i <= min(at, len(steps)-1); i++ {
			if steps[i].Valued {
				low, high = min(low, steps[i].Value), max(high, steps[i].Value)
			}
		}
	}
	pad := max(.1*(high-low), (leastSpan-(high-low))/2)
	low, high = low-pad, high+pad
	span := valueSpan{low, high, niceStep((high - low) / 3)}
	p.drawValueCurve(c, area, second, at, span, c.Theme.Other)
	p.drawValueCurve(c, area, log.Steps, at, span, c.Theme.Ink)
	c.Label(ui.Rect{X: area.X + 4, Y: area.Y, W: area.W, H: 13}, Quantity(high, span.decimals(), ""), c.Theme.Small, ui.Left)
	c.Label(ui.Rect{X: area.X + 4, Y: area.Bottom() - 13, W: area.W, H: 13}, Quantity(low, span.decimals(), ""), c.Theme.Small, ui.Left)
	if _, dragging, _ := in.Drag(c, "value", area); dragging && in.Clicked[ui.Primary] && p.feed.Seek != nil {
		p.feed.Seek(max(0, at-int(math.Round((area.Right()-in.Pos(c).X)/area.W*valueSteps))))
	}
	in.Hint(c, "value", area, "Value: the discounted return that the policy expects from here on. Click to seek.")
}

// drawValueCurve draws the values up to a step at the right edge, with gaps where another
// driver drove.
func (p *Policy) drawValueCurve(c *ui.Canvas, area ui.Rect, steps []metrics.LoggedStep, at int, span valueSpan, col ui.Color) {
	p.pts = p.pts[:0]
	for i := max(0, at-valueSteps); i <= min(at, len(steps)-1); i++ {
		if !steps[i].Valued {
			c.Polyline(p.pts, 1.6, col)
			p.pts = p.pts[:0]
			continue
		}
		p.pts = append(p.pts, ui.Point{X: area.Right() - area.W*float64(at-i)/valueSteps,
			Y: area.Bottom() - area.H*(steps[i].Value-span.low)/(span.high-span.low)})
	}
	c.Polyline(p.pts, 1.6, col)
	if n := len(p.pts); n > 0 {
		c.Circle(p.pts[n-1], 2.4, col)
	}
}
