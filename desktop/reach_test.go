package desktop_test

import (
	"testing"

	"github.com/hajimehoshi/ebiten/v2"
)

// Without a pointer: F6 goes into the panels, in which keys act on what is there, while
// the arrows steer nothing; Esc leaves the panel, and then they take the wheel.
func TestPanelsAreReachedByKeys(t *testing.T) {
	s := sit(t, 1280, 720, "braking-lead")
	s.until("a second of driving", func() bool { return s.Tape().Len() > 20 })
	s.press(ebiten.KeySpace)
	s.press(ebiten.KeyF6) // the world
	s.press(ebiten.KeyArrowUp)
	s.press(ebiten.KeyEnter)
	if s.Manual() {
		t.Fatal("an arrow key in a panel takes the wheel")
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
	s.Hands.Hold(ebiten.KeyArrowUp)
	s.until("hands at the wheel", s.Manual)
	s.Hands.Release(ebiten.KeyArrowUp)
}

// A click on a button gives it no arrow keys: they steer.
func TestClickDoesNotTakeTheArrowKeys(t *testing.T) {
	s := sit(t, 1280, 720, "braking-lead")
	s.until("a second of driving", func() bool { return s.Tape().Len() > 20 })
	s.Hands.Click(92, 702, ebiten.MouseButtonLeft) // pause
	s.frame()
	s.frame()
	if s.Playing() {
		t.Fatal("the button does not pause")
	}
	s.Hands.Hold(ebiten.KeyArrowUp)
	s.until("hands at the wheel", s.Manual)
	s.Hands.Release(ebiten.KeyArrowUp)
}
