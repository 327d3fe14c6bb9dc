package desktop

import (
	"path/filepath"
	"testing"

	"github.com/hajimehoshi/ebiten/v2"

	"roadloop/scenarios"
)

// From the library to the editor: the ego is moved by keys and the scenario driven. Unsaved
// edits are kept when the window closes.
func TestEditAndDrive(t *testing.T) {
	var s *testWindow
	t.TempDir()        // goes after all that is below
	t.Cleanup(func() { // after the window is closed
		kept, err := filepath.Glob(filepath.Join(s.folder, "scenarios", "unsaved-*.yaml"))
		if err != nil || len(kept) != 1 {
			t.Fatalf("kept are %v, %v", kept, err)
		}
		if _, err := scenarios.Load(kept[0]); err != nil {
			t.Error(err)
		}
	})
	s = openTestWindow(t, 1280, 720, "")
	s.User.Press(ebiten.KeySlash)
	s.Type("straight")
	s.frame()
	s.frame()
	s.press(ebiten.KeyE, ebiten.KeyControl)
	s.until("the editor", func() bool { return s.Editing() != nil })
	s.press(ebiten.KeyN)
	s.press(ebiten.KeyArrowRight)
	if !s.Editing().Changed() || s.Editing().Undoable() == "" {
		t.Fatal("the ego is not moved")
	}
	s.press(ebiten.KeyEnter, ebiten.KeyControl)
	s.until("a drive", func() bool { return s.Timeline() != nil && s.Timeline().Len() > 5 })
	s.press(ebiten.KeyE)
	s.until("the editor again", func() bool { return s.Editing() != nil })
	s.picture("editor.png")
}
