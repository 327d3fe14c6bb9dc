package journal_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"roadloop/scenarios"
	"roadloop/scenarios/journal"
)

func header() journal.Header {
	return journal.Header{
		Suite: &scenarios.Identity{Name: "quick", Cases: 3, SHA256: strings.Repeat("ab", 32), Scenarios: map[string]string{"a": "cd"}},
		Setup: &scenarios.Setup{Driver: "stack", Perception: "oracle"}, Shard: "1/2",
	}
}

func result(id string) scenarios.Result {
	return scenarios.Result{Case: id, Scenario: "a", Passed: true, WallSeconds: 1.25, Measures: map[string]float64{"min_gap": 1. / 3},
		Scores: map[string]scenarios.Score{"s": {Version: "1", Value: 100}}}
}

// record writes a journal with two cases, as a killed run leaves it.
func record(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "out", "journal.jsonl")
	j, err := journal.Create(path, header())
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"a/1", "a/2"} {
		c := result(id)
		if err := j.Add(&c); err != nil {
			t.Fatal(err)
		}
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestResumeKnowsWhatWasFinished(t *testing.T) {
	path := record(t)
	if _, err := journal.Create(path, header()); !errors.Is(err, journal.ErrInterrupted) {
		t.Errorf("error %v, want that a journal is kept", err)
	}
	j, known, err := journal.Resume(path, header())
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]scenarios.Result{"a/1": result("a/1"), "a/2": result("a/2")}
	if d := cmp.Diff(want, known); d != "" {
		t.Error(d)
	}
	c := result("a/3")
	if err := errors.Join(j.Add(&c), j.Close()); err != nil {
		t.Fatal(err)
	}
	j, known, err = journal.Resume(path, header())
	if err != nil || len(known) != 3 {
		t.Fatalf("%d cases after another was added, %v", len(known), err)
	}
	if err := j.Finish(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the journal of a finished run is there: %v", err)
	}
}

// Cases come in any order, and once more with the cause of a failure; nothing else
// comes twice.
func TestCauseIsFoundOutLater(t *testing.T) {
	path := record(t)
	j, _, err := journal.Resume(path, header())
	if err != nil {
		t.Fatal(err)
	}
	c := result("a/1")
	c.Cause = "because of tracking"
	if err := errors.Join(j.Add(&c), j.Close()); err != nil {
		t.Fatal(err)
	}
	j, known, err := journal.Resume(path, header())
	if err != nil || len(known) != 2 || known["a/1"].Cause != c.Cause {
		t.Fatalf("%v, %v", known, err)
	}
	if err := errors.Join(j.Add(&c), j.Close()); err != nil {
		t.Fatal(err)
	}
	if _, _, err := journal.Resume(path, header()); err == nil || !strings.Contains(err.Error(), "comes twice") {
		t.Errorf("error %v, want that a case comes twice", err)
	}
}

// Wherever a killed run stopped writing, what was finished before is known, and what
// is written then follows it.
func TestResumeAfterEveryCut(t *testing.T) {
	path := record(t)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for n := range len(whole) + 1 {
		if err := os.WriteFile(path, whole[:n], 0o644); err != nil {
			t.Fatal(err)
		}
		j, known, err := journal.Resume(path, header())
		if err != nil {
			t.Fatalf("cut after %d bytes: %v", n, err)
		}
		want := max(0, strings.Count(string(whole[:n]), "\n")-1)
		if len(known) != want {
			t.Fatalf("cut after %d bytes: %d cases, want %d", n, len(known), want)
		}
		if n%97 == 0 {
			c := result("a/3")
			if err := j.Add(&c); err != nil {
				t.Fatal(err)
			}
			again, known, err := journal.Resume(path, header())
			if err != nil || len(known) != want+1 {
				t.Fatalf("cut after %d bytes and gone on: %d cases, %v", n, len(known), err)
			}
			if err := again.Close(); err != nil {
				t.Fatal(err)
			}
		}
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestResumeRefuses(t *testing.T) {
	path := record(t)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, old, new string
		change         func(h *journal.Header)
		want           string
	}{
		{"damage", `{"case":"a/1"`, `{"case":`, nil, "journal.jsonl:2: "},
		{"twice", `"a/2"`, `"a/1"`, nil, `journal.jsonl:3: case "a/1"`},
		{"no name", `"case":"a/2",`, "", nil, `journal.jsonl:3: case ""`},
		{"another format", "roadloop.journal/1", "roadloop.journal/2", nil, `journal.jsonl:1: is "roadloop.journal/2"`},
		{"no journal", string(data), "hello\n", nil, "journal.jsonl:1: "},
		{"no suite", `"suite"`, `"sweet"`, nil, "names no suite"},
		{"another suite", "", "", func(h *journal.Header) { h.Suite.SHA256 = strings.Repeat("00", 32) }, "is of another run"},
		{"another shard", "", "", func(h *journal.Header) { h.Shard = "" }, `shard "1/2", not`},
		{"another driver", "", "", func(h *journal.Header) { h.Setup.Driver = "cc" }, `was driven differently: driver is "stack" and "cc"`},
	} {
		if err := os.WriteFile(path, []byte(strings.Replace(string(data), c.old, c.new, 1)), 0o644); err != nil {
			t.Fatal(err)
		}
		h := header()
		if c.change != nil {
			c.change(&h)
		}
		if _, _, err := journal.Resume(path, h); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", c.name, err, c.want)
		}
	}
}

func FuzzResume(f *testing.F) {
	f.Add([]byte("{\"journal\":\"roadloop.journal/1\"}\n"))
	f.Add([]byte("\n\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), "journal.jsonl")
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
		j, _, err := journal.Resume(path, header())
		if err != nil {
			return
		}
		c := result("a/9")
		if err := errors.Join(j.Add(&c), j.Close()); err != nil {
			t.Fatal(err)
		}
		again, known, err := journal.Resume(path, header())
		if err != nil || known["a/9"].Case == "" {
			t.Fatalf("what was added is not there: %v", err)
		}
		if err := again.Close(); err != nil {
			t.Fatal(err)
		}
	})
}
