package main

import (
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"roadloop/cli"
	"roadloop/drivers"
	"roadloop/internal/displaytest"
	"roadloop/trace"
)

// asProgram makes the test binary run as a program: this one or the standard one.
const asProgram = "OWNPLANNER_TEST_AS"

func TestMain(m *testing.M) {
	switch os.Getenv(asProgram) {
	case "ownplanner":
		main()
	case "roadloop":
		os.Exit(cli.Main(drivers.New()))
	}
	os.Exit(m.Run())
}

// program runs a program and checks its exit code. It returns both outputs together.
func program(t *testing.T, name string, code int, args ...string) string {
	t.Helper()
	c := exec.CommandContext(t.Context(), os.Args[0], args...)
	c.Env = append(os.Environ(), asProgram+"="+name)
	out, err := c.CombinedOutput()
	if got := c.ProcessState.ExitCode(); got != code {
		t.Fatalf("%s %v: exit code %d, %v, want %d\n%s", name, args, got, err, code, out)
	}
	return string(out)
}

// has checks that a text contains a part.
func has(t *testing.T, text, part string) {
	t.Helper()
	if !strings.Contains(text, part) {
		t.Errorf("%q is missing in\n%s", part, text)
	}
}

// flags choose the driver.
var flags = []string{"--driver", "cruise", "--perception", "oracle"}

func TestCommandsKnowTheDriver(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	own := func(code int, args ...string) string {
		t.Helper()
		return program(t, "ownplanner", code, args...)
	}

	has(t, own(0, append([]string{"run", "straight/1", "--trace", dir}, flags...)...), "cruise, oracle: 1 of 1 passed")
	has(t, own(1, append([]string{"run", "red-light/1", "--trace", dir, "--json"}, flags...)...),
		`"command": "roadloop run red-light/1 --driver cruise --perception oracle"`)
	has(t, own(0, append([]string{"test", "straight", "curve", "--seeds", "1", "--json"}, flags...)...), `"driver": "cruise"`)
	has(t, own(1, append([]string{"explain", "red-light/1"}, flags...)...), "planning")
	has(t, own(1, "explain", at("red-light-1.trace")), "planning")
	has(t, own(0, append([]string{"shrink", "red-light/1", "--out", at("least.yaml")}, flags...)...), "ran a red light")
	has(t, own(1, append([]string{"run", at("least.yaml")}, flags...)...), "ran a red light")
	has(t, own(0, "verify", at("red-light-1.trace"), at("straight-1.trace")), "straight-1.trace: equal")
	own(0, "film", at("red-light-1.trace"), "--out", at("replayed.png"), "--view", "top", "--size", "320x192")
	own(0, append([]string{"film", "red-light/1", "--out", at("driven.png"), "--view", "top", "--size", "320x192"}, flags...)...)
	for _, name := range []string{"replayed.png", "driven.png"} {
		file, err := os.Open(at(name))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := png.Decode(file); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		file.Close()
	}
	has(t, own(0, "run", "--help"), "this program adds cruise")
}

// The standard program does not know the driver, and lists those that it knows.
func TestStandardProgramNamesUnknownDriver(t *testing.T) {
	dir := t.TempDir()
	program(t, "ownplanner", 0, append([]string{"run", "straight/1", "--trace", dir}, flags...)...)
	recorded := filepath.Join(dir, "straight-1.trace")
	for _, args := range [][]string{{"verify", recorded}, {"explain", recorded}, {"shrink", recorded},
		{"film", recorded, "--out", filepath.Join(dir, "a.png")}, {"data", "--from", recorded, "--out", filepath.Join(dir, "data")}} {
		out := program(t, "roadloop", 2, args...)
		has(t, out, "straight-1.trace: ")
		has(t, out, `unknown driver "cruise": this program has stack, cc, fsm, rss, reg157`)
	}
}

// The window drives with the planner and records a trace that the commands verify.
func TestWindowKnowsTheDriver(t *testing.T) {
	display := displaytest.Start(t)
	home := t.TempDir()
	window := filepath.Join(home, "window")
	if out, err := exec.Command("go", "build", "-o", window, "./window").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	c := exec.Command(window, append([]string{"red-light/1"}, flags...)...)
	c.Env = append(slices.DeleteFunc(os.Environ(), func(s string) bool { return strings.HasPrefix(s, "XDG_") }), "DISPLAY="+display, "HOME="+home)
	c.Stderr = os.Stderr
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	var found []string
	for deadline := time.Now().Add(2 * time.Minute); len(found) == 0 && time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		found, _ = filepath.Glob(filepath.Join(home, "roadloop/drives/*.trace"))
	}
	_ = c.Process.Kill()
	_ = c.Wait() // it was killed
	if len(found) == 0 {
		t.Fatal("the window recorded no drive")
	}
	recorded, err := trace.ReadFile(found[0])
	if err != nil {
		t.Fatal(err)
	}
	if want := (trace.DriverID{Name: "cruise", Perception: "oracle"}); recorded.Header.DriverID != want || len(recorded.Records) < 20 {
		t.Errorf("%d decisions of %v", len(recorded.Records), recorded.Header.DriverID)
	}
	has(t, program(t, "ownplanner", 0, "verify", found[0]), "equal")
}
