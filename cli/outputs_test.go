package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"roadloop/scenarios/runner"
)

// full is a file that can be opened but not written.
const full = "/dev/full"

// The results are printed even if an additional output file cannot be written. The exit
// code reports the error.
func TestResultsArePrintedDespiteWriteErrors(t *testing.T) {
	if _, err := os.Stat(full); err != nil {
		t.Skip(err)
	}
	t.Setenv("GITHUB_ACTIONS", "")
	dir := files(t, map[string]string{"short.yaml": short})
	short := filepath.Join(dir, "short.yaml")
	for _, args := range [][]string{
		oracleTest(short, "--seeds", "1", "--json", "--junit", full),
		oracleTest(short, "--seeds", "1", "--json", "--markdown", full),
		oracleTest(short, "--seeds", "1", "--json", "--html", full),
		{"run", short, "--perception", "oracle", "--json", "--html", full},
		{"merge", mergeable(t), "--json", "--junit", full},
	} {
		out, says := command(t, exitInput, args...)
		var r runner.Results
		if err := json.Unmarshal([]byte(out), &r); err != nil || r.Passed != 1 {
			t.Errorf("%v: prints %q, %v", args, out, err)
		}
		if !strings.Contains(says, "writing /dev/full: ") || !strings.Contains(says, "--") {
			t.Errorf("%v: %s", args, says)
		}
	}
}

// All cases are driven even if their traces cannot be written.
func TestRunContinuesWithoutTraces(t *testing.T) {
	if _, err := os.Stat(full); err != nil {
		t.Skip(err)
	}
	dir := files(t, map[string]string{"short.yaml": short})
	if err := os.Mkdir(filepath.Join(dir, "traces"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"short-1.trace", "short-2.trace"} {
		if err := os.Symlink(full, filepath.Join(dir, "traces", name)); err != nil {
			t.Skip(err)
		}
	}
	out, says := command(t, exitInput, "run", filepath.Join(dir, "short.yaml"), "--perception", "oracle", "--seeds", "1-3", "--trace", filepath.Join(dir, "traces"))
	if !strings.Contains(out, "stack, oracle: 3 of 3 passed") || !strings.Contains(says, "--trace: writing ") {
		t.Errorf("prints %s, says %s", out, says)
	}
	if _, err := os.Stat(filepath.Join(dir, "traces", "short-3.trace")); err != nil {
		t.Error(err)
	}
}
