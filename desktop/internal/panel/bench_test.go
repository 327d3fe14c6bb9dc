package panel

import (
	"syscall"
	"testing"
	"time"

	"github.com/hajimehoshi/ebiten/v2"

	"roadloop/desktop/internal/ui"
	"roadloop/desktop/internal/ui/uitest"
	"roadloop/policy/drive"
	"roadloop/scenarios/timeline"
)

// layout returns the panels with their areas in a window of 1280×720 points.
func layout(feed *Feed) []placed {
	chase := NewWorld(feed)
	chase.ChaseView = true
	return []placed{
		{"world", NewWorld(feed), ui.Rect{W: 420, H: 420}},
		{"chase", chase, ui.Rect{X: 420, W: 440, H: 280}},
		{"camera", NewCamera(feed), ui.Rect{X: 860, W: 420, H: 252}},
		{"belief", NewBelief(feed), ui.Rect{X: 860, Y: 252, W: 420, H: 468}},
		{"plots", NewPlots(feed), ui.Rect{Y: 420, W: 420, H: 300}},
		{"decision", NewDecision(feed), ui.Rect{X: 420, Y: 280, W: 440, H: 220}},
		{"verdict", NewVerdict(feed), ui.Rect{X: 420, Y: 500, W: 440, H: 130}},
		{"sensors", NewSensors(feed), ui.Rect{X: 420, Y: 630, W: 440, H: 90}},
	}
}

type placed struct {
	name string
	p    ui.Panel
	at   ui.Rect
}

// BenchmarkPanels draws each frame another step of a drive through town, and reads the
// pixels back: one panel alone at its area in a window of 1280×720, and all panels; and that of a
// policy in a drive of its own.
func BenchmarkPanels(b *testing.B) {
	t := driveOf(b, driveCase{Scenario: "unprotected-left", Network: true, Until: 8})
	policy := policyDrive(b, "unprotected-left", 160, &goStraight, func(c *drive.Config) {
		c.Observations = []string{drive.State, drive.RoutePoints, drive.RoadUsers, drive.Camera96}
	})
	at := 0
	of := func(t *timeline.Timeline) *Feed {
		return &Feed{Timeline: func() *timeline.Timeline { return t }, At: func() int { return at }}
	}
	all := layout(of(t))
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
	run("policy", []placed{{"policy", NewPolicy(of(policy)), ui.Rect{X: 914, Y: 66, W: 362, H: 308}}})
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
