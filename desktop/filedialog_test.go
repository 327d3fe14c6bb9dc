package desktop

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hajimehoshi/ebiten/v2"

	"roadloop/trace"
)

// A drive is saved under a name and opened again, and so is a scenario file, by keys alone.
// While the file dialog is open, keys do not drive.
func TestFilesAreSavedAndOpened(t *testing.T) {
	s := openTestWindow(t, 1280, 720, "curve")
	s.until("a drive", func() bool { return s.Timeline() != nil && s.Timeline().Len() > 20 })
	s.press(ebiten.KeySpace)
	s.press(ebiten.KeyS, ebiten.KeyControl, ebiten.KeyShift)
	s.picture("saveas.png")
	s.press(ebiten.KeyA, ebiten.KeyControl)
	s.Type("mine")
	s.frame()
	s.press(ebiten.KeyEnter)
	s.until("the dialog to close", func() bool { return !s.FileDialogOpen() })
	path := filepath.Join(s.folder, "drives", "mine.trace")
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	trace, err := trace.Read(f)
	if err != nil || !trace.Header.Cut || len(trace.Records) == 0 {
		t.Fatalf("saved is %v, %v", trace, err)
	}

	before := s.Timeline()
	s.press(ebiten.KeyO, ebiten.KeyControl)
	s.User.Hold(ebiten.KeyArrowUp)
	for range 10 {
		s.frame()
	}
	s.User.Release(ebiten.KeyArrowUp)
	if s.Manual() {
		t.Error("an arrow key in the dialog starts a takeover")
	}
	s.press(ebiten.KeyA, ebiten.KeyControl)
	s.Type("min")
	s.frame()
	s.press(ebiten.KeyEnter)
	if !s.FileDialogOpen() {
		t.Fatal("a missing file closes the dialog")
	}
	s.Type("e.trace")
	s.frame()
	s.picture("open.png")
	s.press(ebiten.KeyEnter)
	s.until("the recorded drive", func() bool { return s.Timeline() != before && s.Timeline() != nil && s.Timeline().Len() > 5 })
	if got := s.Timeline().Plan().Case.Scenario.Slug(); got != "curve" {
		t.Errorf("opened is %s", got)
	}

	own := filepath.Join(s.folder, "scenarios", "ours.yaml")
	if err := os.MkdirAll(filepath.Dir(own), 0o755); err != nil {
		t.Fatal(err)
	}
	text := "version: 1\nname: Ours\nmap: {kind: straight, length: 300 m}\nego: {lane: 0, s: 20 m, speed: 30 km/h}\nuntil: {time: 5 s}\n"
	if err := os.WriteFile(own, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s.press(ebiten.KeyB)
	s.press(ebiten.KeyO, ebiten.KeyControl)
	s.Type(own)
	s.frame()
	s.press(ebiten.KeyEnter)
	s.until("the scenario", func() bool { return s.Timeline() != nil && s.Timeline().Plan().Case.Scenario.Name == "Ours" })
	if m := s.Messages(); strings.Contains(strings.Join(m, " "), "cannot") {
		t.Errorf("it says %q", m)
	}
}
