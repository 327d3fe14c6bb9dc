package panel

import (
	"math"

	"roadloop/desktop/internal/ui"
	"roadloop/scenarios/metrics"
	"roadloop/sim"
)

// drawStill draws the parts that do not depend on the shown time: grid, events and
// curves.
func (p *Plots) drawStill(c *ui.Canvas, log *metrics.DriveLog, shown []plot) {
	width := c.Bounds().W - plotLeft - plotRight
	for i := range shown {
		q := &shown[i]
		q.area.W = width
		p.drawGrid(c, q)
		p.drawEvents(c, log, q.area)
		inside := c.Sub(ui.Rect{X: q.area.X, Y: q.area.Y - 2, W: q.area.W, H: q.area.H + 4})
		p.drawCurve(inside, q, q.series.Truth, false)
		p.drawCurve(inside, q, q.series.Believed, true)
	}
	p.drawAxis(c, width)
}

// y returns the screen position of a value.
func (q *plot) y(v float64) float64 {
	v = math.Max(q.span.low, math.Min(q.span.high, v))
	return q.area.Bottom() - (v-q.span.low)/(q.span.high-q.span.low)*q.area.H
}

func (p *Plots) drawGrid(c *ui.Canvas, q *plot) {
	if q.measure == "ttc" && q.span.low < criticalTTC {
		top := q.y(math.Min(criticalTTC, q.span.high))
		c.Rect(ui.Rect{X: q.area.X, Y: top, W: q.area.W, H: q.area.Bottom() - top}, ui.Alpha(c.Theme.Bad, .13))
	}
	every := 1
	if q.area.H < 3.2*14 {
		every = 2
	}
	n := int(math.Round((q.span.high - q.span.low) / q.span.step))
	for k := 0; k <= n; k++ {
		v := q.span.low + float64(k)*q.span.step
		y := q.y(v)
		col := ui.Alpha(c.Theme.Edge, .6)
		if math.Abs(v) < 1e-9 {
			col = c.Theme.Edge
		}
		c.Rect(ui.Rect{X: q.area.X, Y: y, W: q.area.W, H: 1}, col)
		if k%every == 0 {
			c.Label(ui.Rect{X: 0, Y: y - 7, W: plotLeft - 6, H: 14}, Quantity(v, q.span.decimals(), ""), c.Theme.Small, ui.Right)
		}
	}
	name := ui.Rect{X: q.area.X, Y: q.area.Y - plotHeader, W: q.area.W, H: plotHeader}
	w := c.Text(ui.Point{X: name.X, Y: name.Y + 2}, q.name, c.Theme.Title)
	c.Text(ui.Point{X: name.X + w + 5, Y: name.Y + 3}, q.unit, c.Theme.Small)
}

// drawEvents marks events. Violations are red, with a head.
func (p *Plots) drawEvents(c *ui.Canvas, log *metrics.DriveLog, area ui.Rect) {
	for i := range log.Events {
		e := &log.Events[i]
		x := p.window.x(e.Time.Seconds(), area.X, area.W)
		if x < area.X || x > area.Right() {
			continue
		}
		if e.Kind == sim.Scripted {
			c.Dashes([]ui.Point{{X: x, Y: area.Y}, {X: x, Y: area.Bottom()}}, 1, 2, 3, ui.Alpha(c.Theme.Faint, .5))
			continue
		}
		c.Rect(ui.Rect{X: x, Y: area.Y, W: 1.5, H: area.H}, ui.Alpha(c.Theme.Bad, .8))
		c.Polygon([]ui.Point{{X: x - 3.5, Y: area.Y - 4}, {X: x + 4.5, Y: area.Y - 4}, {X: x + .5, Y: area.Y + 2}}, c.Theme.Bad)
	}
}

// drawCurve draws a curve, with gaps where there is no value.
func (p *Plots) drawCurve(c *ui.Canvas, q *plot, values []float64, believed bool) {
	run := p.pts[:0]
	flush := func() {
		switch {
		case len(run) == 1: // a single value is drawn as a dot
			c.Circle(run[0], 1.4, curveColor(c.Theme, believed))
		case believed:
			c.Dashes(run, 1.5, 5, 3, curveColor(c.Theme, true))
		default:
			c.Polyline(run, 1.6, curveColor(c.Theme, false))
		}
		run = run[:0]
	}
	first, last := p.visible()
	stride := max(1, int(float64(last-first)/(2*q.area.W)))
	for i := first; i < last; i += stride {
		v := values[i] * q.scale
		if math.IsNaN(v) || math.IsInf(v, 0) {
			if len(run) > 0 {
				flush()
			}
			continue
		}
		run = append(run, ui.Point{X: p.window.x(p.set.Times[i], 0, q.area.W), Y: q.y(v) - q.area.Y + 2})
	}
	if len(run) > 0 {
		flush()
	}
	p.pts = run
}

// visible returns the visible steps, plus one on each side.
func (p *Plots) visible() (first, last int) {
	n := len(p.set.Times)
	return max(0, p.stepAt(p.window.from)-1), min(n, p.stepAt(p.window.to)+2)
}

func curveColor(t *ui.Theme, believed bool) ui.Color {
	if believed {
		return t.Belief
	}
	return t.Ink
}

// drawAxis draws the time axis below all plots.
func (p *Plots) drawAxis(c *ui.Canvas, width float64) {
	y := c.Bounds().H - axisHeight
	length := p.window.to - p.window.from
	step := 600.0
	for _, s := range [...]float64{.1, .2, .5, 1, 2, 5, 10, 20, 30, 60, 120, 300} {
		if s/length*width > 44 {
			step = s
			break
		}
	}
	decimals := 0
	if step < 1 {
		decimals = 1
	}
	for t := math.Ceil(p.window.from/step) * step; t <= p.window.to+1e-9; t += step {
		x := p.window.x(t, plotLeft, width)
		c.Rect(ui.Rect{X: x, Y: y, W: 1, H: 4}, c.Theme.Faint)
		c.Label(ui.Rect{X: x - 30, Y: y + 4, W: 60, H: 14}, Quantity(t, decimals, "s"), c.Theme.Small, ui.Middle)
	}
}

// drawMoment marks the shown time, or the time under the pointer, and writes the values
// there.
func (p *Plots) drawMoment(c *ui.Canvas, in *ui.Input, shown []plot) {
	b := c.Bounds()
	width := b.W - plotLeft - plotRight
	at, now := min(max(p.feed.At(), 0), len(p.set.Times)-1), 0.0
	if m := p.feed.World(); m != nil {
		at, now = min(m.At, at), min(m.Seconds(), p.end()) // the newest decision ends the axis
	}
	pointed := in.Over(c, ui.Rect{X: plotLeft - 4, W: width + 8, H: b.H})
	if x := p.window.x(now, plotLeft, width); x >= plotLeft-1 && x <= plotLeft+width+1 {
		drawCursor(c, shown, x, 1.5, b.H-axisHeight, c.Theme.Accent)
		c.Polygon([]ui.Point{{X: x - 4, Y: b.H - axisHeight}, {X: x + 5, Y: b.H - axisHeight}, {X: x + .7, Y: b.H - axisHeight - 6}}, c.Theme.Accent)
	}
	if pointed {
		at = p.stepAt(p.window.time(in.Pos(c).X, plotLeft, width))
		x := p.window.x(p.set.Times[at], plotLeft, width)
		drawCursor(c, shown, x, 1, b.H-axisHeight, ui.Alpha(c.Theme.Ink, .6))
		style := c.Theme.Small.In(c.Theme.Ink)
		text := Quantity(p.set.Times[at], 2, "s")
		w := c.Measure(text, style) + 8
		tag := ui.Rect{X: max(0, min(b.W-w, x-w/2)), Y: b.H - axisHeight + 2, W: w, H: 15}
		c.RoundRect(tag, 3, c.Theme.Hover)
		c.Label(tag, text, style, ui.Middle)
	}
	for i := range shown {
		q := &shown[i]
		q.area.W = width
		p.drawValues(c, q, at)
	}
}

// drawCursor draws a vertical line through the curves down to the axis, not through the
// headers with the values.
func drawCursor(c *ui.Canvas, shown []plot, x, width, bottom float64, col ui.Color) {
	for i := range shown {
		end := bottom
		if i+1 < len(shown) {
			end = shown[i+1].area.Y - plotHeader
		}
		c.Rect(ui.Rect{X: x, Y: shown[i].area.Y - 2, W: width, H: end - shown[i].area.Y + 2}, col)
	}
}

// valueGap is the space between a value and its line sample, points.
const valueGap = 5

// drawValues writes the values of a plot at a step into its header, and draws dots on
// its curves.
func (p *Plots) drawValues(c *ui.Canvas, q *plot, at int) {
	r := ui.Rect{X: q.area.X, Y: q.area.Y - plotHeader, W: q.area.W, H: plotHeader}
	narrow := q.area.W < 210
	for _, believed := range [...]bool{true, false} {
		v := q.series.Truth[at]
		if believed {
			v = q.series.Believed[at]
			if narrow {
				continue
			}
		}
		text := Quantity(v*q.scale, q.decimals, "")
		style := c.Theme.Number.In(curveColor(c.Theme, believed))
		w := math.Max(34, c.Measure(text, style)) + valueGap
		c.Label(r.CutRight(w), text, style, ui.Right)
		sample := r.CutRight(14)
		r.CutRight(2 * valueGap)
		y := sample.Y + sample.H/2
		line := []ui.Point{{X: sample.X, Y: y}, {X: sample.Right(), Y: y}}
		if believed {
			c.Dashes(line, 1.5, 4, 2.5, style.Color)
		} else {
			c.Polyline(line, 1.5, style.Color)
		}
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			x := p.window.x(p.set.Times[at], q.area.X, q.area.W)
			if x >= q.area.X && x <= q.area.Right() {
				c.Circle(ui.Point{X: x, Y: q.y(v * q.scale)}, 2.6, style.Color)
			}
		}
	}
}
