package suite_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"roadloop/scenarios/runner"
	"roadloop/scenarios/suite"
	"roadloop/trace"
)

func header() suite.JournalHeader {
	return suite.JournalHeader{
		Suite: &runner.SuiteID{Name: "quick", Cases: 3, SHA256: strings.Repeat("ab", 32), Scenarios: map[string]string{"a": "cd"}},
		Setup: &runner.RunConfig{DriverID: trace.DriverID{Name: "stack", Perception: "oracle"}}, Shard: "1/2",
	}
}

func result(id string) runner.Result {
	return runner.Result{Case: id, Scenario: "a", Passed: true, WallSeconds: 1.25, Measures: map[string]float64{"min_gap": 1. / 3},
		Scores: map[string]runner.Score{"s": {Version: "1", Value: 100}}}
}

// record writes a journal with two cases, without finishing it.
func record(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "out", "journal.jsonl")
	j, err := suite.CreateJournal(path, header())
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

func TestResumeReturnsFinishedCases(t *testing.T) {
	path := record(t)
	if _, err := suite.CreateJournal(path, header()); !errors.Is(err, suite.ErrInterrupted) {
		t.Errorf("error %v, want ErrInterrupted", err)
	}
	j, found, err := suite.ResumeJournal(path, header())
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]runner.Result{"a/1": result("a/1"), "a/2": result("a/2")}
	if d := cmp.Diff(want, found.Cases); d != "" {
		t.Error(d)
	}
	c := result("a/3")
	if err := errors.Join(j.Add(&c), j.Close()); err != nil {
		t.Fatal(err)
	}
	j, found, err = suite.ResumeJournal(path, header())
	if err != nil || len(found.Cases) != 3 {
		t.Fatalf("%d cases after another was added, %v", len(found.Cases), err)
	}
	if err := j.Finish(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the journal of a finished run still exists: %v", err)
	}
}

// Cases may come in any order. Only a record that adds the cause of a failure may repeat
// a case.
func TestCauseAmendsCase(t *testing.T) {
	path := record(t)
	j, _, err := suite.ResumeJournal(path, header())
	if err != nil {
		t.Fatal(err)
	}
	c := result("a/1")
	c.Cause = "because of tracking"
	if err := errors.Join(j.Add(&c), j.Close()); err != nil {
		t.Fatal(err)
	}
	j, found, err := suite.ResumeJournal(path, header())
	if err != nil || len(found.Cases) != 2 || found.Cases["a/1"].Cause != c.Cause {
		t.Fatalf("%v, %v", found, err)
	}
	if err := errors.Join(j.Add(&c), j.Close()); err != nil {
		t.Fatal(err)
	}
	if _, _, err := suite.ResumeJournal(path, header()); err == nil || !strings.Contains(err.Error(), "is duplicated") {
		t.Errorf("error %v, want that a case is duplicated", err)
	}
}

// After truncation at any byte, Resume returns the cases in complete lines, and new
// records follow them.
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
		j, found, err := suite.ResumeJournal(path, header())
		if err != nil {
			t.Fatalf("cut after %d bytes: %v", n, err)
		}
		want := max(0, strings.Count(string(whole[:n]), "\n")-1)
		if len(found.Cases) != want {
			t.Fatalf("cut after %d bytes: %d cases, want %d", n, len(found.Cases), want)
		}
		if n%97 == 0 {
			c := result("a/3")
			if err := j.Add(&c); err != nil {
				t.Fatal(err)
			}
			again, found, err := suite.ResumeJournal(path, header())
			if err != nil || len(found.Cases) != want+1 {
				t.Fatalf("cut after %d bytes and gone on: %d cases, %v", n, len(found.Cases), err)
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

// journalV1 writes a journal of version 1, which has no checksums.
func journalV1(t *testing.T, cases ...runner.Result) string {
	t.Helper()
	h := header()
	h.Format = "roadloop.journal/1"
	text, err := json.Marshal(h)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		line, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		text = append(append(text, '\n'), line...)
	}
	return string(text) + "\n"
}

// A journal of version 1 can be read and continued with records that have checksums.
func TestVersion1IsContinued(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.jsonl")
	text := journalV1(t, result("a/1"), result("a/2")) + "{\"case\":\"a/3\",\n"
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	j, found, err := suite.ResumeJournal(path, header())
	if err != nil || len(found.Cases) != 2 || !slices.Equal(found.Damaged, []string{path + ":4"}) {
		t.Fatalf("%v, %v", found, err)
	}
	c := result("a/4")
	if err := errors.Join(j.Add(&c), j.Close()); err != nil {
		t.Fatal(err)
	}
	j, found, err = suite.ResumeJournal(path, header())
	if err != nil || len(found.Cases) != 3 || cmp.Diff(found.Cases["a/4"], c) != "" {
		t.Fatalf("%v, %v", found, err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
}

// After a flip of any bit (every 13th is tested), Resume returns no result that was not
// written, and all undamaged results.
func TestEveryFlippedBitIsDetected(t *testing.T) {
	path := record(t)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	head := bytes.IndexByte(whole, '\n')
	want := map[string]runner.Result{"a/1": result("a/1"), "a/2": result("a/2")}
	for bit := 0; bit < 8*len(whole); bit += 13 {
		data := bytes.Clone(whole)
		data[bit/8] ^= 1 << (bit % 8)
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
		j, found, err := suite.ResumeJournal(path, header())
		if bit/8 <= head && err != nil {
			continue
		}
		if err != nil {
			t.Fatalf("bit %d: %v", bit, err)
		}
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
		for id, c := range found.Cases {
			if cmp.Diff(want[id], c) != "" {
				t.Fatalf("bit %d: the journal holds %+v", bit, c)
			}
		}
		// Upper case keys are still valid JSON. A damaged line end joins two records; a
		// damaged end of the last line makes a truncated record.
		cut := bit/8 == len(whole)-1
		if damaged := len(found.Damaged); len(found.Cases) < 2 && damaged == 0 && !cut || damaged > 2 {
			t.Fatalf("bit %d: %d cases, damaged %v", bit, len(found.Cases), found.Damaged)
		}
	}
}

func TestResumeRejects(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.jsonl")
	data := journalV1(t, result("a/1"), result("a/2"))
	for _, c := range []struct {
		name, old, new string
		change         func(h *suite.JournalHeader)
		want           string
	}{
		{"twice", `"a/2"`, `"a/1"`, nil, `journal.jsonl:3: case "a/1"`},
		{"no name", `"case":"a/2",`, "", nil, `journal.jsonl:3: case ""`},
		{"another format", "roadloop.journal/1", "roadloop.journal/3", nil, `journal.jsonl:1: is "roadloop.journal/3"`},
		{"no journal", data, "hello\n", nil, "journal.jsonl:1: "},
		{"no suite", `"suite"`, `"sweet"`, nil, "has no suite"},
		{"another suite", "", "", func(h *suite.JournalHeader) { h.Suite.SHA256 = strings.Repeat("00", 32) }, "is of another run: other cases of the same scenarios"},
		{"another file", "", "", func(h *suite.JournalHeader) { h.Suite.Scenarios["a"] = "ef" }, "the file of the scenario a has changed since"},
		{"another scenario", "", "", func(h *suite.JournalHeader) { h.Suite.Scenarios["b"] = "ef" }, "it has no scenario b"},
		{"another shard", "", "", func(h *suite.JournalHeader) { h.Shard = "" }, "suite quick of 3 cases, shard 1/2, not suite quick of 3 cases"},
		{"another driver", "", "", func(h *suite.JournalHeader) { h.Setup.Name = "cc" }, `was driven differently: driver is "stack" and "cc"`},
	} {
		if err := os.WriteFile(path, []byte(strings.Replace(data, c.old, c.new, 1)), 0o644); err != nil {
			t.Fatal(err)
		}
		h := header()
		if c.change != nil {
			c.change(&h)
		}
		if _, _, err := suite.ResumeJournal(path, h); err == nil || !strings.Contains(err.Error(), c.want) {
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
		j, _, err := suite.ResumeJournal(path, header())
		if err != nil {
			return
		}
		c := result("a/9")
		if err := errors.Join(j.Add(&c), j.Close()); err != nil {
			t.Fatal(err)
		}
		again, found, err := suite.ResumeJournal(path, header())
		if err != nil || found.Cases["a/9"].Case == "" {
			t.Fatalf("what was added is not there: %v", err)
		}
		if err := again.Close(); err != nil {
			t.Fatal(err)
		}
	})
}
