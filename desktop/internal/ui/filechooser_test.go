package ui_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hajimehoshi/ebiten/v2"

	"roadloop/desktop/internal/ui"
	"roadloop/desktop/internal/ui/uitest"
)

// chooserWindow is a file chooser in a window, with its result.
type chooserWindow struct {
	*uitest.Screen
	f         ui.FileChooser
	chosen    string
	cancelled bool
}

func (s *chooserWindow) frames(n int) {
	for range n {
		s.Frame(func(c *ui.Canvas, in *ui.Input) {
			path, cancelled := s.f.Draw(c, in, "Open")
			if path != "" {
				s.chosen = path
			}
			s.cancelled = s.cancelled || cancelled
		})
	}
}

func (s *chooserWindow) press(k ui.Key, with ...ui.Key) {
	s.User.Press(k, with...)
	s.frames(3)
}

func (s *chooserWindow) click(x, y float64) {
	s.User.Click(x, y, ui.Primary)
	s.frames(40) // so that the next click is not a double click
}

// drives returns a folder with test files and subfolders.
func drives(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for i, name := range []string{"b.trace", "A.trace", "notes.txt", ".hidden.trace", "old/c.trace", "z/d.trace", ".git/e.trace"} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, make([]byte, 700*(i+1)), 0o600); err != nil {
			t.Fatal(err)
		}
		at := time.Date(2026, 3, 1, 12, i, 0, 0, time.UTC)
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// By keys: into a folder, back up, by filter, by name and by path.
func TestChooserByKeys(t *testing.T) {
	dir := drives(t)
	s := &chooserWindow{Screen: uitest.NewScreen(640, 400, 1)}
	s.f.ShowToOpen(dir, ".trace")
	s.frames(2)
	uitest.Save(t, "files.png", s.Picture())
	press := s.press
	press(ebiten.KeyArrowDown) // old
	press(ebiten.KeyEnter)
	if s.f.Dir() != filepath.Join(dir, "old") || s.chosen != "" {
		t.Fatalf("shows %s, chose %q", s.f.Dir(), s.chosen)
	}
	press(ebiten.KeyTab) // from the name to the list
	press(ebiten.KeyBackspace)
	if s.f.Dir() != dir {
		t.Fatalf("Backspace in the list shows %s", s.f.Dir())
	}
	s.User.Type("B")
	s.frames(2)
	press(ebiten.KeyEnter)
	if want := filepath.Join(dir, "b.trace"); s.chosen != want {
		t.Errorf("chose %q, want %q", s.chosen, want)
	}
	for _, c := range []struct{ typed, want, says string }{
		{"A.trace", filepath.Join(dir, "A.trace"), ""}, {"z" + string(filepath.Separator) + "d.trace", filepath.Join(dir, "z", "d.trace"), ""},
		{filepath.Join(dir, "old", "c.trace"), filepath.Join(dir, "old", "c.trace"), ""}, {"nothing.trace", "", "Not found: "},
	} {
		s.chosen = ""
		s.f.ShowToOpen(dir, ".trace")
		s.frames(2)
		s.In.Clipboard.SetText(c.typed)
		press(ebiten.KeyV, ebiten.KeyControl)
		press(ebiten.KeyEnter)
		if s.chosen != c.want || !strings.HasPrefix(s.f.Problem, c.says) {
			t.Errorf("for %q it chose %q, says %q", c.typed, s.chosen, s.f.Problem)
		}
	}
}

// By pointer: a click selects, a second click opens, Up goes up. Only files of the kind
// are listed, by name or newest first.
func TestChooserByPointer(t *testing.T) {
	dir := drives(t)
	s := &chooserWindow{Screen: uitest.NewScreen(640, 400, 1)}
	s.f.ShowToOpen(filepath.Join(dir, "old", "gone", "x.trace"), ".trace")
	s.frames(2)
	if s.f.Dir() != filepath.Join(dir, "old") {
		t.Fatalf("for a missing folder it shows %s", s.f.Dir())
	}
	s.click(30, 12) // Up
	if s.f.Dir() != dir {
		t.Fatalf("up is %s", s.f.Dir())
	}
	row := func(i int) float64 { return ui.ControlHeight + 8 + 24*float64(i) + 12 }
	s.click(100, row(2))
	s.click(100, row(2))
	if want := filepath.Join(dir, "A.trace"); s.chosen != want {
		t.Errorf("after the two folders chose %q, want %q", s.chosen, want)
	}
	s.click(540, 12) // newest first
	s.click(100, row(3))
	s.click(100, row(3))
	if want := filepath.Join(dir, "b.trace"); s.chosen != want {
		t.Errorf("the oldest is %q, want %q", s.chosen, want)
	}
	s.click(100, row(1))
	s.click(100, row(1))
	if s.f.Dir() != filepath.Join(dir, "z") {
		t.Errorf("a folder that is clicked again shows %s", s.f.Dir())
	}
	s.click(640-110-8-45, 400-15)
	if !s.cancelled {
		t.Error("Cancel does nothing")
	}
}

// A file to write is named. It gets the extension, and a folder name is not accepted.
func TestChooserNamesFile(t *testing.T) {
	dir := drives(t)
	s := &chooserWindow{Screen: uitest.NewScreen(640, 400, 1)}
	s.f.ShowToSave(filepath.Join(dir, "new.trace"), ".trace")
	s.frames(2)
	s.press(ebiten.KeyEnter)
	if want := filepath.Join(dir, "new.trace"); s.chosen != want {
		t.Errorf("the given name is %q, want %q", s.chosen, want)
	}
	s.press(ebiten.KeyA, ebiten.KeyControl)
	s.User.Type("mine")
	s.frames(2)
	s.press(ebiten.KeyEnter)
	if want := filepath.Join(dir, "mine.trace"); s.chosen != want {
		t.Errorf("named %q, want %q", s.chosen, want)
	}
	s.chosen = ""
	s.press(ebiten.KeyA, ebiten.KeyControl)
	s.User.Type("old")
	s.frames(2)
	s.press(ebiten.KeyEnter)
	if s.chosen != "" || s.f.Dir() != filepath.Join(dir, "old") {
		t.Errorf("the name of a folder chose %q, shows %s", s.chosen, s.f.Dir())
	}
	s.press(ebiten.KeyEnter)
	if s.chosen != "" {
		t.Errorf("no name is %q", s.chosen)
	}
	missing := filepath.Join(dir, "made later", "x.trace")
	s.f.ShowToSave(missing, ".trace")
	s.frames(2)
	s.press(ebiten.KeyEnter)
	if s.chosen != missing {
		t.Errorf("in a new folder: %q, want %q", s.chosen, missing)
	}
}

func TestUnreadableFolder(t *testing.T) {
	s := &chooserWindow{Screen: uitest.NewScreen(640, 400, 1)}
	dir := filepath.Join(t.TempDir(), "gone")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	s.f.ShowToOpen(filepath.Dir(dir), ".trace")
	s.frames(2)
	if err := os.Remove(dir); err != nil {
		t.Fatal(err)
	}
	s.press(ebiten.KeyArrowDown)
	s.press(ebiten.KeyEnter)
	if s.f.Problem == "" {
		t.Error("no error for a deleted folder")
	}
}
