package desktop

import (
	"errors"
	"image"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"testing"
	"time"

	"roadloop/desktop/internal/ui"

	"github.com/hajimehoshi/ebiten/v2"
)

// The window drives up to the time, saves one screenshot and ends. The pointer rests on the
// title of a panel, and no tooltip is in the picture.
func TestPose(t *testing.T) {
	s := openTestWindow(t, 800, 500, "cut-in/3")
	s.Point(30, barHeight+16)
	path := filepath.Join(s.folder, "pose.png")
	game, err := newPose(s.window, path, 1.5)
	if err != nil {
		t.Fatal(err)
	}
	s.runUntilEnd(game)
	if s.in.Over(s.paint.Begin(s.screen, 1), ui.Rect{W: 800, H: 500}) {
		t.Error("the pointer is over the window")
	}
	if at := s.At(); at != 30 {
		t.Errorf("the screenshot shows decision %d, want 30", at)
	}
	s.saved(path)
}

// runUntilEnd shows a game until it ends.
func (s *testWindow) runUntilEnd(game ebiten.Game) {
	s.Helper()
	for deadline := time.Now().Add(time.Minute); ; s.draw(game) {
		if err := game.Update(); errors.Is(err, ebiten.Termination) {
			return
		} else if err != nil {
			s.Fatal(err)
		}
		if time.Now().After(deadline) {
			s.Fatal("no screenshot was taken")
		}
	}
}

// saved checks that a screenshot of the whole window was saved.
func (s *testWindow) saved(path string) *image.RGBA {
	s.Helper()
	f, err := os.Open(path)
	if err != nil {
		s.Fatal(err)
	}
	defer f.Close()
	im, err := png.Decode(f)
	if err != nil || im.Bounds() != s.screen.Bounds() {
		s.Fatalf("picture of %v (%v), want %v", im.Bounds(), err, s.screen.Bounds())
	}
	m := image.NewRGBA(im.Bounds())
	draw.Draw(m, m.Bounds(), im, image.Point{}, draw.Src)
	return m
}

// Without a drive the screenshot shows the library with all thumbnails.
func TestPoseOfTheLibrary(t *testing.T) {
	s := openTestWindow(t, 800, 500, "")
	if _, err := newPose(s.window, "a.png", 1); err == nil {
		t.Error("took a screenshot at a time without a drive")
	}
	path := filepath.Join(s.folder, "library.png")
	game, err := newPose(s.window, path, 0)
	if err != nil {
		t.Fatal(err)
	}
	s.runUntilEnd(game)
	if n := colors(s.saved(path)); n < 2000 {
		t.Errorf("%d colors: the thumbnails are missing", n)
	}
}
