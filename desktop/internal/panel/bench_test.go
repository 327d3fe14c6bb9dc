package panel_test

import (
	"syscall"
	"testing"
	"time"

	"github.com/hajimehoshi/ebiten/v2"

	"roadloop/desktop/internal/panel"
	"roadloop/desktop/internal/panel/belief"
	"roadloop/desktop/internal/panel/camera"
	"roadloop/desktop/internal/panel/decision"
	"roadloop/desktop/internal/panel/paneltest"
	"roadloop/desktop/internal/panel/plots"
	"roadloop/desktop/internal/panel/sensors"
	"roadloop/desktop/internal/panel/verdict"
	"roadloop/desktop/internal/panel/world"
	"roadloop/desktop/internal/ui"
	"roadloop/desktop/internal/ui/uitest"
	"roadloop/scenarios/timeline"
)

// layout returns the panels with their areas in a window of 1280×720 points.
func layout(feed *panel.Feed) []placed {
	chase := world.New(feed)
	chase.ChaseView = true
	return []placed{
		{"world", world.New(feed), ui.Rect{W: 420, H: 420}},
		{"chase", chase, ui.Rect{X: 420, W: 440, H: 280}},
		{"camera", camera.New(feed), ui.Rect{X: 860, W: 420, H: 252}},
		{"belief", belief.New(feed), ui.Rect{X: 860, Y: 252, W: 420, H: 468}},
		{"plots", plots.New(feed), ui.Rect{Y: 420, W: 420, H: 300}},
		{"decision", decision.New(feed), ui.Rect{X: 420, Y: 280, W: 440, H: 220}},
		{"verdict", verdict.New(feed), ui.Rect{X: 420, Y: 500, W: 440, H: 130}},
		{"sensors", sensors.New(feed), ui.Rect{X: 420, Y: 630, W: 440, H: 90}},
	}
}

type placed struct {
	name string
	p    ui.Panel
	at   ui.Rect
}

// BenchmarkPanels draws each frame another step of a drive through town, and reads the
// pixels back: one panel alone at its area in a window of 1280×720, and all panels.
func BenchmarkPanels(b *testing.B) {
	t := paneltest.Drive(b, paneltest.Case{Scenario: "unprotected-left", Network: true, Until: 8})
	at := 0
	feed := &panel.Feed{Timeline: func() *timeline.Timeline { return t }, At: func() int { return at }}
	all := layout(feed)
	run := func(name string, list []placed) {
		b.Run(name, func(b *testing.B) {
			im := ebiten.NewImage(1280, 720)
			defer im.Deallocate()
			painter, in := ui.NewPainter(ui.Dark()), ui.NewInput()
			before := cpu(b)
			for range b.N {
				at = 40 + (at+1)%100
				in.BeginFrame(&ui.Snapshot{Elapsed: uitest.FrameTime})
				c := painter.Begin(im, 1)
				for _, q := range list {
					q.p.Draw(c.Sub(q.at).Scoped(q.name), in)
				}
				in.EndFrame(c)
				painter.End()
				im.At(0, 0)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "frames/s")
			b.ReportMetric((cpu(b)-before).Seconds()*1000/float64(b.N), "cpu-ms/frame")
		})
	}
	for i := range all {
		run(all[i].name, all[i:i+1])
	}
	run("all", all)
}

// cpu returns the processor time of the process so far. It is more reliable than wall
// time if other programs run.
func cpu(tb testing.TB) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
