package panel

import (
	"math"
	"slices"

	"github.com/hajimehoshi/ebiten/v2"

	"roadloop/desktop/internal/ui"
	"roadloop/scenarios/metrics"
	"roadloop/scenarios/timeline"
)

// Plots is the panel of metrics over time: true values solid, believed values
// dashed. All plots share one time axis with a mark at the shown time. Undefined values
// are gaps.
type Plots struct {
	feed    *Feed
	live    *metrics.Live
	of      *timeline.Timeline // the drive of live
	set     *metrics.Safety
	showAll bool // the whole time range is shown
	window  timeWindow
	layer   ui.Layer
	pts     []ui.Point
}

// NewPlots returns the panel of a feed.
func NewPlots(feed *Feed) *Plots { return &Plots{feed: feed, showAll: true} }

// Name returns the panel's key.
func (p *Plots) Name() string { return "plots" }

// Title returns the panel's title.
func (p *Plots) Title() string { return "Plots" }

// Sizes, in points.
const (
	plotLeft, plotRight = 40, 18
	plotHeader          = 18
	axisHeight          = 18
	leastHeight         = 58.0
	maxStepsPerFrame    = 120 // steps evaluated per frame
	shownAtLeast        = 10.0
	criticalTTC         = 2.0 // s
	plotWheelZoom       = 1.2
	plotKeyZoom         = 1.4
	scrollShare         = .06 // of the window, per notch or key
)

// Draw draws the plots up to the newest step.
func (p *Plots) Draw(c *ui.Canvas, in *ui.Input) {
	c.Fill(c.Theme.Surface)
	t := p.feed.Timeline()
	if t == nil || t.Len() == 0 {
		Empty(c, "No drive yet.")
		return
	}
	log := t.Log()
	p.measure(t, log)
	b := c.Bounds()
	if b.W < plotLeft+plotRight+60 || b.H < plotHeader+axisHeight+30 {
		return
	}
	has := in.FocusArea(c, "time")
	if has {
		p.keys(c, in)
		defer c.FocusRing()
	}
	p.move(c, in, has)
	shown := p.shown(b.H)
	if len(shown) == 0 {
		Empty(c, "No metrics yet.")
		return
	}
	p.layer.Draw(c, p.key(), func(c *ui.Canvas) { p.drawStill(c, log, shown) })
	p.drawMoment(c, in, shown)
}

// curveState is the state that the curves depend on.
type curveState struct {
	of     *timeline.Timeline
	steps  int
	window timeWindow
}

func (p *Plots) key() curveState { return curveState{p.of, len(p.set.Times), p.window} }

// measure updates the metrics, in several frames for a long drive.
func (p *Plots) measure(t *timeline.Timeline, log *metrics.DriveLog) {
	if p.of != t {
		p.of, p.live = t, metrics.NewLive()
	}
	p.set, _ = p.live.Update(log, maxStepsPerFrame)
	if end := p.end(); p.showAll {
		p.window = timeWindow{0, end}
	}
}

// end returns the end of the time axis, s.
func (p *Plots) end() float64 {
	if n := len(p.set.Times); n > 0 {
		return math.Max(shownAtLeast, p.set.Times[n-1])
	}
	return shownAtLeast
}

// move changes the window by wheel and drag; a key shows the whole time range.
func (p *Plots) move(c *ui.Canvas, in *ui.Input, has bool) {
	b := c.Bounds()
	width := b.W - plotLeft - plotRight
	if notch := in.ScrollOver(c, b); notch != (ui.Point{}) {
		p.zoom(p.window.time(in.Pos(c).X, plotLeft, width), math.Pow(plotWheelZoom, notch.Y))
		p.scroll(-notch.X * scrollShare)
	}
	if _, dragging, _ := in.Drag(c, "time", b); dragging && p.feed.Seek != nil {
		p.feed.Seek(p.stepAt(p.window.time(in.Pos(c).X, plotLeft, width)))
	}
	if (has || in.Over(c, b)) && !in.Typing() && (in.TakeKey(ebiten.KeyHome) || in.TakeKey(ebiten.KeyDigit0)) {
		p.showAll = true
	}
}

// zoom shortens the window by a factor around a time.
func (p *Plots) zoom(at, factor float64) {
	p.window.zoom(at, factor, p.end())
	p.showAll = p.window == timeWindow{0, p.end()}
}

// scroll moves the window by a fraction of its length.
func (p *Plots) scroll(share float64) {
	by := share * (p.window.to - p.window.from)
	p.window.from += by
	p.window.to += by
	p.window.within(p.end())
	p.showAll = p.window == timeWindow{0, p.end()}
}

// keys moves through time: arrows seek by one step, Shift and arrows move the window,
// plus and minus zoom around the shown time.
func (p *Plots) keys(c *ui.Canvas, in *ui.Input) {
	at := min(max(p.feed.At(), 0), len(p.set.Times)-1)
	shift := in.Shift()
	if dir, ok := in.Arrow(); ok && shift {
		p.scroll(dir.X * scrollShare)
	} else if ok && dir.X != 0 && p.feed.Seek != nil {
		p.feed.Seek(at + int(dir.X))
	}
	switch {
	case in.TakeRepeated(ebiten.KeyEqual), in.TakeRepeated(ebiten.KeyNumpadAdd):
		p.zoom(p.set.Times[at], plotKeyZoom)
	case in.TakeRepeated(ebiten.KeyMinus), in.TakeRepeated(ebiten.KeyNumpadSubtract):
		p.zoom(p.set.Times[at], 1/plotKeyZoom)
	}
}

// stepAt returns the step nearest to a time.
func (p *Plots) stepAt(t float64) int {
	times := p.set.Times
	i, _ := slices.BinarySearch(times, t)
	if i > 0 && (i == len(times) || t-times[i-1] < times[i]-t) {
		i--
	}
	return max(0, min(i, len(times)-1))
}

// plot is a shown curve with its values and range.
type plot struct {
	*curve
	series *metrics.Series
	span   valueSpan
	area   ui.Rect // of the curve
}

// shown returns the plots that fit, laid out in a column.
func (p *Plots) shown(height float64) []plot {
	var out []plot
	for i := range curves {
		s := p.set.Find(curves[i].measure)
		if r, ok := curves[i].spanOf(s); ok {
			out = append(out, plot{curve: &curves[i], series: s, span: r})
		}
	}
	room := height - axisHeight - 4
	n := min(len(out), max(1, int(room/leastHeight)))
	out = out[:n]
	each := room / float64(max(1, n))
	for i := range out {
		out[i].area = ui.Rect{X: plotLeft, Y: 4 + each*float64(i) + plotHeader, H: each - plotHeader - 6}
	}
	return out
}
