package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"roadloop"
	"roadloop/scenarios/report"
)

// A page of traces holds each drive and the program once.
func TestReplayWritesAPage(t *testing.T) {
	dir := files(t, map[string]string{"short.yaml": short})
	var out, talk bytes.Buffer
	if code := execute([]string{"run", filepath.Join(dir, "short.yaml"), "--perception", "oracle", "--seeds", "3-4", "--trace", dir}, &out, &talk); code != exitOK {
		t.Fatalf("exit code %d: %s", code, talk.String())
	}
	traces := []string{filepath.Join(dir, "short-3.trace"), filepath.Join(dir, "short-4.trace")}
	page := filepath.Join(dir, "page", "replay.html")
	if err := writeReplay(&report.Program{Wasm: []byte("wasm"), Glue: []byte("glue")}, page, traces); err != nil {
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
	if _, err := report.Bundled(); errors.Is(err, report.ErrNoProgram) {
		if whatever != exitInput || !strings.Contains(talk.String(), "make build") {
			t.Errorf("without a program: exit code %d, %q", whatever, talk.String())
		}
	} else if whatever != exitOK {
		t.Errorf("exit code %d: %s", whatever, talk.String())
	}
}

// A case of the library is driven again by its name, which it has in no trace.
func TestReplayNamesCasesOfTheLibrary(t *testing.T) {
	dir := t.TempDir()
	var out, talk bytes.Buffer
	if code := execute([]string{"run", "straight/2", "--perception", "oracle", "--trace", dir}, &out, &talk); code != exitOK {
		t.Fatalf("exit code %d: %s", code, talk.String())
	}
	trace, err := readTrace(filepath.Join(dir, "straight-2.trace"))
	if err != nil {
		t.Fatal(err)
	}
	again, err := happenAgain(trace)
	if err != nil || again.Case.ID() != "straight/2" || again.Case.Scenario.Ref() != "straight" {
		t.Errorf("%v: the case is %+v", err, again.Case)
	}
	trace.Header.Source += "# changed\n"
	if bundledCase(&trace.Header) != nil {
		t.Error("takes a changed file for that of the library")
	}
}

// A trace that does not happen again is refused, with what to do.
func TestReplayRefusesAnotherWorld(t *testing.T) {
	dir := files(t, map[string]string{"short.yaml": short})
	var out, talk bytes.Buffer
	if code := execute([]string{"run", filepath.Join(dir, "short.yaml"), "--perception", "oracle", "--trace", dir}, &out, &talk); code != exitOK {
		t.Fatalf("exit code %d: %s", code, talk.String())
	}
	trace, err := readTrace(filepath.Join(dir, "short-1.trace"))
	if err != nil {
		t.Fatal(err)
	}
	trace.Records[4].Command.Accel -= 1
	if _, err := happenAgain(trace); err == nil || !strings.Contains(err.Error(), "at 0.25 s") || !strings.Contains(err.Error(), "--trace") {
		t.Errorf("a changed command: %v", err)
	}
	if _, err := happenAgain(&roadloop.Trace{Header: trace.Header}); err == nil {
		t.Error("takes a trace without decisions")
	}
}
