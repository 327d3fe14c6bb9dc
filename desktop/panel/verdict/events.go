package verdict

import (
	"math"

	"roadloop/desktop/panel"
	"roadloop/desktop/ui"
	"roadloop/scenarios"
	"roadloop/scenarios/record"
	"roadloop/scenarios/tape"
	"roadloop/sim"
	"roadloop/sim/actor"
)

// event is something that happened.
type event struct {
	frame int
	time  float64 // s
	text  string
	bad   bool
	who   actor.ID // the other party; the ego for none
}

// eventsOf lists what happened in a drive: events, and when the safety layer stepped in.
func eventsOf(t *tape.Tape) []event {
	log := t.Log()
	var out []event
	next := 0
	for i := range log.Steps {
		s := &log.Steps[i]
		for ; next < len(log.Events) && log.Events[next].Time <= s.Time; next++ {
			e := &log.Events[next]
			out = append(out, event{i, e.Time.Seconds(), sentence(e, t.Plan().Names), forbidden(t, e), e.Actor})
		}
		if s.Guard.Active && (i == 0 || !log.Steps[i-1].Guard.Active) {
			out = append(out, event{i, s.Time.Seconds(), "guard steps in: " + s.Guard.Reason, false, actor.Ego})
		}
		if alarm := alarmed(log, i); alarm != "" {
			out = append(out, event{i, s.Time.Seconds(), alarm, false, actor.Ego})
		}
	}
	return out
}

// forbidden tells that an event must not happen in the case that is driven. Who waits in
// a junction for a gap may well stand there, where the case does not ask to keep it clear.
func forbidden(t *tape.Tape, e *sim.Event) bool {
	return e.Kind == sim.Collision || !t.Plan().Expect.Allowed[e.Kind]
}

// alarmed tells that the plan asked for full braking from a step on.
func alarmed(log *record.Log, i int) string {
	if log.Steps[i].Plan.Emergency && (i == 0 || !log.Steps[i-1].Plan.Emergency) {
		return "planner asks for full braking"
	}
	return ""
}

// sentence says what an event was.
func sentence(e *sim.Event, names []string) string {
	who := "someone"
	if int(e.Actor) < len(names) {
		who = names[e.Actor]
	}
	switch e.Kind {
	case sim.Scripted:
		return who + " begins maneuver " + panel.Quantity(e.Value+1, 0, "")
	case sim.Collision:
		return "collision with " + who + ", " + e.Impact.String() + ", at " + panel.Quantity(3.6*e.Value, 0, "km/h")
	case sim.LaneDeparture:
		return "lane departure by " + panel.Quantity(e.Value, 1, "m")
	case sim.Stranded:
		return "stands inside a junction"
	}
	return e.Kind.String()
}

// drawEvents lists the events, the latest in view unless the list was scrolled. A click
// on one goes there, as does Enter on the one that the keys have marked.
func (p *Panel) drawEvents(c *ui.Canvas, in *ui.Input, r ui.Rect, events []event, has bool) {
	if r.H < 2*line {
		return
	}
	head := r.CutTop(line)
	c.Label(head, "Events", c.Theme.Title, ui.Left)
	c.Rect(ui.Rect{X: head.X, Y: head.Bottom() - 1, W: head.W, H: 1}, c.Theme.Edge)
	if len(events) == 0 {
		c.Label(r.CutTop(line), "Nothing happened yet.", c.Theme.Small, ui.Left)
		return
	}
	tops := eventTops(c, r.W, events)
	most := mostScroll(tops, r.H)
	p.scroll = math.Max(0, math.Min(most, p.scroll+in.ScrollOver(c, r).Y*3*line))
	if has {
		p.keys(in, events, tops, r.H)
	}
	top := most - p.scroll // scrolled up from the end
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

// keys moves the mark, into view, and goes to the event that is marked.
func (p *Panel) keys(in *ui.Input, events []event, tops []float64, height float64) {
	p.row = min(p.row, len(events)-1)
	if row, ok := in.Row(p.row, len(events), max(1, int(height/line)-1)); ok {
		p.row = row
	}
	most := mostScroll(tops, height)
	top := math.Max(tops[p.row+1]-height, math.Min(most-p.scroll, tops[p.row]))
	p.scroll = math.Max(0, math.Min(most, most-top))
	if in.Entered() {
		p.goTo(&events[p.row])
	}
}

func (p *Panel) goTo(e *event) {
	if p.feed.Seek != nil {
		p.feed.Seek(e.frame)
	}
	if e.who != actor.Ego {
		p.feed.Chosen = e.who
	}
}

// eventTops returns where the events begin in the list, and where the last one ends.
func eventTops(c *ui.Canvas, width float64, events []event) []float64 {
	tops := make([]float64, 1, len(events)+1)
	for i := range events {
		lines := max(1, len(c.Wrap(events[i].text, c.Theme.Body, width-timeWidth-signWidth)))
		tops = append(tops, tops[i]+line*float64(lines))
	}
	return tops
}

// mostScroll returns how far the list can be scrolled: to its end, or to the beginning of
// the last event where that alone is higher than the view.
func mostScroll(tops []float64, height float64) float64 {
	n := len(tops) - 1
	return math.Max(0, math.Min(tops[n]-height, tops[n-1]))
}

// timeWidth has room for times of up to 999 s.
const timeWidth = 62

// drawEvent writes one event, in as many lines as it takes: a cross before what must not happen, a dot before others.
// What is still to come, as seen from the moment that is shown, is faint.
func drawEvent(c *ui.Canvas, row ui.Rect, e *event, toCome bool) {
	ink := c.Theme.Ink
	if e.bad {
		ink = c.Theme.Bad
	}
	if toCome {
		ink = ui.Alpha(ink, .5)
	}
	first := row
	first.H = line
	c.Label(first.CutLeft(timeWidth), panel.Quantity(e.time, 2, "s"), c.Theme.Number.In(ui.Alpha(c.Theme.Faint, float64(ink.A)/255)), ui.Right)
	at := ui.Point{X: first.X + 11, Y: row.Y + line/2}
	if e.bad {
		sign(c, at, 4.5, scenarios.Failed, ink)
	} else {
		c.Circle(at, 2.2, ink)
	}
	row.CutLeft(timeWidth + signWidth)
	for _, text := range c.Wrap(e.text, c.Theme.Body, row.W) {
		c.Label(row.CutTop(line), text, c.Theme.Body.In(ink), ui.Left)
	}
}
