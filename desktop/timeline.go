package desktop

import (
	"fmt"
	"math"

	"roadloop/desktop/internal/ui"
	"roadloop/scenarios/metrics"
	"roadloop/scenarios/timeline"
	"roadloop/sim"
	"roadloop/sim/clock"
)

// drawTimeline draws the timeline with its events, and handles dragging.
func (b *bars) drawTimeline(c *ui.Canvas, v *view) {
	r := c.Bounds().Inset2(6, 0)
	line := timeBar{area: ui.Rect{X: r.X, Y: r.Y + 10, W: r.W, H: 6}, end: timelineEnd(v.tape)}
	log := v.tape.Log()
	c.RoundRect(line.area, 3, c.Theme.Raised)
	if r := b.drive.recording.of(v.tape); r != nil {
		line.recorded(c, r, lastTime(log), v.tape.Plan().Expect.Allowed)
	}
	line.driven(c, log)
	line.changes(c, v.tape)
	if v.other != nil {
		line.changes(c, v.other)
	}
	for i := range log.Events {
		line.event(c, &log.Events[i], v.tape.Plan().Expect.Allowed[log.Events[i].Kind])
	}
	if j := b.drive.verdict.update(v.tape); !j.verdict.Passed && (j.over || j.failedAlready()) {
		line.failure(c, j.verdict.At.Seconds())
	}
	if v.seekAhead.active() {
		line.goal(c, decisionTime(v.seekAhead.to))
	}
	if m := b.panels.feed.World(); m != nil {
		line.cursor(c, m.Seconds())
	}
	b.scrubTimeline(c, &line, v)
}

// scrubTimeline seeks with the pointer.
func (b *bars) scrubTimeline(c *ui.Canvas, line *timeBar, v *view) {
	_, dragging, _ := b.in.Drag(c, "timeline", c.Bounds())
	at := b.in.Pos(c)
	s := (at.X - line.area.X) / line.area.W * line.end
	if dragging {
		b.drive.player.seek(int(math.Round(s / clock.DriverPeriod.Seconds())))
		return
	}
	if b.in.Over(c, c.Bounds()) && s >= 0 && s <= line.end {
		x := line.x(s)
		c.Rect(ui.Rect{X: x, Y: 4, W: 1, H: 16}, c.Theme.Faint)
		b.in.Tooltip(c, ui.Rect{X: x - 4, Y: 0, W: 8, H: 24}, line.describe(v, s))
	}
}

// timeBar maps time to a bar.
type timeBar struct {
	area ui.Rect
	end  float64 // s
}

// x returns the coordinate of a time in s.
func (l *timeBar) x(t float64) float64 {
	return l.area.X + max(0, min(1, t/l.end))*l.area.W
}

// driven draws the simulated part, with the human's spans of control striped.
func (l *timeBar) driven(c *ui.Canvas, log *metrics.DriveLog) {
	n := len(log.Steps)
	if n == 0 {
		return
	}
	c.RoundRect(ui.Rect{X: l.area.X, Y: l.area.Y, W: l.x(log.Steps[n-1].Time.Seconds()) - l.area.X, H: l.area.H}, 3, c.Theme.Series[5])
	for i := 0; i < n; i++ {
		if !log.Steps[i].Overridden {
			continue
		}
		from := log.Steps[i].Time.Seconds()
		for i+1 < n && log.Steps[i+1].Overridden {
			i++
		}
		l.human(c, from, log.Steps[i].Time.Seconds(), 1)
	}
}

// human draws a span of human control, striped.
func (l *timeBar) human(c *ui.Canvas, from, to, opacity float64) {
	x0 := l.x(from)
	x1 := max(x0+2, l.x(to))
	c.Rect(ui.Rect{X: x0, Y: l.area.Y, W: x1 - x0, H: l.area.H}, ui.Alpha(c.Theme.Walker, opacity))
	for x := x0 + 3; x < x1; x += 6 {
		c.Rect(ui.Rect{X: x, Y: l.area.Y, W: 2, H: l.area.H}, ui.Alpha(c.Theme.Background, .5))
	}
}

func lastTime(log *metrics.DriveLog) clock.Tick {
	if n := len(log.Steps); n > 0 {
		return log.Steps[n-1].Time
	}
	return -1
}

// goal draws the target of a seek ahead.
func (l *timeBar) goal(c *ui.Canvas, t float64) {
	c.Ring(ui.Point{X: l.x(t), Y: l.area.Y + l.area.H/2}, 5.5, 2, c.Theme.Accent)
}

// changes draws a diamond at each change.
func (l *timeBar) changes(c *ui.Canvas, t *timeline.Timeline) {
	_, at := t.Changes()
	for _, i := range at {
		x, y := l.x(decisionTime(i)), l.area.Y+l.area.H/2
		c.Polygon([]ui.Point{{X: x, Y: y - 7}, {X: x + 6, Y: y}, {X: x, Y: y + 7}, {X: x - 6, Y: y}}, c.Theme.Other)
	}
}

// decisionTime returns the time of a decision, s.
func decisionTime(i int) float64 { return float64(i) * clock.DriverPeriod.Seconds() }

// event draws an event: a tick for scripts, a dot for allowed events, and a triangle
// for others.
func (l *timeBar) event(c *ui.Canvas, e *sim.Event, allowed bool) {
	x := l.x(e.Time.Seconds())
	switch {
	case e.Kind == sim.Scripted:
		c.Rect(ui.Rect{X: x - .5, Y: l.area.Y - 4, W: 1, H: 4}, c.Theme.Faint)
	case allowed:
		c.Circle(ui.Point{X: x, Y: l.area.Y - 4}, 3, c.Theme.Warning)
	default:
		c.Polygon([]ui.Point{{X: x, Y: l.area.Y}, {X: x - 5, Y: l.area.Y - 9}, {X: x + 5, Y: l.area.Y - 9}}, c.Theme.Bad)
	}
}

// failure draws a cross below the line at the first failure.
func (l *timeBar) failure(c *ui.Canvas, t float64) {
	drawMark(c, ui.Point{X: l.x(t), Y: l.area.Bottom() + 5}, ui.Failure, c.Theme.Bad)
}

// cursor marks the shown time.
func (l *timeBar) cursor(c *ui.Canvas, t float64) {
	x := l.x(t)
	c.Rect(ui.Rect{X: x - 1, Y: l.area.Y - 7, W: 2, H: l.area.H + 14}, c.Theme.Ink)
	c.Circle(ui.Point{X: x, Y: l.area.Y + l.area.H/2}, 5.5, c.Theme.Ink)
}

// describe returns the events around a time, and who had control.
func (l *timeBar) describe(v *view, s float64) string {
	t, log := v.tape, v.tape.Log()
	text := fmt.Sprintf("%.2f s", s)
	switch i := int(s / clock.DriverPeriod.Seconds()); {
	case i < len(log.Steps) && log.Steps[i].Overridden:
		text += "  ·  human"
	case i >= len(log.Steps) && !t.Over() && !v.manual:
		text += "  ·  not simulated yet; click to simulate"
	}
	near := 4 * l.end / l.area.W
	for _, e := range log.Events {
		if math.Abs(e.Time.Seconds()-s) > near {
			continue
		}
		text += "  ·  " + e.Kind.String()
		if names := t.Plan().Names; e.Actor > 0 && int(e.Actor) < len(names) {
			text += " " + names[e.Actor]
		}
	}
	changes, at := t.Changes()
	for i, ch := range changes {
		if math.Abs(decisionTime(at[i])-s) <= near {
			text += "  ·  " + ch.String()
		}
	}
	return text
}
