package desktop

import (
	"testing"

	"github.com/hajimehoshi/ebiten/v2"

	"roadloop/desktop/internal/ui"
	"roadloop/desktop/internal/ui/uitest"
)

// Without a pointer: F6 focuses the panels. There the keys act on the panel and the arrows
// do not steer. Esc leaves the panel; then the arrows start a takeover.
func TestPanelsByKeyboard(t *testing.T) {
	s := openTestWindow(t, 1280, 720, "braking-lead")
	s.until("a second of driving", func() bool { return s.Timeline().Len() > 20 })
	s.press(ebiten.KeySpace)
	s.press(ebiten.KeyF6) // the world
	s.press(ebiten.KeyArrowUp)
	s.press(ebiten.KeyEnter)
	if s.Manual() {
		t.Fatal("an arrow key in a panel starts a takeover")
	}
	s.picture("marked.png")
	if got := s.Chosen(); got != 1 {
		t.Errorf("Enter on the car ahead chose %d", got)
	}
	at := s.At()
	s.press(ebiten.KeyF6) // the camera
	s.press(ebiten.KeyF6) // the plots
	s.press(ebiten.KeyArrowLeft)
	if s.At() != at-1 {
		t.Errorf("an arrow key in the plots goes from decision %d to %d", at, s.At())
	}
	s.press(ebiten.KeyEscape)
	s.User.Hold(ebiten.KeyArrowUp)
	s.until("the takeover", s.Manual)
	s.User.Release(ebiten.KeyArrowUp)
}

// A click on a button does not give it the arrow keys; they steer.
func TestClickDoesNotTakeTheArrowKeys(t *testing.T) {
	s := openTestWindow(t, 1280, 720, "braking-lead")
	s.until("a second of driving", func() bool { return s.Timeline().Len() > 20 })
	s.User.Click(92, 702, ebiten.MouseButtonLeft) // pause
	s.frame()
	s.frame()
	if s.Playing() {
		t.Fatal("the button does not pause")
	}
	s.User.Hold(ebiten.KeyArrowUp)
	s.until("the takeover", s.Manual)
	s.User.Release(ebiten.KeyArrowUp)
}

// G hides the ghosts of the other branch and shows them again.
func TestKeyTogglesGhosts(t *testing.T) {
	s := openTestWindow(t, 1280, 720, "braking-lead")
	s.until("a second of driving", func() bool { return s.Timeline().Len() > 20 })
	s.press(ebiten.KeySpace)
	s.press(ebiten.KeyHome)
	s.fork()
	s.until("the lead to be elsewhere", func() bool { return s.At() > 40 })
	s.press(ebiten.KeySpace)
	s.until("the pause", func() bool { seconds, _, _ := s.ShownTime(); return seconds == s.Frame().Time.Seconds() })
	outlines := func() int { // in the world panel, plus the button of the same color
		return uitest.CountNear(s.picture("ghosts.png"), ui.Point{X: 160, Y: 210}, 80, ui.Dark().Other)
	}
	with := outlines()
	s.press(ebiten.KeyG)
	without := outlines()
	s.press(ebiten.KeyG)
	if again := outlines(); with < 20 || without > 0 || again != with {
		t.Errorf("%d pixels of ghosts, %d after G, %d after G again", with, without, again)
	}
}
