package desktop

import (
	"context"
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"roadloop/desktop/internal/clipboard"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
	"github.com/jezek/xgb/xtest"

	"roadloop/desktop/internal/display"
	"roadloop/drivers"
	"roadloop/internal/displaytest"
	"roadloop/policy/policytest"
	"roadloop/scenarios/timeline"
	"roadloop/trace"
)

// asProgram makes the test binary run as the program.
const asProgram = "ROADLOOP_DESKTOP_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		os.Exit(Main(drivers.New()))
	}
	displaytest.Main(m)
}

// program returns the program with a separate home folder.
func program(ctx context.Context, home string, args ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, os.Args[0], args...)
	c.Env = append(slices.DeleteFunc(os.Environ(), func(s string) bool { return strings.HasPrefix(s, "XDG_") }), asProgram+"=1", "HOME="+home)
	return c
}

// Without a display the program exits with advice and does not panic.
func TestNoDisplay(t *testing.T) {
	// A display with an unknown key refuses connections.
	keys := filepath.Join(t.TempDir(), "keys")
	if err := os.WriteFile(keys, xauthority(), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, display := range map[string]string{
		"none": "", "refused": ":4711", "remote": "localhost:4711", "invalid name": "nonsense",
		"locked": bareDisplay(t, "-auth", keys),
	} {
		c := program(t.Context(), t.TempDir())
		c.Env = slices.DeleteFunc(c.Env, func(s string) bool { return strings.HasPrefix(s, "DISPLAY=") })
		if display != "" {
			c.Env = append(c.Env, "DISPLAY="+display)
		}
		c.Env = append(c.Env, "XAUTHORITY=/nonexistent")
		out, _ := c.CombinedOutput()
		if code := c.ProcessState.ExitCode(); code != 2 {
			t.Errorf("%s: exit code %d, want 2", name, code)
		}
		if text := string(out); !strings.Contains(text, "xvfb-run") || strings.Contains(text, "panic") {
			t.Errorf("%s: says %q", name, text)
		}
	}
}

// xauthority returns an authority file with a key for every display.
func xauthority() []byte {
	const wild = 0xffff // any host
	file := binary.BigEndian.AppendUint16(nil, wild)
	for _, field := range []string{"", "", "MIT-MAGIC-COOKIE-1", "0123456789abcdef"} {
		file = binary.BigEndian.AppendUint16(file, uint16(len(field)))
		file = append(file, field...)
	}
	return file
}

// Help works without a display, too, and lists every flag.
func TestHelp(t *testing.T) {
	for _, ask := range []string{"--help", "-h"} {
		seen := program(t.Context(), t.TempDir(), "cut-in", ask)
		blind := program(t.Context(), t.TempDir(), "cut-in", ask)
		blind.Env = slices.DeleteFunc(blind.Env, func(s string) bool { return strings.HasPrefix(s, "DISPLAY=") })
		for name, c := range map[string]*exec.Cmd{"with a display": seen, "without a display": blind} {
			out, err := c.Output()
			if err != nil {
				t.Errorf("%s, %s: %v", ask, name, err)
			}
			if string(out) != display.Help {
				t.Errorf("%s, %s: says %q", ask, name, out)
			}
		}
	}
	flags := slices.DeleteFunc(strings.Fields(rootCommand(drivers.New()).Flags().FlagUsages()), func(s string) bool { return !strings.HasPrefix(s, "--") })
	for _, f := range append(flags, "--help") {
		if !strings.Contains(display.Help, f+" ") {
			t.Errorf("the help does not list %s", f)
		}
	}
}

// Arguments after two dashes do not ask for help.
func TestNoHelpAfterDashes(t *testing.T) {
	c := program(t.Context(), t.TempDir(), "--", "-h")
	c.Env = slices.DeleteFunc(c.Env, func(s string) bool { return strings.HasPrefix(s, "DISPLAY=") })
	out, _ := c.CombinedOutput()
	if code := c.ProcessState.ExitCode(); code != 2 || !strings.Contains(string(out), "xvfb-run") {
		t.Errorf("exit code %d: %s", code, out)
	}
}

// Without OpenGL the program exits with advice on what to install.
func TestNoOpenGL(t *testing.T) {
	server := bareDisplay(t)
	for name, args := range map[string][]string{
		"window":  nil,
		"picture": {"--screenshot", filepath.Join(t.TempDir(), "picture.png")},
	} {
		c := program(t.Context(), t.TempDir(), args...)
		// The display has no GLX and the machine no EGL.
		c.Env = append(c.Env, "DISPLAY="+server, "XAUTHORITY=/nonexistent", "__EGL_VENDOR_LIBRARY_FILENAMES=/nonexistent")
		out, _ := c.CombinedOutput()
		if code := c.ProcessState.ExitCode(); code != 2 {
			t.Errorf("%s: exit code %d, want 2", name, code)
		}
		// A display without keys causes no message of the X client.
		if text := string(out); !strings.Contains(text, "libgl1-mesa-dri") || strings.Contains(text, "goroutine") || strings.Contains(text, "XGB") {
			t.Errorf("%s: says %q", name, text)
		}
	}
}

// bareDisplay starts a display without OpenGL and returns its name.
func bareDisplay(t *testing.T, args ...string) string {
	t.Helper()
	return displaytest.Start(t, append(args, "-extension", "GLX")...)
}

func TestUnknownScenario(t *testing.T) {
	c := program(t.Context(), t.TempDir(), "no-such-scenario")
	out, _ := c.CombinedOutput()
	if code := c.ProcessState.ExitCode(); code != 2 || !strings.Contains(string(out), "no such scenario") {
		t.Errorf("exit code %d: %s", code, out)
	}
}

// Flags without effect and values that cannot be are refused.
func TestScreenshotFlags(t *testing.T) {
	for want, args := range map[string][]string{
		"--at is the time of a screenshot":               {"cut-in/1", "--at", "2s"},
		"--at -1s: must be a duration ≥ 0":               {"cut-in/1", "--at", "-1s", "--screenshot", "a.png"},
		"--screenshot a.bmp: the extension must be .png": {"cut-in/1", "--screenshot", "a.bmp"},
	} {
		c := rootCommand(drivers.New())
		c.SetArgs(args)
		if err := c.Execute(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v, want %q", args, err, want)
		}
	}
}

// keyboard presses real keys of a separate display, so that no other test uses its
// keyboard or clipboard.
type keyboard struct {
	*testing.T
	x    *xgb.Conn
	keys map[xproto.Keysym]byte
}

func newKeyboard(t *testing.T) *keyboard {
	t.Helper()
	t.Setenv("DISPLAY", displaytest.Start(t))
	x, err := xgb.NewConn()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(x.Close)
	if err := xtest.Init(x); err != nil {
		t.Skip("the display has no XTEST extension: ", err)
	}
	setup := xproto.Setup(x)
	m, err := xproto.GetKeyboardMapping(x, setup.MinKeycode, byte(setup.MaxKeycode-setup.MinKeycode+1)).Reply()
	if err != nil {
		t.Fatal(err)
	}
	f := &keyboard{t, x, map[xproto.Keysym]byte{}}
	for i, s := range m.Keysyms {
		code := byte(setup.MinKeycode) + byte(i/int(m.KeysymsPerKeycode))
		if _, known := f.keys[s]; !known {
			f.keys[s] = code
		}
	}
	return f
}

// X keysyms.
const (
	keySpace   = 0x20
	keyReturn  = 0xff0d
	keyDown    = 0xff54
	keyEscape  = 0xff1b
	keyShift   = 0xffe1
	keyControl = 0xffe3
	keyF12     = 0xffc9
)

// down and up press and release a key.
func (f *keyboard) down(k xproto.Keysym) { f.event(xproto.KeyPress, k) }
func (f *keyboard) up(k xproto.Keysym)   { f.event(xproto.KeyRelease, k) }

// press presses keys one after another, and releases them in reverse.
func (f *keyboard) press(keys ...xproto.Keysym) {
	for _, k := range keys {
		f.down(k)
		time.Sleep(100 * time.Millisecond)
	}
	for _, k := range slices.Backward(keys) {
		f.up(k)
	}
	time.Sleep(300 * time.Millisecond)
}

func (f *keyboard) event(kind byte, k xproto.Keysym) {
	f.Helper()
	root := xproto.Setup(f.x).DefaultScreen(f.x).Root
	if err := xtest.FakeInputChecked(f.x, kind, f.keys[k], 0, root, 0, 0, 0).Check(); err != nil {
		f.Fatal(err)
	}
}

// window waits for the window of the program and gives it the input focus, because there
// is no window manager.
func (f *keyboard) window() (at xproto.Window) {
	f.Helper()
	root := xproto.Setup(f.x).DefaultScreen(f.x).Root
	f.wait("a window", func() bool {
		tree, err := xproto.QueryTree(f.x, root).Reply()
		if err != nil {
			return false
		}
		for _, w := range tree.Children {
			a, err := xproto.GetWindowAttributes(f.x, w).Reply()
			g, err2 := xproto.GetGeometry(f.x, xproto.Drawable(w)).Reply()
			if err == nil && err2 == nil && a.MapState == xproto.MapStateViewable && g.Width > 400 {
				at = w
				return true
			}
		}
		return false
	})
	if err := xproto.SetInputFocusChecked(f.x, xproto.InputFocusPointerRoot, at, 0).Check(); err != nil {
		f.Fatal(err)
	}
	return at
}

func (f *keyboard) wait(what string, so func() bool) {
	f.Helper()
	for deadline := time.Now().Add(60 * time.Second); !so(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			f.Fatalf("waited for %s", what)
		}
	}
}

// insist repeats an action until a condition is true. Keys can be lost, for example before
// the window accepts input, or take effect late on a busy machine.
func (f *keyboard) insist(what string, do func(), so func() bool) {
	f.Helper()
	var again time.Time
	f.wait(what, func() bool {
		if now := time.Now(); now.After(again) {
			do()
			again = now.Add(15 * time.Second)
		}
		return so()
	})
}

// Real keys control the real program: it drives, pauses, is resized, saves a screenshot
// and the drive, and quits.
func TestRealKeys(t *testing.T) {
	f := newKeyboard(t)
	home := t.TempDir()
	c := program(t.Context(), home, "--perception", "oracle", "braking-lead")
	c.Stderr = os.Stderr
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- c.Wait() }()
	w := f.window()
	found := func(pattern string) func() bool {
		return func() bool {
			got, err := filepath.Glob(filepath.Join(home, pattern))
			return err == nil && len(got) > 0
		}
	}
	f.wait("the recording", found("roadloop/drives/*.trace"))
	for _, size := range [][2]uint32{{300, 200}, {1600, 900}, {1280, 720}} {
		if err := xproto.ConfigureWindowChecked(f.x, w, xproto.ConfigWindowWidth|xproto.ConfigWindowHeight, size[:]).Check(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(200 * time.Millisecond)
	}
	xproto.UnmapWindow(f.x, w)
	time.Sleep(200 * time.Millisecond)
	xproto.MapWindow(f.x, w)
	time.Sleep(200 * time.Millisecond)
	f.window()
	f.down(keySpace)
	time.Sleep(100 * time.Millisecond)
	f.up(keySpace)
	f.down(keyF12)
	f.wait("a picture", found("roadloop/pictures/[^.]*.png"))
	f.up(keyF12)
	f.down(keyControl)
	f.down('q')
	select {
	case err := <-done:
		if err != nil {
			t.Errorf("it exits with %v", err)
		}
	case <-time.After(60 * time.Second):
		t.Error("it does not exit")
	}
	f.up('q')
	f.up(keyControl)
	if !found(".config/roadloop/layout.json")() {
		t.Error("the layout is not saved")
	}
}

// A path that another program copied is pasted into the real program, which opens the
// file. Another program pastes text that the real program copied.
func TestRealClipboard(t *testing.T) {
	f := newKeyboard(t)
	board, err := clipboard.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer board.Close()
	home := t.TempDir()
	path := filepath.Join(home, "ours.yaml")
	text := "version: 1\nname: Ours\nmap: {kind: straight, length: 300 m}\nego: {lane: 0, s: 20 m, speed: 30 km/h}\nuntil: {time: 5 s}\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	board.SetText(path + "\n")
	c := program(t.Context(), home, "--perception", "oracle")
	c.Stderr = os.Stderr
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- c.Wait() }()
	f.window()
	f.insist("the drive of the pasted path", func() {
		f.press(keyControl, 'o')
		f.press(keyControl, 'v')
		f.press(keyReturn)
	}, func() bool {
		got, err := filepath.Glob(filepath.Join(home, "roadloop/drives/ours-1-*.trace"))
		return err == nil && len(got) > 0
	})
	f.insist("the name of the drive on the clipboard", func() {
		f.press(keyControl, keyShift, 's')
		f.press(keyControl, 'a')
		f.press(keyControl, 'c')
	}, func() bool {
		return strings.HasPrefix(board.Text(), "ours-1-") && strings.HasSuffix(board.Text(), ".trace")
	})
	f.insist("the exit", func() {
		f.press(keyEscape)
		f.press(keyControl, 'q')
	}, func() bool {
		select {
		case err := <-done:
			if err != nil {
				t.Errorf("it exits with %v", err)
			}
			return true
		default:
			return false
		}
	})
}

// Real keys take over a policy and hand back, and the saved drive says who drove when.
func TestRealKeysTakeOverAPolicy(t *testing.T) {
	f := newKeyboard(t)
	home := t.TempDir()
	file := filepath.Join(home, "mine.rlp")
	if err := os.WriteFile(file, policytest.Untrained(t, policytest.Spec(t, "drive-highway-v0")), 0o600); err != nil {
		t.Fatal(err)
	}
	c := program(t.Context(), home, "--driver", file, "straight")
	c.Stderr = os.Stderr
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- c.Wait() }()
	f.window()
	f.wait("the recording", func() bool {
		files, err := filepath.Glob(filepath.Join(home, "roadloop/drives/*.trace"))
		return err == nil && len(files) > 0
	})
	// spans saves the drive and returns who drove in turn.
	spans := func() []timeline.DriverSpan {
		f.press(keyControl, 's')
		files, err := filepath.Glob(filepath.Join(home, "roadloop/drives/straight-1-*.trace"))
		if err != nil || len(files) == 0 {
			return nil
		}
		saved, err := trace.ReadFile(files[len(files)-1])
		if err != nil { // not complete yet
			return nil
		}
		return timeline.DriverSpans(saved)
	}
	f.insist("the takeover", func() {
		f.press('r')
		f.down(keyDown)
		time.Sleep(500 * time.Millisecond)
		f.up(keyDown)
	}, func() bool { return timeline.DrivenByHuman(spans()) })
	f.insist("the policy after the human", func() { f.press(keyReturn) }, func() bool {
		by := spans()
		return len(by) > 2 && !by[0].Human && by[1].Human && !by[2].Human && by[2].Driver.Name == drivers.PolicyDriver
	})
	f.insist("the exit", func() { f.press(keyControl, 'q') }, func() bool {
		select {
		case err := <-done:
			if err != nil {
				t.Errorf("it exits with %v", err)
			}
			return true
		default:
			return false
		}
	})
}
