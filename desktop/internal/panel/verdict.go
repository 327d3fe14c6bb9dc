package panel

import (
	"math"
	"sync"
	"time"

	"roadloop/desktop/internal/ui"
	"roadloop/scenarios/runner"
	"roadloop/scenarios/timeline"
)

// Verdict is the panel of the verdict so far: every expectation with its
// status, and the events. A click on an event seeks to it.
type Verdict struct {
	feed   *Feed
	scroll float64 // points
	row    int     // event marked by keys

	mu     sync.Mutex
	latest judgment
	busy   bool
}

// judgment is the status of a drive with a number of steps. It is computed in the
// background.
type judgment struct {
	of        *timeline.Timeline
	steps     int
	over      bool
	standings []runner.ExpectationStatus
	at        time.Time
}

// NewVerdict returns the panel of a feed.
func NewVerdict(feed *Feed) *Verdict { return &Verdict{feed: feed} }

// Name returns the panel's key.
func (p *Verdict) Name() string { return "verdict" }

// Title returns the panel's title.
func (p *Verdict) Title() string { return "Verdict" }

const (
	verdictLine = 18.0
	judgePeriod = 300 * time.Millisecond // between judgments of a drive in progress
)

// Draw draws the status of the drive.
func (p *Verdict) Draw(c *ui.Canvas, in *ui.Input) {
	c.Fill(c.Theme.Surface)
	t := p.feed.Timeline()
	if t == nil || t.Len() == 0 {
		Empty(c, "No drive yet.")
		return
	}
	j := p.judged(t)
	if j.of != t {
		Empty(c, "Computing the verdict …")
		return
	}
	r := c.Bounds().Inset2(10, 6)
	p.drawHead(c, r.CutTop(34), &j)
	has := in.FocusArea(c, "events")
	if has {
		defer c.FocusRing()
	}
	events := eventsOf(t)
	if fitsBeside(c, r, &j, events) {
		half := r.CutLeft(r.W / 2)
		r.CutLeft(10)
		p.drawStandings(c, half, &j)
		p.drawEvents(c, in, r, events, has)
		return
	}
	need := heightOf(c, r.W, &j)
	p.drawStandings(c, r.CutTop(math.Min(need, math.Max(verdictLine, r.H*.55))), &j)
	r.CutTop(6)
	p.drawEvents(c, in, r, events, has)
}

// judged returns the latest judgment, and starts a new one in the background if there
// are new steps.
func (p *Verdict) judged(t *timeline.Timeline) judgment {
	p.mu.Lock()
	defer p.mu.Unlock()
	j := p.latest
	log, over := t.Log(), t.Over()
	same := j.of == t && j.steps == len(log.Steps) && j.over == over
	if same || p.busy || j.of == t && !over && time.Since(j.at) < judgePeriod {
		return j
	}
	p.busy = true
	go func() {
		now := judgment{of: t, steps: len(log.Steps), over: over, standings: t.Plan().Statuses(log, over), at: time.Now()}
		p.mu.Lock()
		p.latest, p.busy = now, false
		p.mu.Unlock()
		p.feed.Notify()
	}()
	return j
}

// fitsBeside reports whether expectations and events are placed side by side: if each
// fits in one line, or if there is little height.
func fitsBeside(c *ui.Canvas, r ui.Rect, j *judgment, events []driveEvent) bool {
	const least, fewLines = 430, 3
	width := r.W
	switch {
	case width < least:
		return false
	case r.H-heightOf(c, width, j) < fewLines*verdictLine:
		return true
	}
	room := (width-10)/2 - timeWidth - signWidth
	for i := range events {
		if c.Measure(events[i].text, c.Theme.Body) > room {
			return false
		}
	}
	for i := range j.standings {
		s := &j.standings[i]
		if s.Failure != nil && c.Measure(s.Text+s.Failure.Message, c.Theme.Body) > (width-10)/2-signWidth-10 {
			return false
		}
	}
	return true
}

// signWidth is the width of the sign of a line.
const signWidth = 20

// heightOf returns the height of the list of expectations.
func heightOf(c *ui.Canvas, width float64, j *judgment) float64 {
	high := 0.0
	for i := range j.standings {
		high += verdictLine * float64(1+len(reasonLines(c, width, &j.standings[i])))
	}
	return high
}

// reasonLines returns the lines of a failure's reason below the expectation, none if it
// fits in the same line.
func reasonLines(c *ui.Canvas, width float64, s *runner.ExpectationStatus) []string {
	if s.Failure == nil || s.State != runner.Failed {
		return nil
	}
	room := width - signWidth
	if c.Measure(s.Text, c.Theme.Body)+10+c.Measure(s.Failure.Message, c.Theme.Small) <= room {
		return nil
	}
	return c.Wrap(s.Failure.Message, c.Theme.Small, room)
}

// counts returns the number of expectations in each state.
func (j *judgment) counts() (n [3]int) {
	for i := range j.standings {
		n[j.standings[i].State]++
	}
	return n
}

// drawHead draws the verdict so far.
func (p *Verdict) drawHead(c *ui.Canvas, r ui.Rect, j *judgment) {
	n := j.counts()
	state, text := runner.Pending, "No failure so far"
	switch {
	case n[runner.Failed] > 0:
		state, text = runner.Failed, "Failed"
	case j.over:
		state, text = runner.Met, "Passed"
	}
	col := stateColor(c.Theme, state)
	if state == runner.Pending {
		col = c.Theme.Accent
	}
	badge := ui.Rect{X: r.X, Y: r.Y + 3, W: c.Measure(text, c.Theme.Heading) + 40, H: 26}
	c.RoundRect(badge, 6, ui.Alpha(col, .2))
	sign(c, ui.Point{X: badge.X + 15, Y: badge.Y + 13}, 6, state, col)
	label := badge
	label.CutLeft(28)
	style := c.Theme.Heading.In(ui.Mix(col, c.Theme.Ink, .25))
	style.Size = 16
	c.Label(label, text, style, ui.Left)
	r.CutLeft(badge.W + 8)
	rest := Quantity(float64(n[runner.Met]), 0, "met")
	if n[runner.Pending] > 0 {
		rest += ", " + Quantity(float64(n[runner.Pending]), 0, "open")
	}
	if n[runner.Failed] > 0 {
		rest += ", " + Quantity(float64(n[runner.Failed]), 0, "failed")
	}
	c.Label(r, rest, c.Theme.Small, ui.Left)
}

func stateColor(t *ui.Theme, s runner.State) ui.Color {
	return map[runner.State]ui.Color{runner.Met: t.Good, runner.Pending: t.Faint, runner.Failed: t.Bad}[s]
}

// sign draws a tick for met, a ring for open and a cross for failed.
func sign(c *ui.Canvas, at ui.Point, r float64, s runner.State, col ui.Color) {
	switch s {
	case runner.Met:
		c.Tick(at, .85*r, 2, col)
	case runner.Pending:
		c.Ring(at, r*.7, 1.6, col)
	case runner.Failed:
		c.Cross(at, .7*r, 2.2, col)
	}
}

// drawStandings lists the expectations with reasons, failed ones first.
func (p *Verdict) drawStandings(c *ui.Canvas, r ui.Rect, j *judgment) {
	list := c.Sub(r)
	y := 0.0
	for _, state := range [...]runner.State{runner.Failed, runner.Pending, runner.Met} {
		for i := range j.standings {
			s := &j.standings[i]
			if s.State != state || y+verdictLine > r.H+2 {
				continue
			}
			row := ui.Rect{Y: y, W: r.W, H: verdictLine}
			y += verdictLine
			sign(list, ui.Point{X: 8, Y: row.Y + verdictLine/2}, 5, s.State, stateColor(c.Theme, s.State))
			row.CutLeft(signWidth)
			ink := c.Theme.Ink
			if s.State == runner.Pending {
				ink = c.Theme.Faint
			}
			w := c.Measure(s.Text, c.Theme.Body) + 10
			list.Label(row.CutLeft(math.Min(w, row.W)), s.Text, c.Theme.Body.In(ink), ui.Left)
			if s.Failure == nil || state != runner.Failed {
				continue
			}
			style := c.Theme.Small.In(stateColor(c.Theme, state))
			below := reasonLines(c, r.W, s)
			if len(below) == 0 {
				list.Label(row, s.Failure.Message, style, ui.Left)
			}
			for _, text := range below {
				list.Label(ui.Rect{X: signWidth, Y: y, W: r.W - signWidth, H: verdictLine}, text, style, ui.Left)
				y += verdictLine
			}
		}
	}
}
