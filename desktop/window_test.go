package desktop_test

import (
	"image"
	"image/color"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hajimehoshi/ebiten/v2"

	"roadloop"
	"roadloop/desktop"
	"roadloop/desktop/ui"
	"roadloop/desktop/ui/uitest"
	"roadloop/scenarios"
)

func TestMain(m *testing.M) { uitest.Main(m) }

// sitting is somebody before a window.
type sitting struct {
	*testing.T
	*desktop.Window
	uitest.Hands
	folder string
	screen *ebiten.Image
}

// sit opens a window of so many points for a test.
func sit(t *testing.T, width, height int, arg string) *sitting {
	t.Helper()
	s := &sitting{T: t, folder: t.TempDir(), screen: ebiten.NewImage(width, height)}
	var err error
	s.Window, err = desktop.New(desktop.Config{Source: &s.Hands, Folder: s.folder, Settings: filepath.Join(s.folder, "settings"),
		Cache:      filepath.Join(os.TempDir(), "roadloop-desktop-test"),
		Perception: scenarios.Oracle})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Window.Close(); err != nil {
			t.Error(err)
		}
	})
	o, err := desktop.Find(arg)
	if err != nil {
		t.Fatal(err)
	}
	s.Open(o)
	return s
}

// frame lets the window do one frame.
func (s *sitting) frame() {
	s.Helper()
	if err := s.Update(); err != nil {
		s.Fatal(err)
	}
	s.Draw(s.screen)
}

// until lets the window go on until something is so.
func (s *sitting) until(what string, so func() bool) {
	s.Helper()
	for deadline := time.Now().Add(30 * time.Second); !so(); s.frame() {
		if time.Now().After(deadline) {
			uitest.Save(s, "stuck.png", uitest.Picture(s.screen))
			s.Fatalf("waited for %s; messages: %q", what, s.Messages())
		}
	}
}

// press presses a key for a frame.
func (s *sitting) press(k ui.Key, with ...ui.Key) {
	s.Hands.Press(k, with...)
	s.frame()
	s.frame()
}

// picture saves what is shown among the artifacts.
func (s *sitting) picture(name string) *image.RGBA {
	s.frame()
	m := uitest.Picture(s.screen)
	uitest.Save(s, name, m)
	return m
}

// colors counts the colors of a picture.
func colors(m *image.RGBA) int {
	seen := map[color.RGBA]bool{}
	for i := 0; i < len(m.Pix); i += 4 {
		seen[color.RGBA{m.Pix[i], m.Pix[i+1], m.Pix[i+2], 255}] = true
	}
	return len(seen)
}

// The whole way of a user: choose, drive, pause, go back, change, compare, take the
// wheel, save.
func TestUserGoesAllTheWay(t *testing.T) {
	s := sit(t, 1280, 720, "")
	s.frame()
	s.Type("braking lead")
	s.frame()
	s.press(ebiten.KeyEnter)
	s.until("a drive", func() bool { return s.Tape() != nil && s.Tape().Len() > 20 })
	if got := s.Tape().Plan().Case.Scenario.Slug(); got != "braking-lead" {
		t.Fatalf("drives %s", got)
	}
	s.press(ebiten.KeySpace)
	at := s.At()
	for range 10 {
		s.frame()
	}
	if s.Playing() || s.At() > at+1 {
		t.Errorf("paused at %d it goes on to %d", at, s.At())
	}
	if n := colors(s.picture("paused.png")); n < 100 {
		t.Errorf("the picture has %d colors", n)
	}
	s.press(ebiten.KeyHome)
	if s.At() != 0 || s.Frame().Time != 0 {
		t.Errorf("wound back it is at %d", s.At())
	}
	s.press(ebiten.KeyPeriod)
	s.until("one step", func() bool { return s.At() == 1 })
	s.fork()
	s.takeTheWheel()
	s.save()
}

// fork changes how fast the lead drives, and waits for the other future.
func (s *sitting) fork() {
	s.Helper()
	s.press(ebiten.KeyF)
	s.picture("whatif.png")
	s.press(ebiten.KeyEnter)
	s.until("the other future", func() bool { return s.Other() != nil && s.Other().Len() > 20 })
	s.picture("fork.png")
}

// takeTheWheel brakes by the keys until the car stands.
func (s *sitting) takeTheWheel() {
	s.Helper()
	s.press(ebiten.KeyEnd)
	s.Hands.Hold(ebiten.KeyArrowDown)
	s.until("hands at the wheel", func() bool { return s.Manual() })
	s.until("the car to stand", func() bool { return s.Frame().World.Ego().State.Speed < .1 || s.Tape().Over() })
	s.Hands.Release(ebiten.KeyArrowDown)
	s.press(ebiten.KeyEnter)
	if s.Manual() {
		s.Error("Enter does not hand back")
	}
	s.picture("driven.png")
}

// save saves the drive and reads it again.
func (s *sitting) save() {
	s.Helper()
	s.press(ebiten.KeyS, ebiten.KeyControl)
	files, err := filepath.Glob(filepath.Join(s.folder, "drives", "*.trace"))
	if err != nil || len(files) == 0 {
		s.Fatalf("no trace in the folder: %v", err)
	}
	f, err := os.Open(files[len(files)-1])
	if err != nil {
		s.Fatal(err)
	}
	defer f.Close()
	if _, err := roadloop.ReadTrace(f); err != nil {
		s.Error(err)
	}
}

// What cannot be opened is told, with what to do.
func TestBadInput(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for arg, want := range map[string]string{
		"no-such-scenario": "no such scenario",
		"cut-in/x":         "x",
		write("broken.yaml", "version: 1\nmap: {kind: 7}"): "broken.yaml",
		write("old.trace", "roadloop trace 99\n{}\n"):      "another version",
		write("cut.trace", "roadloop trace 1\n{"):          "cut short",
		filepath.Join(dir, "none.trace"):                   "opening the trace",
	} {
		if _, err := desktop.Find(arg); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", arg, err, want)
		}
	}
}
