package cli

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"roadloop/scenarios"
	"roadloop/scenarios/drivetest"
	"roadloop/scenarios/report"
	"roadloop/scenarios/runner"
	"roadloop/trace"
)

// anyProgram returns a placeholder for the replay program.
func anyProgram() (*report.Program, error) {
	return &report.Program{Wasm: []byte("wasm"), Glue: []byte("glue")}, nil
}

// A page of traces holds each drive and the program once.
func TestReplayWritesAPage(t *testing.T) {
	dir := files(t, map[string]string{"short.yaml": short})
	var out, talk bytes.Buffer
	if code := execute([]string{"run", filepath.Join(dir, "short.yaml"), "--perception", "oracle", "--seeds", "3-4", "--trace", dir}, &out, &talk); code != exitOK {
		t.Fatalf("exit code %d: %s", code, talk.String())
	}
	traces := []string{filepath.Join(dir, "short-3.trace"), filepath.Join(dir, "short-4.trace")}
	page := filepath.Join(dir, "page", "replay.html")
	if err := writeReplay(anyProgram, "roadloop", page, traces); err != nil {
		t.Fatal(err)
	}
	html, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]int{"reel-0": 1, "reel-1": 1, "program": 1, "worker": 1, "replay-0": 0, "film-0": 0} {
		if n := strings.Count(string(html), `id="`+id+`"`); n != want {
			t.Errorf("the page has %d of %s, want %d", n, id, want)
		}
	}
	whatever := execute([]string{"replay", traces[0], "--out", page}, &out, &talk)
	if _, err := report.BundledProgram(); errors.Is(err, report.ErrNoProgram) {
		if whatever != exitInput || !strings.Contains(talk.String(), "make build") {
			t.Errorf("without a program: exit code %d, %q", whatever, talk.String())
		}
	} else if whatever != exitOK {
		t.Errorf("exit code %d: %s", whatever, talk.String())
	}
}

// A trace does not hold the name of its case; replay finds it in the library.
func TestReplayNamesCasesOfTheLibrary(t *testing.T) {
	dir := t.TempDir()
	var out, talk bytes.Buffer
	if code := execute([]string{"run", "straight/2", "--perception", "oracle", "--trace", dir}, &out, &talk); code != exitOK {
		t.Fatalf("exit code %d: %s", code, talk.String())
	}
	recorded, err := trace.ReadFile(filepath.Join(dir, "straight-2.trace"))
	if err != nil {
		t.Fatal(err)
	}
	again, err := resimulate(recorded)
	if err != nil || again.Case.ID() != "straight/2" || again.Case.Scenario.Ref() != "straight" {
		t.Errorf("%v: the case is %+v", err, again.Case)
	}
	recorded.Header.Source += "# changed\n"
	if bundledCase(&recorded.Header) != nil {
		t.Error("takes a changed scenario for the one in the library")
	}
}

// replay rejects a trace that does not reproduce, with advice.
func TestReplayRejectsAnotherWorld(t *testing.T) {
	dir := files(t, map[string]string{"short.yaml": short})
	var out, talk bytes.Buffer
	if code := execute([]string{"run", filepath.Join(dir, "short.yaml"), "--perception", "oracle", "--trace", dir}, &out, &talk); code != exitOK {
		t.Fatalf("exit code %d: %s", code, talk.String())
	}
	recorded, err := trace.ReadFile(filepath.Join(dir, "short-1.trace"))
	if err != nil {
		t.Fatal(err)
	}
	recorded.Records[4].Command.Accel -= 1
	if _, err := resimulate(recorded); err == nil || !strings.Contains(err.Error(), "at 0.25 s") || !strings.Contains(err.Error(), "--trace") {
		t.Errorf("a changed command: %v", err)
	}
	if _, err := resimulate(&trace.Trace{Header: recorded.Header}); err == nil {
		t.Error("accepts a trace without decisions")
	}
}

// humanTrace records a drive in which a human brakes from 0.2 s to 0.4 s, and returns
// the path.
func humanTrace(t *testing.T) string {
	t.Helper()
	dir := files(t, map[string]string{"short.yaml": short})
	s, err := scenarios.Load(filepath.Join(dir, "short.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	c, err := s.Case(1)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := runner.Compile(c)
	if err != nil {
		t.Fatal(err)
	}
	drive := drivetest.DriveWithHumanBraking(t, plan, 4, 8, 2)
	path := filepath.Join(dir, "by human.trace")
	if err := drive.Save(path); err != nil {
		t.Fatal(err)
	}
	return path
}

// A human drive is not attributed to the stack: the page names the human and has a command
// that repeats the drive, verify names the drivers, and explain rejects the trace.
func TestHumanDriveIsNotAttributedToStack(t *testing.T) {
	trace := humanTrace(t)
	page := filepath.Join(t.TempDir(), "replay.html")
	if err := writeReplay(anyProgram, "roadloop", page, []string{trace}); err != nil {
		t.Fatal(err)
	}
	html, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"repeat":"roadloop replay '` + trace + `'"`, `"human":true`, `{"from":0.2,"to":0.4,"name":"human","human":true}`} {
		if !strings.Contains(string(html), want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	var out, diagnostics bytes.Buffer
	if code := execute([]string{"verify", trace}, &out, &diagnostics); code != exitOK || !strings.Contains(out.String(), "equal (driven by: stack, oracle 0.00 to 0.20 s; human 0.20 to 0.40 s") {
		t.Errorf("verify: exit code %d, %q, %q", code, out.String(), diagnostics.String())
	}
	diagnostics.Reset()
	if code := execute([]string{"explain", trace}, &out, &diagnostics); code != exitInput || !strings.Contains(diagnostics.String(), "human 0.20 to 0.40 s") {
		t.Errorf("explain: exit code %d, %q", code, diagnostics.String())
	}
}
