package desktop

import (
	"image"
	"image/color"
	"image/gif"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/hajimehoshi/ebiten/v2"

	"roadloop/desktop/internal/ui"
	"roadloop/desktop/internal/ui/uitest"
	"roadloop/scenarios/runner"
	"roadloop/trace"
)

// testWindow is a window with simulated input.
type testWindow struct {
	*testing.T
	*window
	uitest.User
	folder string
	screen *ebiten.Image
}

// openTestWindow opens a window of a size in points.
func openTestWindow(t *testing.T, width, height int, arg string) *testWindow {
	t.Helper()
	s := &testWindow{T: t, folder: t.TempDir(), screen: ebiten.NewImage(width, height)}
	var err error
	s.window, err = newWindow(settings{Source: &s.User, Folder: s.folder, Settings: filepath.Join(s.folder, "settings"),
		Cache:  filepath.Join(os.TempDir(), "roadloop-desktop-test"),
		Driver: trace.DriverID{Perception: runner.Oracle}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.leave)
	o, err := find(arg)
	if err != nil {
		t.Fatal(err)
	}
	s.Open(o)
	return s
}

// leave closes the window, if it is open.
func (s *testWindow) leave() {
	if s.window == nil {
		return
	}
	if err := s.window.Close(); err != nil {
		s.Error(err)
	}
	s.window = nil
	s.screen.Deallocate()
}

// frame runs one frame of the window.
func (s *testWindow) frame() {
	s.Helper()
	if err := s.Update(); err != nil {
		s.Fatal(err)
	}
	s.draw(s)
}

// draw draws a frame of a game.
func (s *testWindow) draw(game interface{ Draw(*ebiten.Image) }) {
	game.Draw(s.screen)
	uitest.Flush(s.screen)
}

// until runs the window until a condition is true.
func (s *testWindow) until(what string, so func() bool) {
	s.Helper()
	for deadline := time.Now().Add(30 * time.Second); !so(); s.frame() {
		if time.Now().After(deadline) {
			uitest.Save(s, "stuck.png", uitest.Picture(s.screen))
			s.Fatalf("waited for %s; messages: %q", what, s.Messages())
		}
	}
}

// press presses a key for a frame.
func (s *testWindow) press(k ui.Key, with ...ui.Key) {
	s.User.Press(k, with...)
	s.frame()
	s.frame()
}

// picture saves the screen among the artifacts.
func (s *testWindow) picture(name string) *image.RGBA {
	s.frame()
	m := uitest.Picture(s.screen)
	uitest.Save(s, name, m)
	return m
}

// colors counts the colors of an image.
func colors(m *image.RGBA) int {
	seen := map[color.RGBA]bool{}
	for i := 0; i < len(m.Pix); i += 4 {
		seen[color.RGBA{m.Pix[i], m.Pix[i+1], m.Pix[i+2], 255}] = true
	}
	return len(seen)
}

// A complete session: select, drive, pause, rewind, change, compare, take over, save.
func TestCompleteSession(t *testing.T) {
	s := openTestWindow(t, 1280, 720, "")
	s.frame()
	s.User.Press(ebiten.KeySlash)
	s.Type("braking lead")
	s.frame()
	s.press(ebiten.KeyEnter)
	s.until("a drive", func() bool { return s.Timeline() != nil && s.Timeline().Len() > 20 })
	if got := s.Timeline().Plan().Case.Scenario.Slug(); got != "braking-lead" {
		t.Fatalf("drives %s", got)
	}
	s.press(ebiten.KeySpace)
	at := s.At()
	for range 10 {
		s.frame()
	}
	if s.Playing() || s.At() > at+1 {
		t.Errorf("paused at %d it continues to %d", at, s.At())
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
	s.takeOver()
	s.save()
}

// fork changes the speed of the lead, and waits for the other branch.
func (s *testWindow) fork() {
	s.Helper()
	s.press(ebiten.KeyF)
	s.picture("whatif.png")
	s.press(ebiten.KeyEnter)
	s.until("the other branch", func() bool { return s.OtherTimeline() != nil && s.OtherTimeline().Len() > 20 })
	s.picture("fork.png")
}

// takeOver brakes by keys until the car stands.
func (s *testWindow) takeOver() {
	s.Helper()
	s.press(ebiten.KeyEnd)
	s.User.Hold(ebiten.KeyArrowDown)
	s.until("the takeover", func() bool { return s.Manual() })
	s.until("the car to stand", func() bool { return s.Frame().World.Ego().State.Speed < .1 || s.Timeline().Over() })
	s.User.Release(ebiten.KeyArrowDown)
	s.press(ebiten.KeyEnter)
	if s.Manual() {
		s.Error("Enter does not hand back")
	}
	s.picture("driven.png")
}

// save saves the drive and reads it again.
func (s *testWindow) save() {
	s.Helper()
	s.press(ebiten.KeyS, ebiten.KeyControl)
	files, err := filepath.Glob(filepath.Join(s.folder, "drives", "[^.]*.trace"))
	if err != nil || len(files) == 0 {
		s.Fatalf("no trace in the folder: %v", err)
	}
	f, err := os.Open(files[len(files)-1])
	if err != nil {
		s.Fatal(err)
	}
	defer f.Close()
	if _, err := trace.Read(f); err != nil {
		s.Error(err)
	}
}

// Inputs that cannot be opened cause an error with advice.
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
		if _, err := find(arg); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", arg, err, want)
		}
	}
}

// Input is visible after at most two frames.
func TestInputShowsWithinTwoFrames(t *testing.T) {
	s := openTestWindow(t, 1280, 720, "curve")
	s.until("a drive", func() bool { return s.Frame() != nil })
	s.press(ebiten.KeySpace)
	s.frame()
	before := uitest.Picture(s.screen)
	s.User.Press(ebiten.KeyH)
	s.frame()
	s.frame()
	m := s.picture("help.png")
	if m.RGBAAt(640, 300) == before.RGBAAt(640, 300) && m.RGBAAt(250, 360) == before.RGBAAt(250, 360) {
		t.Error("the help is not shown")
	}
	s.press(ebiten.KeyEscape)
	if s.press(ebiten.KeySpace); !s.Playing() {
		t.Error("the help is still shown")
	}
}

// The drive continues while nothing is drawn.
func TestDriveNeedsNoDrawing(t *testing.T) {
	s := openTestWindow(t, 1280, 720, "curve")
	for deadline := time.Now().Add(30 * time.Second); s.Timeline().Len() < 10; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it stops")
		}
	}
}

// Dragging on the timeline seeks to the time under the pointer.
func TestTimelineDrag(t *testing.T) {
	s := openTestWindow(t, 1280, 720, "curve")
	s.until("a second of driving", func() bool { return s.Timeline().Len() > 20 })
	end := s.Timeline().Plan().Drive.Duration.Seconds()
	s.User.Point(14+1252*.5/end, 672)
	s.User.Down()
	s.frame()
	if got := s.At(); got != 10 || s.Playing() {
		t.Errorf("at half a second it is at decision %d", got)
	}
	if got := s.Frame().Time.Seconds(); got != .5 {
		t.Errorf("the frame is of %v s", got)
	}
	s.User.Point(14, 672)
	s.frame()
	s.User.Up()
	s.frame()
	if s.At() != 0 {
		t.Errorf("dragged to the beginning it is at %d", s.At())
	}
}

// Disconnecting the gamepad in control pauses the drive, with a message.
func TestGamepadDisconnect(t *testing.T) {
	s := openTestWindow(t, 1280, 720, "curve")
	s.until("a drive", func() bool { return s.Frame() != nil })
	s.ConnectPads(ui.Pad{ID: 1, Name: "Stick", Throttle: 1})
	s.until("the takeover", s.Manual)
	s.ConnectPads()
	s.frame()
	s.frame()
	if text := strings.Join(s.Messages(), "\n"); s.Playing() || !strings.Contains(text, "Gamepad Stick disconnected") || !strings.Contains(text, "Enter") {
		t.Errorf("playing %v, says %q", s.Playing(), text)
	}
	s.press(ebiten.KeyEnter)
	if s.Manual() {
		t.Error("it cannot hand back")
	}
}

// A takeover at an earlier frame creates a branch; the old one is kept.
func TestTakeoverInThePastForks(t *testing.T) {
	s := openTestWindow(t, 1280, 720, "curve")
	s.until("a second of driving", func() bool { return s.Timeline().Len() > 20 })
	first := s.Timeline()
	s.press(ebiten.KeySpace)
	s.press(ebiten.KeyHome)
	s.User.Hold(ebiten.KeyArrowUp)
	s.until("a manual branch", func() bool { return s.Manual() && s.Timeline() != first && s.Timeline().Len() > 3 })
	s.User.Release(ebiten.KeyArrowUp)
	if s.OtherTimeline() != first {
		t.Error("the first branch is lost")
	}
	if f := s.Timeline().StepAt(2); !f.Overridden || f.Command.Accel <= 0 {
		t.Errorf("the manual command is %+v", f.Command)
	}
	s.leave()
	files, err := filepath.Glob(filepath.Join(s.folder, "drives", "[^.]*.trace"))
	if err != nil || len(files) != 2 {
		t.Errorf("both branches should be recorded: %v, %v", files, err)
	}
}

// A window can have any size and scale.
func TestAnySize(t *testing.T) {
	s := openTestWindow(t, 1280, 720, "cut-in")
	s.until("a drive", func() bool { return s.Frame() != nil })
	for _, size := range [][2]int{{1, 1}, {90, 40}, {300, 900}, {2560, 1440}} {
		s.LayoutF(float64(size[0]), float64(size[1]))
		s.screen = ebiten.NewImage(size[0], size[1])
		for range 3 {
			s.frame()
		}
	}
	s.press(ebiten.KeyB)
	s.screen = ebiten.NewImage(40, 30)
	s.frame()
}

// A damaged layout is replaced by the standard one, with a message.
func TestDamagedLayout(t *testing.T) {
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "layout.json"), []byte("{"), 0o644); err != nil {
		t.Fatal(err)
	}
	w, err := newWindow(settings{Source: new(uitest.User), Folder: folder, Settings: folder, Cache: folder})
	if err != nil {
		t.Fatal(err)
	}
	screen := ebiten.NewImage(640, 480)
	if err := w.Update(); err != nil {
		t.Fatal(err)
	}
	w.Draw(screen)
	if text := strings.Join(w.Messages(), "\n"); !strings.Contains(text, "damaged") {
		t.Errorf("says %q", text)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := ui.ReadLayout(filepath.Join(folder, "layout.json")); err != nil {
		t.Error(err)
	}
}

// A trace with a takeover is opened and re-driven.
func TestTraceIsOpened(t *testing.T) {
	s := openTestWindow(t, 1280, 720, "curve")
	s.User.Hold(ebiten.KeyArrowDown)
	s.until("some manual driving", func() bool { return s.Manual() && s.Timeline().Len() > 30 })
	s.User.Release(ebiten.KeyArrowDown)
	s.press(ebiten.KeySpace)
	s.press(ebiten.KeyS, ebiten.KeyControl)
	want := s.Timeline().Trace()
	files, err := filepath.Glob(filepath.Join(s.folder, "drives", "[^.]*.trace"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no trace: %v", err)
	}
	o, err := find(files[len(files)-1])
	if err != nil {
		t.Fatal(err)
	}
	s.Open(o)
	s.until("the re-driven drive", func() bool { return s.Timeline().Len() >= 25 })
	got := s.Timeline().Trace()
	for i := range min(25, len(want.Records)) {
		if got.Records[i] != want.Records[i] {
			t.Fatalf("record %d is another", i)
		}
	}
}

// waitForVideo waits for the only video of a window and returns it.
func (s *testWindow) waitForVideo(t *testing.T) *gif.GIF {
	t.Helper()
	var files []string
	s.until("the video", func() bool {
		files, _ = filepath.Glob(filepath.Join(s.folder, "films", "[^.]*.gif")) // the pattern is valid
		return len(files) == 1
	})
	f, err := os.Open(files[0])
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	g, err := gif.DecodeAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// A video of the window is recorded while it is used.
func TestWindowVideo(t *testing.T) {
	s := openTestWindow(t, 640, 361, "curve")
	s.until("a drive", func() bool { return s.Frame() != nil })
	s.press(ebiten.KeyF9, ebiten.KeyShift)
	for range 12 {
		s.frame()
	}
	s.press(ebiten.KeyF9, ebiten.KeyShift)
	g := s.waitForVideo(t)
	if len(g.Image) < 2 || g.Config.Width != 640 || g.Config.Height != 360 {
		t.Errorf("%d pictures of %d×%d", len(g.Image), g.Config.Width, g.Config.Height)
	}
}

// BenchmarkWindow draws the window with all panels at 1280×720 and reads the pixels back,
// while the drive runs with the network in the loop, and while it is paused.
func BenchmarkWindow(b *testing.B) {
	folder := b.TempDir()
	manualInput := new(uitest.User)
	w, err := newWindow(settings{Source: manualInput, Folder: folder, Settings: folder, Cache: folder})
	if err != nil {
		b.Fatal(err)
	}
	defer w.Close()
	o, err := find("unprotected-left")
	if err != nil {
		b.Fatal(err)
	}
	w.Open(o)
	screen, pixel := ebiten.NewImage(1280, 720), make([]byte, 4)
	corner := screen.SubImage(image.Rect(0, 0, 1, 1)).(*ebiten.Image)
	frame := func() {
		w.changed() // an unchanged window is not drawn
		if err := w.Update(); err != nil {
			b.Fatal(err)
		}
		w.Draw(screen)
		corner.ReadPixels(pixel)
	}
	for w.Timeline().Len() < 60 {
		frame()
	}
	measure := func(name string) {
		b.Run(name, func(b *testing.B) {
			from, before := w.Timeline().Len(), cpu(b)
			for b.Loop() {
				frame()
			}
			b.ReportMetric((cpu(b)-before).Seconds()*1000/float64(b.N), "cpu-ms/frame")
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "frames/s")
			b.ReportMetric(float64(w.Timeline().Len()-from)/b.Elapsed().Seconds(), "decisions/s")
		})
	}
	measure("driving")
	manualInput.Press(ebiten.KeySpace)
	frame()
	frame()
	measure("paused")
}

// cpu returns the processor time of the process so far, drive included. It is more
// reliable than wall time if other programs run.
func cpu(tb testing.TB) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
