package cli

import (
	"encoding/json"
	"errors"
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

func TestOutputFoldersAreCreated(t *testing.T) {
	t.Setenv("GITHUB_ACTIONS", "")
	dir := files(t, map[string]string{"short.yaml": short})
	at := func(name string) string { return filepath.Join(dir, "new", name, "file.png") }
	short := filepath.Join(dir, "short.yaml")
	command(t, exitOK, oracleTest(short, "--seeds", "1", "--junit", at("junit"), "--markdown", at("markdown"), "--html", at("html"), "--out", at("out"))...)
	command(t, exitOK, "film", short, "--perception", "oracle", "--size", "64x64", "--out", at("film"))
	for _, name := range []string{"junit", "markdown", "html", "film"} {
		if _, err := os.Stat(at(name)); err != nil {
			t.Error(err)
		}
	}
}

// verify prints the results of the other traces if one cannot be read.
func TestVerifyContinuesAfterBadTrace(t *testing.T) {
	dir := files(t, map[string]string{"short.yaml": short})
	command(t, exitOK, "run", filepath.Join(dir, "short.yaml"), "--perception", "oracle", "--trace", dir)
	good, missing := filepath.Join(dir, "short-1.trace"), filepath.Join(dir, "missing.trace")
	for _, order := range [][]string{{good, missing}, {missing, good}} {
		out, says := command(t, exitInput, append([]string{"verify"}, order...)...)
		if out != good+": equal\n" || !strings.Contains(says, "missing.trace: no such file") {
			t.Errorf("prints %q, says %s", out, says)
		}
	}
	out, _ := command(t, exitInput, "verify", "--json", good, missing)
	var list []comparison
	if err := json.Unmarshal([]byte(out), &list); err != nil || len(list) != 1 || !list[0].Equal {
		t.Errorf("%s: %v", out, err)
	}
}

// The totals name the driver.
func TestTotalsNameTheDriver(t *testing.T) {
	dir := files(t, map[string]string{"short.yaml": short})
	for driver, want := range map[string]string{"fsm": "fsm, oracle: 1 of 1 passed\n", "stack": "stack, oracle: 1 of 1 passed\n"} {
		out, _ := command(t, exitOK, "run", filepath.Join(dir, "short.yaml"), "--driver", driver, "--perception", "oracle", "--quiet")
		if out != want {
			t.Errorf("%q, want %q", out, want)
		}
	}
}

// A scenario comes from a file of any name, and from standard input.
func TestScenariosOfAnyName(t *testing.T) {
	dir := files(t, map[string]string{"noext": short})
	command(t, exitOK, "run", filepath.Join(dir, "noext"), "--perception", "oracle")
	for _, name := range []string{"-", "/dev/stdin/3"} {
		cmd := process(t, "run", name, "--perception", "oracle", "--json")
		cmd.Stdin = strings.NewReader(short)
		out, err := cmd.Output()
		var r runner.Results
		if err := errors.Join(err, json.Unmarshal(out, &r)); err != nil || r.Passed != 1 || r.Cases[0].Scenario != "stdin" {
			t.Errorf("%s: %s, %v", name, out, err)
		}
	}
}

func TestListFiltersAndPrintsJSON(t *testing.T) {
	out, _ := command(t, exitOK, "list", "cut", "--json")
	var doc listing
	if err := json.Unmarshal([]byte(out), &doc); err != nil {
		t.Fatal(err)
	}
	if doc.Schema != "roadloop.scenarios/1" || len(doc.Scenarios) < 2 {
		t.Errorf("%+v", doc)
	}
	for _, s := range doc.Scenarios {
		if !strings.Contains(s.Name+s.Family+strings.Join(s.Tags, " "), "cut") || s.Title == "" || s.Description == "" {
			t.Errorf("%+v", s)
		}
	}
	table, _ := command(t, exitOK, "list", "cut")
	if got := strings.Count(table, "\n"); got != len(doc.Scenarios) {
		t.Errorf("%d lines for %d scenarios", got, len(doc.Scenarios))
	}
}
