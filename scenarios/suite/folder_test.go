package suite_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"roadloop/scenarios/runner"
	"roadloop/scenarios/suite"
)

var ids = []string{"a/1", "a/2", "a/3"}

// end writes the results of a run that ended after the given cases.
func end(t *testing.T, folder string, cases ...string) {
	t.Helper()
	h := header()
	f, err := suite.BeginFolder(folder, h, ids)
	if err != nil {
		t.Fatal(err)
	}
	r := runner.NewResults()
	r.Suite, r.Setup, r.Shard = h.Suite, h.Setup, h.Shard
	for _, id := range cases {
		c := result(id)
		r.Append(c)
		if err := f.Add(&c); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Finish(r); err != nil {
		t.Fatal(err)
	}
}

func TestEndedRunIsComplete(t *testing.T) {
	dir := t.TempDir()
	end(t, dir, ids...)
	f, err := suite.ContinueFolder(dir, header(), ids)
	if err != nil || !f.Complete() || len(f.Known) != 3 {
		t.Fatalf("%+v, %v", f, err)
	}
	if err := errors.Join(f.Finish(nil), f.Close()); err != nil {
		t.Error(err)
	}
	if _, err := runner.ReadResults(filepath.Join(dir, suite.ResultsFile)); err != nil {
		t.Error(err)
	}
}

// A run that stopped early can be continued, killed and continued again.
func TestContinueStoppedRun(t *testing.T) {
	dir := t.TempDir()
	end(t, dir, "a/1")
	for want := 1; want <= 2; want++ {
		f, err := suite.ContinueFolder(dir, header(), ids)
		if err != nil || f.Complete() || len(f.Known) != want {
			t.Fatalf("%+v, %v", f, err)
		}
		c := result(ids[want])
		if err := errors.Join(f.Add(&c), f.Close()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestEmptyFolderBegins(t *testing.T) {
	f, err := suite.ContinueFolder(filepath.Join(t.TempDir(), "new"), header(), ids)
	if err != nil || f.Complete() || len(f.Known) != 0 {
		t.Fatalf("%+v, %v", f, err)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
}

func TestResultsOfAnotherRunAreKept(t *testing.T) {
	for _, c := range []struct {
		name            string
		change          func(h *suite.JournalHeader)
		begin, resuming string // errors; "" for none
	}{
		{"the same", func(*suite.JournalHeader) {}, "", ""},
		{"another build", func(h *suite.JournalHeader) { h.Setup.Build = "new" }, "", `was driven differently: build is "" and "new"`},
		{"another file", func(h *suite.JournalHeader) { h.Suite.Scenarios["a"] = "ef" }, "", "the file of the scenario a has changed since"},
		{"another suite", func(h *suite.JournalHeader) { h.Suite.Name, h.Suite.Cases = "full", 18 },
			"its selection is suite quick of 3 cases, shard 1/2, not suite full of 18 cases, shard 1/2", "not suite full of 18 cases"},
		{"another shard", func(h *suite.JournalHeader) { h.Shard = "2/2" }, "shard 1/2, not suite quick of 3 cases, shard 2/2", "shard 2/2"},
		{"another driver", func(h *suite.JournalHeader) { h.Setup.Name = "cc" }, `driver is "stack" and "cc"`, `driver is "stack" and "cc"`},
	} {
		dir := t.TempDir()
		end(t, dir, ids...)
		h := header()
		c.change(&h)
		_, err := suite.ContinueFolder(dir, h, ids)
		expect(t, c.name+", continued", err, c.resuming)
		f, err := suite.BeginFolder(dir, h, ids)
		expect(t, c.name, err, c.begin)
		if err == nil {
			if err := f.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
	dir := t.TempDir()
	end(t, dir, ids...)
	_, err := suite.BeginFolder(dir, header(), []string{"a/1", "a/2", "a/4"})
	expect(t, "other cases", err, "its case a/3 is not in this run")
	if err := os.WriteFile(filepath.Join(dir, suite.ResultsFile), []byte("{"), 0o644); err != nil {
		t.Fatal(err)
	}
	_, err = suite.BeginFolder(dir, header(), ids)
	expect(t, "damaged results", err, "remove the file")
}

func expect(t *testing.T, name string, err error, want string) {
	t.Helper()
	if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
		t.Errorf("%s: error %v, want %q", name, err, want)
	}
}
