package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// asProgram makes the test binary run as the program.
const asProgram = "OWNDETECTOR_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
	}
	os.Exit(m.Run())
}

// program runs the program and returns both outputs together.
func program(t *testing.T, args ...string) string {
	t.Helper()
	c := exec.CommandContext(t.Context(), os.Args[0], args...)
	c.Env = append(os.Environ(), asProgram+"=1")
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %v\n%s", args, err, out)
	}
	return string(out)
}

// The commands drive with the detector, and re-drive its traces.
func TestCommandsKnowTheDetector(t *testing.T) {
	dir := t.TempDir()
	out := program(t, "run", "straight/1", "--perception", "brightened", "--trace", dir)
	if want := "stack, brightened: 1 of 1 passed"; !strings.Contains(out, want) {
		t.Errorf("%q is missing in\n%s", want, out)
	}
	out = program(t, "verify", filepath.Join(dir, "straight-1.trace"))
	if want := "straight-1.trace: equal"; !strings.Contains(out, want) {
		t.Errorf("%q is missing in\n%s", want, out)
	}
}
