package desktop_test

import (
	"errors"
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
	for deadline := time.Now().Add(time.Minute); ; game.Draw(s.screen) {
		if err := game.Update(); errors.Is(err, ebiten.Termination) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if time.Now().After(deadline) {
			t.Fatal("no picture was taken")
		}
	}
	if at := s.At(); at != 30 {
		t.Errorf("the picture shows decision %d, want 30", at)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if im, err := png.Decode(f); err != nil || im.Bounds() != s.screen.Bounds() {
		t.Errorf("picture of %v (%v), want %v", im.Bounds(), err, s.screen.Bounds())
	}
}

func TestPoseNeedsADrive(t *testing.T) {
	w, err := desktop.New(desktop.Config{Folder: t.TempDir(), Settings: t.TempDir(), Cache: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if _, err := desktop.NewPose(w, "a.png", 1); err == nil {
		t.Error("took a picture of no drive")
	}
}
