package desktop

import (
	"testing"

	"github.com/hajimehoshi/ebiten/v2"
)

// draws returns how many of n frames are drawn.
func (s *testWindow) draws(n int) int {
	s.Helper()
	before := s.idle.drawn
	for range n {
		s.frame()
	}
	return s.idle.drawn - before
}

// settles runs frames until ten in a row are skipped.
func (s *testWindow) settles(what string) {
	s.Helper()
	s.until(what+" to come to rest", func() bool { return s.draws(10) == 0 && s.browser.Waiting() == 0 })
}

// An unchanged window is not drawn, neither the library nor a paused drive. Input, a new
// size and a message that disappears are drawn.
func TestWindowAtRestIsNotDrawn(t *testing.T) {
	s := openTestWindow(t, 640, 480, "")
	s.User.Press(ebiten.KeySlash)
	s.Type("curve") // few thumbnails are needed
	s.settles("the library")
	if n := s.draws(200); n > 0 {
		t.Errorf("%d of 200 frames of the library at rest are drawn", n)
	}
	s.User.Point(320, 300)
	if s.draws(1) != 1 {
		t.Error("the pointer moves and nothing is drawn")
	}
	s.settles("the pointer")
	s.User.Point(2000, 300)
	s.frame()
	s.settles("the pointer outside")
	s.User.Point(2100, 900)
	if n := s.draws(5); n > 0 {
		t.Errorf("the pointer moves outside of the window and %d frames are drawn", n)
	}
	s.Open(open(t, "curve"))
	s.until("a drive", func() bool { return s.Frame() != nil })
	if n := s.draws(20); n != 20 {
		t.Errorf("%d of 20 frames of a drive are drawn", n)
	}
	s.press(ebiten.KeySpace)
	s.settles("the drive")
	if n := s.draws(200); n > 0 {
		t.Errorf("%d of 200 frames of a drive that waits are drawn", n)
	}
	s.press(ebiten.KeyS, ebiten.KeyControl) // which shows a message
	if len(s.Messages()) == 0 {
		t.Fatal("no message")
	}
	for i := 0; len(s.Messages()) > 0; i++ {
		if i > 600 {
			t.Fatal("the message does not disappear")
		}
		s.frame()
	}
	s.settles("the message")
	s.screen = ebiten.NewImage(700, 500)
	if s.draws(1) != 1 {
		t.Error("the window has another size and is not drawn")
	}
}

func open(t *testing.T, arg string) opening {
	t.Helper()
	o, err := find(arg)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// Background changes are drawn without input.
func TestWindowDrawsBackgroundChanges(t *testing.T) {
	s := openTestWindow(t, 640, 480, "")
	s.User.Press(ebiten.KeySlash)
	s.Type("curve")
	s.settles("the library")
	s.changed()
	if s.draws(1) != 1 {
		t.Error("a background change is not drawn")
	}
}
