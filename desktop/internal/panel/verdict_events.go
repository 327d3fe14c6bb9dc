package panel

import (
	"math"

	"roadloop/desktop/internal/ui"
	"roadloop/scenarios/metrics"
	"roadloop/scenarios/runner"
	"roadloop/scenarios/timeline"
	"roadloop/sim"
	"roadloop/sim/actor"
)

// driveEvent is an event of the list.
type driveEvent struct {
	frame int
	time  float64 // s
	text  string
	bad   bool
	who   actor.ID // the other road user; the ego for none
}

// eventsOf lists the events of a drive and the interventions of the guard.
func eventsOf(t *timeline.Timeline) []driveEvent {
	log := t.Log()
	var out []driveEvent
	next := 0
	for i := range log.Steps {
		s := &log.Steps[i]
		for ; next < len(log.Events) && log.Events[next].Time <= s.Time; next++ {
			e := &log.Events[next]
			out = append(out, driveEvent{i, e.Time.Seconds(), describeEvent(e, t.Plan().Names), isViolation(t, e), e.Actor})
		}
		if s.Guard.Active && (i == 0 || !log.Steps[i-1].Guard.Active) {
			out = append(out, driveEvent{i, s.Time.Seconds(), "guard intervenes: " + s.Guard.Reason, false, actor.Ego})
		}
		if alarm := fullBraking(log, i); alarm != "" {
			out = append(out, driveEvent{i, s.Time.Seconds(), alarm, false, actor.Ego})
		}
	}
	return out
}

// isViolation reports whether an event violates the case. Waiting in a junction for a gap
// is allowed, unless the case requires a clear junction.
func isViolation(t *timeline.Timeline, e *sim.Event) bool {
	return e.Kind == sim.Collision || !t.Plan().Expect.Allowed[e.Kind]
}

// fullBraking reports in words that the plan requests full braking at a step.
func fullBraking(log *metrics.DriveLog, i int) string {
	if log.Steps[i].Plan.Emergency && (i == 0 || !log.Steps[i-1].Plan.Emergency) {
		return "planner requests full braking"
	}
	return ""
}

// describeEvent describes an event.
func describeEvent(e *sim.Event, names []string) string {
	who := "someone"
	if int(e.Actor) < len(names) {
		who = names[e.Actor]
	}
	switch e.Kind {
	case sim.Scripted:
		return who + " starts maneuver " + Quantity(e.Value+1, 0, "")
	case sim.Collision:
		return "collision with " + who + ", " + e.Impact.String() + ", at " + Quantity(3.6*e.Value, 0, "km/h")
	case sim.LaneDeparture:
		return "lane departure by " + Quantity(e.Value, 1, "m")
	case sim.Stranded:
		return "stops inside a junction"
	}
	return e.Kind.String()
}

// drawEvents lists the events. The latest is in view unless the list was scrolled. A
// click on an event, or Enter on the marked one, seeks to it.
func (p *Verdict) drawEvents(c *ui.Canvas, in *ui.Input, r ui.Rect, events []driveEvent, has bool) {
	if r.H < 2*verdictLine {
		return
	}
	head := r.CutTop(verdictLine)
	c.Label(head, "Events", c.Theme.Title, ui.Left)
	c.Rect(ui.Rect{X: head.X, Y: head.Bottom() - 1, W: head.W, H: 1}, c.Theme.Edge)
	if len(events) == 0 {
		c.Label(r.CutTop(verdictLine), "No events yet.", c.Theme.Small, ui.Left)
		return
	}
	tops := eventTops(c, r.W, events)
	most := maxScroll(tops, r.H)
	p.scroll = math.Max(0, math.Min(most, p.scroll+in.ScrollOver(c, r).Y*3*verdictLine))
	if has {
		p.keys(in, events, tops, r.H)
	}
	top := most - p.scroll // scrolled from the end
	now := p.feed.At()
	list := c.Sub(r)
	for i := range events {
		e := &events[i]
		row := ui.Rect{Y: tops[i] - top, W: r.W, H: tops[i+1] - tops[i]}
		if row.Bottom() <= 0 || row.Y >= r.H {
			continue
		}
		if in.Over(list, row) {
			list.RoundRect(row, 3, c.Theme.Hover)
			if in.Click(list, row, ui.Primary) {
				p.goTo(e)
			}
		}
		drawEvent(list, row, e, e.frame > now)
		if has && i == p.row {
			list.RoundFrame(row, 3, 1.5, c.Theme.Accent)
		}
	}
}

// keys moves the mark, scrolls to it, and seeks to the marked event.
func (p *Verdict) keys(in *ui.Input, events []driveEvent, tops []float64, height float64) {
	p.row = min(p.row, len(events)-1)
	if row, ok := in.Row(p.row, len(events), max(1, int(height/verdictLine)-1)); ok {
		p.row = row
	}
	most := maxScroll(tops, height)
	top := math.Max(tops[p.row+1]-height, math.Min(most-p.scroll, tops[p.row]))
	p.scroll = math.Max(0, math.Min(most, most-top))
	if in.Activated() {
		p.goTo(&events[p.row])
	}
}

func (p *Verdict) goTo(e *driveEvent) {
	if p.feed.Seek != nil {
		p.feed.Seek(e.frame)
	}
	if e.who != actor.Ego {
		p.feed.Chosen = e.who
	}
}

// eventTops returns the tops of the events in the list, and the bottom of the last one.
func eventTops(c *ui.Canvas, width float64, events []driveEvent) []float64 {
	tops := make([]float64, 1, len(events)+1)
	for i := range events {
		lines := max(1, len(c.Wrap(events[i].text, c.Theme.Body, width-timeWidth-signWidth)))
		tops = append(tops, tops[i]+verdictLine*float64(lines))
	}
	return tops
}

// maxScroll returns the largest scroll offset: the end of the list, or the top of the
// last event if it is higher than the view.
func maxScroll(tops []float64, height float64) float64 {
	n := len(tops) - 1
	return math.Max(0, math.Min(tops[n]-height, tops[n-1]))
}

// timeWidth fits times up to 999 s.
const timeWidth = 62

// drawEvent draws an event with line breaks: a cross for violations, a dot for others.
// Events after the shown time are faint.
func drawEvent(c *ui.Canvas, row ui.Rect, e *driveEvent, toCome bool) {
	ink := c.Theme.Ink
	if e.bad {
		ink = c.Theme.Bad
	}
	if toCome {
		ink = ui.Alpha(ink, .5)
	}
	first := row
	first.H = verdictLine
	c.Label(first.CutLeft(timeWidth), Quantity(e.time, 2, "s"), c.Theme.Number.In(ui.Alpha(c.Theme.Faint, float64(ink.A)/255)), ui.Right)
	at := ui.Point{X: first.X + 11, Y: row.Y + verdictLine/2}
	if e.bad {
		sign(c, at, 4.5, runner.Failed, ink)
	} else {
		c.Circle(at, 2.2, ink)
	}
	row.CutLeft(timeWidth + signWidth)
	for _, text := range c.Wrap(e.text, c.Theme.Body, row.W) {
		c.Label(row.CutTop(verdictLine), text, c.Theme.Body.In(ink), ui.Left)
	}
}
