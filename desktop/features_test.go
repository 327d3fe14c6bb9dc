package desktop

import (
	"slices"
	"testing"

	"github.com/hajimehoshi/ebiten/v2"

	"roadloop/desktop/internal/ui"
	"roadloop/scenarios/timeline"
)

// The keys that open the help also close it, in the library too.
func TestHelpIsClosedByItsKey(t *testing.T) {
	s := openTestWindow(t, 640, 480, "")
	s.User.Press(ebiten.KeySlash) // few thumbnails are needed
	s.Type("curve")
	s.press(ebiten.KeyEscape)
	for _, k := range []ui.Key{ebiten.KeyH, ebiten.KeyF1} {
		s.press(k)
		if !s.help.shown {
			t.Errorf("%v does not open the help", k)
		}
		s.press(k)
		if s.help.shown {
			t.Errorf("%v does not close the help", k)
		}
	}
}

// A video continues when the window gets another size, and the next key ends it. An
// indicator shows that it is in progress.
func TestVideoSurvivesResize(t *testing.T) {
	s := openTestWindow(t, 640, 480, "curve")
	s.until("a drive", func() bool { return s.Frame() != nil })
	s.press(ebiten.KeyF9, ebiten.KeyShift)
	s.frame()
	red := ui.Dark().Bad
	if m := s.picture("rec.png"); !hasColor(m.RGBAAt(320-24, 56), red) && !hasColor(m.RGBAAt(320-28, 56), red) && !hasColor(m.RGBAAt(320-32, 56), red) {
		t.Errorf("no video indicator: %v", m.RGBAAt(320-28, 56))
	}
	s.screen = ebiten.NewImage(500, 300)
	for range 12 {
		s.frame()
	}
	if s.capture.video == nil {
		t.Fatal("another size ends the video")
	}
	s.press(ebiten.KeyF9, ebiten.KeyShift)
	if s.capture.video != nil {
		t.Fatal("the key does not end the video")
	}
	g := s.waitForVideo(t)
	if g.Config.Width != 640 || g.Config.Height != 480 {
		t.Errorf("the video has %d×%d pixels", g.Config.Width, g.Config.Height)
	}
}

func hasColor(got interface{ RGBA() (r, g, b, a uint32) }, want ui.Color) bool {
	r, g, b, _ := got.RGBA()
	near := func(x uint32, y uint8) bool { return int(x>>8)-int(y) < 20 && int(y)-int(x>>8) < 20 }
	return near(r, want.R) && near(g, want.G) && near(b, want.B)
}

// Random traffic can be changed, too: the dialog offers the nearest road users.
func TestTrafficCanBeChanged(t *testing.T) {
	s := openTestWindow(t, 640, 480, "../bench/minute.yaml")
	s.until("a second of driving", func() bool { return s.Timeline().Len() > 20 })
	s.press(ebiten.KeySpace)
	s.press(ebiten.KeyF)
	if !s.WhatIfOpen() {
		t.Fatal("F does not ask")
	}
	s.press(ebiten.KeyEnter)
	s.until("both branches", func() bool { return s.OtherTimeline() != nil && min(s.Timeline().Len(), s.OtherTimeline().Len()) > 80 })
	changes, _ := s.OtherTimeline().Changes()
	if len(changes) != 1 {
		t.Fatalf("changed is %v", changes)
	}
	plan, change := s.Timeline().Plan(), changes[0].(timeline.Speed)
	id := slices.Index(plan.Names, change.Actor)
	if id < int(plan.FirstTraffic) {
		t.Errorf("%q is offered first, which is no traffic", change.Actor)
	}
	before, after := s.Timeline().StepAt(80).World.Actors()[id-1].State.Speed, s.OtherTimeline().StepAt(80).World.Actors()[id-1].State.Speed
	if before-after < 1 {
		t.Errorf("%s drives at %.1f m/s, and changed to half its speed at %.1f m/s", change.Actor, before, after)
	}
	s.picture("traffic-changed.png")
}

// Panels of a second branch are hidden if there is none, whatever the saved layout says.
func TestPanelsWithoutSecondBranchAreHidden(t *testing.T) {
	s := openTestWindow(t, 1280, 720, "braking-lead")
	s.until("some driving", func() bool { return s.Timeline().Len() > 10 })
	s.press(ebiten.KeyF)
	s.press(ebiten.KeyEnter)
	s.until("the other branch", func() bool { return s.OtherTimeline() != nil })
	s.frame()
	if !s.panels.dock.Shown("other") || !s.panels.dock.Shown("compare") {
		t.Fatal("the other branch is not shown")
	}
	s.press(ebiten.KeyR)
	s.frame()
	if s.panels.dock.Shown("other") || s.panels.dock.Shown("compare") {
		t.Error("empty panels stay for the next drive")
	}
}
