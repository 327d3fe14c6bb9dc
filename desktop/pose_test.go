package desktop_test

import (
	"errors"
	"image"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/hajimehoshi/ebiten/v2"

	"roadloop/desktop"
)

// The window drives up to the time, saves one picture and ends.
func TestPose(t *testing.T) {
	s := sit(t, 800, 500, "cut-in/3")
	path := filepath.Join(s.folder, "pose.png")
	game, err := desktop.NewPose(s.Window, path, 1.5)
	if err != nil {
		t.Fatal(err)
	}
	s.sitFor(game)
	if at := s.At(); at != 30 {
		t.Errorf("the picture shows decision %d, want 30", at)
	}
	s.saved(path)
}

// sitFor shows a game until it ends.
func (s *sitting) sitFor(game ebiten.Game) {
	s.Helper()
	for deadline := time.Now().Add(time.Minute); ; s.draw(game) {
		if err := game.Update(); errors.Is(err, ebiten.Termination) {
			return
		} else if err != nil {
			s.Fatal(err)
		}
		if time.Now().After(deadline) {
			s.Fatal("no picture was taken")
		}
	}
}

// saved checks that a picture of the whole window was saved.
func (s *sitting) saved(path string) *image.RGBA {
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

// Without a drive the picture is of the library, once the scenarios' own are there.
func TestPoseOfTheLibrary(t *testing.T) {
	s := sit(t, 800, 500, "")
	if _, err := desktop.NewPose(s.Window, "a.png", 1); err == nil {
		t.Error("took a picture of a time in no drive")
	}
	path := filepath.Join(s.folder, "library.png")
	game, err := desktop.NewPose(s.Window, path, 0)
	if err != nil {
		t.Fatal(err)
	}
	s.sitFor(game)
	if n := colors(s.saved(path)); n < 2000 {
		t.Errorf("%d colors: the scenarios' pictures are not there", n)
	}
}
