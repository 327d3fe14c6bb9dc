package panel

import (
	"math"
	"testing"

	"github.com/hajimehoshi/ebiten/v2"

	"roadloop/desktop/internal/ui"
	"roadloop/desktop/internal/ui/uitest"
	"roadloop/scenarios/metrics"
	"roadloop/scenarios/timeline"
)

func TestSpans(t *testing.T) {
	nan := math.NaN()
	plain, capped := &curve{scale: 1}, &curve{scale: 1, cap: 10}
	for _, c := range []struct {
		k      *curve
		values []float64
		want   valueSpan
		ok     bool
	}{
		{plain, []float64{3, 9, nan}, valueSpan{0, 10, 5}, true},
		{plain, []float64{70, 100}, valueSpan{70, 100, 10}, true},
		{plain, []float64{-4, 2}, valueSpan{-4, 2, 2}, true},
		{plain, []float64{5, 5}, valueSpan{4.9, 5.1, .1}, true},
		{capped, []float64{2, 900, math.Inf(1)}, valueSpan{0, 10, 5}, true},
		{plain, []float64{nan, nan}, valueSpan{}, false},
	} {
		got, ok := c.k.spanOf(&metrics.Series{Truth: c.values})
		if ok != c.ok || math.Abs(got.low-c.want.low)+math.Abs(got.high-c.want.high)+math.Abs(got.step-c.want.step) > 1e-9 {
			t.Errorf("%v: %+v, %v; want %+v, %v", c.values, got, ok, c.want, c.ok)
		}
	}
}

// A zoom keeps the time under the pointer and stays within the drive.
func TestZoomKeepsTheTime(t *testing.T) {
	w := timeWindow{0, 20}
	at := w.time(250, plotLeft, 400)
	w.zoom(at, 4, 20)
	if x := w.x(at, plotLeft, 400); math.Abs(x-250) > 1e-9 || math.Abs(w.to-w.from-5) > 1e-9 {
		t.Errorf("the time under 250 is at %g in %+v", x, w)
	}
	for range 30 {
		w.zoom(w.from, .5, 20)
	}
	if w != (timeWindow{0, 20}) {
		t.Errorf("far away the window is %+v", w)
	}
}

func plotsDrive(t *testing.T) *timeline.Timeline {
	t.Helper()
	return driveOf(t, driveCase{Scenario: "cut-in", Until: 6})
}

// Without a lead the gap has no line; with a lead the line is at its value.
func TestCurvePositions(t *testing.T) {
	tp := plotsDrive(t)
	p := NewPlots(feedOf(tp))
	const width, height = 600, 500
	m := uitest.Show(p, width, height, 2).Picture()
	uitest.Save(t, "plots.png", m)
	var gap *plot
	list := p.shown(height)
	for i := range list {
		if list[i].measure == "gap" {
			gap = &list[i]
		}
	}
	if gap == nil {
		t.Fatal("no plot of the gap")
	}
	defined, drawn, undefined := 0, 0, 0
	for i, v := range gap.series.Truth {
		x := p.window.x(p.set.Times[i], plotLeft, width-plotLeft-plotRight)
		if i == tp.Len()-1 || i%4 != 0 {
			continue
		}
		if math.IsNaN(v) || v > gap.cap {
			// Neither this step nor its neighbors: no white line anywhere above the time.
			if i > 2 && i+3 < len(gap.series.Truth) && math.IsNaN(gap.series.Truth[i-2]) && math.IsNaN(gap.series.Truth[i+2]) {
				undefined++
				mid := ui.Point{X: x, Y: gap.area.Center().Y}
				if n := uitest.CountNear(m, mid, 1, ui.Dark().Ink); n > 0 {
					t.Errorf("a line at %.2f s, where there is no gap", p.set.Times[i])
				}
			}
			continue
		}
		defined++
		q := ui.Point{X: x, Y: gap.y(v)}
		if uitest.CountNear(m, q, 3, ui.Dark().Ink)+uitest.CountNear(m, q, 3, ui.Dark().Belief) > 0 {
			drawn++
		}
	}
	if defined == 0 || undefined == 0 || drawn < defined*9/10 {
		t.Errorf("%d of %d values are drawn where they are; %d undefined", drawn, defined, undefined)
	}
}

// A click seeks to the frame at that time.
func TestClickSeeks(t *testing.T) {
	tp := plotsDrive(t)
	feed := feedOf(tp)
	sought := -1
	feed.Seek = func(frame int) { sought = frame }
	p := NewPlots(feed)
	const width = 600
	s := uitest.Show(p, width, 300, 2)
	const second = 3.0
	s.User.Click(p.window.x(second, plotLeft, width-plotLeft-plotRight), 150, ui.Primary)
	uitest.Redraw(s, p, 2)
	if sought < 0 || math.Abs(tp.StepAt(sought).Time.Seconds()-second) > .051 {
		t.Errorf("a click on 3 s goes to frame %d", sought)
	}
}

// Another drive is evaluated from its start; a drive in progress is continued.
func TestMetricsFollowDrive(t *testing.T) {
	first, second := plotsDrive(t), driveOf(t, driveCase{Scenario: "zebra", Until: 1})
	now := first
	feed := &Feed{Timeline: func() *timeline.Timeline { return now }, At: func() int { return 0 }}
	p := NewPlots(feed)
	s := uitest.Show(p, 500, 300, 3)
	if got := len(p.set.Times); got != first.Len() {
		t.Errorf("%d steps measured, the drive has %d", got, first.Len())
	}
	now = second
	uitest.Redraw(s, p, 1)
	if got := len(p.set.Times); got != second.Len() {
		t.Errorf("%d steps of the other drive measured, it has %d", got, second.Len())
	}
	if _, err := second.Step(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	uitest.Redraw(s, p, 1)
	if got := len(p.set.Times); got != second.Len() {
		t.Errorf("after a step %d are measured, want %d", got, second.Len())
	}
}

// Tab focuses the plots: arrows seek by one step, plus zooms around the shown time,
// Shift and an arrow move the window.
func TestKeysMoveThroughTime(t *testing.T) {
	tp := plotsDrive(t)
	feed := feedOf(tp)
	at := 60
	feed.At = func() int { return at }
	feed.Seek = func(frame int) { at = frame }
	p := NewPlots(feed)
	s := uitest.Show(p, 600, 300, 2)
	press := func(k ui.Key, with ...ui.Key) {
		s.User.Press(k, with...)
		uitest.Redraw(s, p, 2)
	}
	press(ebiten.KeyArrowLeft)
	if at != 60 {
		t.Fatal("without the focus an arrow key seeks")
	}
	press(ebiten.KeyTab)
	press(ebiten.KeyArrowLeft)
	if at != 59 {
		t.Errorf("the left arrow goes to %d", at)
	}
	press(ebiten.KeyArrowRight)
	press(ebiten.KeyArrowRight)
	if at != 61 {
		t.Errorf("the right arrow goes to %d", at)
	}
	press(ebiten.KeyEqual)
	zoomed := p.window
	now := p.set.Times[at]
	if zoomed.to-zoomed.from > .8*p.end() || now < zoomed.from || now > zoomed.to {
		t.Errorf("around %g s it shows %+v", now, zoomed)
	}
	press(ebiten.KeyArrowLeft, ebiten.KeyShift)
	if p.window.from >= zoomed.from || at != 61 {
		t.Errorf("with Shift it shows %+v at decision %d", p.window, at)
	}
	press(ebiten.KeyHome)
	if p.window.from != 0 || p.window.to != p.end() {
		t.Errorf("Home shows %+v", p.window)
	}
}

// During playback the cursor is at the right, next to the values. It does not cross
// them.
func TestCursorDoesNotCrossTheValues(t *testing.T) {
	tp := driveOf(t, driveCase{Scenario: "cut-in", Until: 11})
	p := NewPlots(feedOf(tp))
	const width, height = 600, 400
	m := uitest.Show(p, width, height, 2).Picture()
	x := int(p.window.x(p.set.Times[tp.Len()-1], plotLeft, width-plotLeft-plotRight))
	accent := ui.Dark().Accent
	for _, q := range p.shown(height) {
		in, above := 0, 0
		for y := int(q.area.Y - plotHeader); y < int(q.area.Bottom()); y++ {
			if c := m.RGBAAt(x, y); c.R != accent.R || c.G != accent.G || c.B != accent.B {
				continue
			}
			if float64(y) < q.area.Y-2 {
				above++
			} else {
				in++
			}
		}
		if above > 0 || in < int(q.area.H)/2 {
			t.Errorf("%s: %d pixels of the cursor among the values, %d among the curves", q.name, above, in)
		}
	}
}
