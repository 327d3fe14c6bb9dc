package cli

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"roadloop/drivers"
	"roadloop/scenarios/runner"
)

// execute runs a command line of the standard program and returns its exit code.
func execute(args []string, stdout, stderr io.Writer) int {
	return runArgs(drivers.New(), runner.Program, args, stdout, stderr)
}

// short is a scenario of half a second that passes.
const short = `version: 1
name: short
map: {kind: straight}
ego: {lane: 0, s: 20 m, speed: 10 m/s}
until: {time: 0.5 s}
`

// files writes files into a new folder and returns it.
func files(t *testing.T, contents map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range contents {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// command runs a command line and returns what it printed.
func command(t *testing.T, code int, args ...string) (stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	if got := execute(args, &out, &err); got != code {
		t.Fatalf("roadloop %s: exit code %d, want %d\n%s", strings.Join(args, " "), got, code, err.String())
	}
	return out.String(), err.String()
}
