package suite_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"roadloop"
	"roadloop/scenarios/runner"
	"roadloop/scenarios/suite"
	"roadloop/trace"
)

var setup = runner.RunConfig{DriverID: trace.DriverID{Name: "stack", Perception: "oracle"}}

func oracle(jobs int) runner.Options {
	return runner.Options{Jobs: jobs, DriverID: setup.DriverID,
		NewFactory: runner.NewOracleFactory}
}

func drive(t testing.TB, j suite.Job) *runner.Results {
	t.Helper()
	j.Setup = &setup
	r, err := j.Drive(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// plain returns a document without wall times, as text.
func plain(t testing.TB, r *runner.Results) string {
	t.Helper()
	data, err := json.MarshalIndent(r.WithoutWall(), "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// mixed returns a suite with passing and failing cases.
func mixed(t testing.TB) *suite.Suite {
	t.Helper()
	dir := write(t, map[string]string{
		"a.yaml": text, "b.yaml": text + "expect: {progress: 5 m}\n",
		"c.yaml": text + "preventable: false\nexpect: {progress: 500 m}\n",
	})
	return choose(t, suite.Query{Patterns: []string{dir}, Seeds: &suite.SeedRange{First: 1, Last: 5}})
}

// The document is the same, byte for byte, for any number of workers and shards.
func TestResultsIndependentOfWorkersAndShards(t *testing.T) {
	s := mixed(t)
	want := plain(t, drive(t, suite.Job{Suite: s, Options: oracle(1)}))
	for _, jobs := range []int{2, 4} {
		if d := cmp.Diff(want, plain(t, drive(t, suite.Job{Suite: s, Options: oracle(jobs)}))); d != "" {
			t.Errorf("%d workers: %s", jobs, d)
		}
	}
	for _, n := range []int{1, 2, 3, 4, 15, 20} { // 20 shards of 15 cases: some are empty
		var parts []suite.Part
		for i := range n {
			shard := suite.Shard{Number: i + 1, Of: n}
			parts = append(parts, suite.Part{Name: shard.String(), Results: drive(t, suite.Job{Suite: s, Shard: shard, Options: oracle(2)})})
		}
		slices.Reverse(parts)
		r, err := suite.Merge(parts)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, plain(t, r)); d != "" {
			t.Errorf("%d shards: %s", n, d)
		}
	}
}

// fake returns the shards of a suite of n cases without driving them.
func fake(t testing.TB, n, of int) []suite.Part {
	t.Helper()
	dir := write(t, map[string]string{"a.yaml": text})
	s := choose(t, suite.Query{Patterns: []string{dir}, Seeds: &suite.SeedRange{First: 1, Last: uint64(n)}})
	var parts []suite.Part
	for i := range of {
		shard := suite.Shard{Number: i + 1, Of: of}
		r := runner.NewResults()
		driven := setup
		r.Suite, r.Setup, r.Shard = s.Identity(), &driven, shard.String()
		for _, c := range shard.Cases(s.Cases) {
			r.Append(runner.Result{Case: c.ID(), Scenario: "a", Seed: c.Seed, Parameters: c.Parameters, Passed: true, Scores: map[string]runner.Score{}})
		}
		parts = append(parts, suite.Part{Name: fmt.Sprintf("%d.json", i+1), Results: r})
	}
	return parts
}

func TestMergeRejects(t *testing.T) {
	for _, c := range []struct {
		name  string
		spoil func(parts []suite.Part) []suite.Part
		want  string
	}{
		{"nothing", func([]suite.Part) []suite.Part { return nil }, "no results to merge"},
		{"a hole", func(p []suite.Part) []suite.Part { return []suite.Part{p[0], p[2]} }, "shard 2/4, 4/4 is missing"},
		{"twice", func(p []suite.Part) []suite.Part { return append(p, p[1]) }, "2.json and 2.json are both shard 2/4"},
		{"no shard", func(p []suite.Part) []suite.Part { p[1].Results.Shard = ""; return p }, "2.json is not of a shard"},
		{"no such shard", func(p []suite.Part) []suite.Part { p[1].Results.Shard = "5/4"; return p }, `2.json: shard "5/4": want a shard`},
		{"another number", func(p []suite.Part) []suite.Part {
			return append(p, suite.Part{Name: "x.json", Results: fake(t, 10, 3)[0].Results})
		}, "x.json is shard 1/3, 1.json is shard 1/4"},
		{"not finished", func(p []suite.Part) []suite.Part { p[3].Results.Cases = p[3].Results.Cases[:1]; return p }, "4.json contains 1 of the 2 cases of shard 4/4: its run is incomplete"},
		{"another suite", func(p []suite.Part) []suite.Part { p[2] = fake(t, 11, 4)[2]; return p }, "1.json and 3.json are of different suites: seeds of 10 cases"},
		{"another driver", func(p []suite.Part) []suite.Part { p[2].Results.Setup.Name = "cc"; return p }, `1.json and 3.json were driven differently: driver is "stack" and "cc"`},
		{"a case twice", func(p []suite.Part) []suite.Part { p[1].Results.Cases[0] = p[0].Results.Cases[0]; return p }, "a/1 is in 1.json and in 2.json"},
		{"another case", func(p []suite.Part) []suite.Part { p[1].Results.Cases[0].Case = "a/99"; return p }, "the cases differ from the suite"},
	} {
		if _, err := suite.Merge(c.spoil(fake(t, 10, 4))); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", c.name, err, c.want)
		}
	}
}

func TestParseShard(t *testing.T) {
	for _, text := range []string{"", "1", "0/4", "5/4", "1/0", "-1/4", "1/4/2", "a/b", "1/20000"} {
		if s, err := suite.ParseShard(text); err == nil {
			t.Errorf("%q gives %v", text, s)
		}
	}
	if s, err := suite.ParseShard("2/4"); err != nil || s.String() != "2/4" {
		t.Errorf("%v, %v", s, err)
	}
	if s := (suite.Shard{}); s.String() != "" || len(s.Cases(mixed(t).Cases)) != 15 {
		t.Error("the zero shard is not the whole")
	}
}

// A run stops after the first case in order that Stop selects, for any number of workers.
func TestStop(t *testing.T) {
	dir := write(t, map[string]string{"a.yaml": text + "preventable: false\nexpect: {progress: 500 m}\n", "b.yaml": text + "expect: {progress: 500 m}\n", "c.yaml": text})
	s := choose(t, suite.Query{Patterns: []string{dir}, Seeds: &suite.SeedRange{First: 1, Last: 4}})
	for _, jobs := range []int{1, 4} {
		r := drive(t, suite.Job{Suite: s, Options: oracle(jobs), Stop: func(c *runner.Result) bool { return c.Failing() }})
		if len(r.Cases) != 5 || r.Cases[4].Case != "b/1" || r.Unpreventable != 4 || r.Failed != 5 {
			t.Errorf("%d workers: %d cases, the last %s", jobs, len(r.Cases), r.Cases[len(r.Cases)-1].Case)
		}
	}
}

// A run that continues from known results gives the same document as an uninterrupted
// run. It does not drive known cases.
func TestKnownCasesAreNotDrivenAgain(t *testing.T) {
	s := mixed(t)
	whole := drive(t, suite.Job{Suite: s, Options: oracle(1)})
	known := map[string]runner.Result{}
	for i, c := range whole.Cases {
		if i%3 != 1 {
			known[c.Case] = c
		}
	}
	driven := 0
	r := drive(t, suite.Job{Suite: s, Options: oracle(2), Known: known, Finished: func(*runner.Outcome, *runner.Result) error { driven++; return nil }})
	if driven != 5 {
		t.Errorf("%d cases were driven, want 5", driven)
	}
	if d := cmp.Diff(plain(t, whole), plain(t, r)); d != "" {
		t.Error(d)
	}
}

// Keep gets every case when it ends, even while an earlier case is still being driven.
// The first case waits until three others have been kept.
func TestKeptBeforeEarlierCases(t *testing.T) {
	var mu sync.Mutex
	var kept []string
	others := make(chan struct{})
	s := mixed(t)
	first := s.Cases[0].ID()
	o := oracle(2)
	o.Watch = func(p *runner.Spec) func(*roadloop.Step) {
		if p.Case.ID() == first {
			<-others
		}
		return func(*roadloop.Step) {}
	}
	r := drive(t, suite.Job{Suite: s, Options: o, OnResult: func(c *runner.Result) error {
		mu.Lock()
		defer mu.Unlock()
		if kept = append(kept, c.Case); len(kept) == 3 {
			close(others)
		}
		return nil
	}})
	if len(kept) != len(s.Cases) || slices.Index(kept, first) < 3 {
		t.Errorf("kept %v", kept)
	}
	if r.Cases[0].Case != first {
		t.Errorf("the document begins with %s", r.Cases[0].Case)
	}
}

// The document of an interrupted run contains the finished cases.
func TestInterruptedRunKeepsItsCases(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	n := 0
	j := suite.Job{Suite: mixed(t), Setup: &setup, Options: oracle(2), Finished: func(*runner.Outcome, *runner.Result) error {
		if n++; n == 3 {
			cancel()
		}
		return nil
	}}
	r, err := j.Drive(ctx)
	if !errors.Is(err, context.Canceled) || len(r.Cases) < 3 || len(r.Cases) == 15 || len(r.Cases) != n {
		t.Errorf("%d of %d finished cases in the document, %v", len(r.Cases), n, err)
	}
}

// For any input, Merge returns no document that contradicts itself.
func FuzzMerge(f *testing.F) {
	parts := fake(f, 5, 2)
	var texts [][]byte
	for _, p := range parts {
		data, err := json.Marshal(p.Results)
		if err != nil {
			f.Fatal(err)
		}
		texts = append(texts, data)
	}
	f.Add(texts[0], texts[1])
	f.Add(texts[0], texts[0])
	f.Add(texts[1], []byte(strings.Replace(string(texts[0]), `"cases":5`, `"cases":-5`, 1)))
	f.Fuzz(func(t *testing.T, a, b []byte) {
		var parts []suite.Part
		for i, data := range [][]byte{a, b} {
			r, err := runner.ParseResults("fuzz.json", data)
			if err != nil {
				return
			}
			parts = append(parts, suite.Part{Name: fmt.Sprint(i), Results: r})
		}
		merged, err := suite.Merge(parts)
		if err != nil {
			return
		}
		data, err := json.Marshal(merged)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := runner.ParseResults("merged.json", data); err != nil {
			t.Error(err)
		}
		if len(merged.Cases) != len(parts[0].Results.Cases)+len(parts[1].Results.Cases) {
			t.Errorf("%d cases of %d and %d", len(merged.Cases), len(parts[0].Results.Cases), len(parts[1].Results.Cases))
		}
	})
}
