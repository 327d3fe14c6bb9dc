package analysis_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"roadloop/scenarios"
	"roadloop/scenarios/analysis"
	"roadloop/scenarios/runner"
	"roadloop/trace"
)

// document returns results of the cases a/0, a/1, …; the listed ones fail.
func document(n int, failing ...int) *runner.Results {
	r := runner.NewResults()
	r.Suite = &runner.SuiteID{Name: "seeds", Cases: n, Scenarios: map[string]string{"a": "text of a"}}
	r.Setup = &runner.RunConfig{DriverID: trace.DriverID{Name: "stack", Perception: "oracle"}}
	bad := map[int]bool{}
	for _, i := range failing {
		bad[i] = true
	}
	for i := range n {
		c := runner.Result{Case: fmt.Sprintf("a/%d", i), Scenario: "a", Seed: uint64(i), Passed: !bad[i], Preventable: true,
			TraceSHA256: "00", Measures: map[string]float64{"min_gap": float64(i)},
			Scores: map[string]runner.Score{"s": {Version: "1", Value: 50}}}
		if bad[i] {
			c.Reason, c.Command = "hit", "roadloop run "+c.Case
		}
		r.Append(c)
	}
	return r
}

func compare(t *testing.T, before, now *runner.Results) *analysis.Comparison {
	t.Helper()
	b := analysis.NewBaseline(before, now)
	if err := b.Check(); err != nil {
		t.Fatal(err)
	}
	return b.Compare(now)
}

func TestFlips(t *testing.T) {
	now := document(20, 3, 5)
	now.Cases[5].Preventable = false
	c := compare(t, document(20, 3, 4), now)
	if len(c.Flips) != 2 || c.Regressions != 1 {
		t.Fatalf("%+v", c)
	}
	if f := c.Flips[0]; f.Case != "a/4" || !f.Passes || f.Reason != "hit" || f.Command != "" {
		t.Errorf("mended: %+v", f)
	}
	if f := c.Flips[1]; f.Case != "a/5" || f.Passes || f.Preventable || f.Command != "roadloop run a/5" {
		t.Errorf("broken, and not preventable: %+v", f)
	}
	p := c.PassRate
	if p.Before != .9 || p.Now != .9 || p.Broken != 1 || p.Fixed != 1 || p.P != 1 || p.Finding != analysis.TooFew || p.Resolution != .3 {
		t.Errorf("%+v", p)
	}
	if c := compare(t, document(20), document(20, 7)); c.Regressions != 1 {
		t.Errorf("%+v", c)
	}
}

func TestEqualRuns(t *testing.T) {
	c := compare(t, document(20, 3), document(20, 3))
	if len(c.Flips) != 0 || c.PassRate.Finding != analysis.Same || c.Measures[0].Finding != analysis.Same || c.Scores[0].Finding != analysis.Same {
		t.Errorf("%+v", c)
	}
}

func TestChangedMeasures(t *testing.T) {
	now := document(20)
	for i := range now.Cases {
		now.Cases[i].Measures["min_gap"] += 1 + .1*float64(i%3)
		now.Cases[i].Scores["s"] = runner.Score{Version: "1", Value: 49}
	}
	delete(now.Cases[0].Measures, "min_gap") // not defined in this run
	c := compare(t, document(30), now)
	if m := c.Measures[0]; m.Name != "min_gap" || m.Pairs != 19 || m.Finding != analysis.Higher || m.Low < 1 || m.High > 1.2 {
		t.Errorf("%+v", m)
	}
	if s := c.Scores[0]; s.Finding != analysis.Lower || s.Difference != -1 || s.Low != -1 || s.High != -1 {
		t.Errorf("%+v", s)
	}
}

// Seven broken cases of 20 are significant.
func TestPassRateFalls(t *testing.T) {
	p := compare(t, document(20), document(20, 0, 1, 2, 3, 4, 5, 6)).PassRate
	if p.Finding != analysis.Lower || math.Abs(p.P-2./128) > 1e-12 || p.Low >= p.High || p.High >= 0 {
		t.Errorf("%+v", p)
	}
}

// A score that lacked an input in one run of a case is not compared for that case.
func TestIncompleteScoresAreNotCompared(t *testing.T) {
	now := document(3)
	now.Cases[1].Scores["s"] = runner.Score{Version: "1, no plans", Value: 0}
	if s := compare(t, document(3), now).Scores[0]; s.Pairs != 2 || s.Moved != 0 {
		t.Errorf("%+v", s)
	}
}

// New, missing and changed cases are listed; the others are compared.
func TestNewGoneAndChangedCasesAreNotCompared(t *testing.T) {
	before := document(10)
	before.Cases[2].Parameters = []scenarios.Parameter{{Name: "x", Value: "1"}}
	before.Cases[3].Scenario, before.Suite.Scenarios["b"] = "b", "old text"
	before.Cases = append(before.Cases, runner.Result{Case: "c/1", Scenario: "c", Passed: true})
	before.Cases = before.Cases[1:]
	now := document(10, 0, 2, 3, 4)
	now.Cases[3].Scenario, now.Suite.Scenarios["b"] = "b", "new text"
	c := compare(t, before, now)
	if d := cmp.Diff([][]string{{"a/0"}, {"c/1"}, {"a/2", "a/3"}}, [][]string{c.New, c.Gone, c.Changed}); d != "" {
		t.Error(d)
	}
	if c.Cases != 7 || c.Regressions != 1 || len(c.Flips) != 1 || c.Flips[0].Case != "a/4" {
		t.Errorf("%+v", c)
	}
	now.Shard = "1/2" // in which the others may be
	if c := compare(t, before, now); c.Gone != nil {
		t.Errorf("gone from a shard: %v", c.Gone)
	}
}

func TestUnrelatedBaselineIsRejected(t *testing.T) {
	now := document(3)
	for i := range now.Cases {
		now.Cases[i].Case = fmt.Sprintf("b/%d", i)
	}
	before := document(2)
	before.Suite.Name = "full"
	if err := analysis.NewBaseline(before, now).Check(); err == nil || err.Error() != `none of its 2 cases is in this run: it is of suite "full"` {
		t.Errorf("error %v", err)
	}
}

// Scores with another version are listed; the others are compared.
func TestScoresOfOtherVersionsAreNotCompared(t *testing.T) {
	before := document(10)
	for i := range before.Cases {
		before.Cases[i].Scores["s"] = runner.Score{Version: "2, no plans", Value: 1}
	}
	now := document(10, 4)
	if got := analysis.NewBaseline(before, now).OtherScores(map[string]string{"s": "3, whole run", "t": "1"}); !slices.Equal(got, []string{"s (2 → 3)"}) {
		t.Errorf("before driving: %v", got)
	}
	c := compare(t, before, now)
	if !slices.Equal(c.OtherScores, []string{"s (2 → 1)"}) || len(c.Scores) != 0 || c.Regressions != 1 || len(c.Measures) != 1 {
		t.Errorf("%+v", c)
	}
}

// A comparison may have another driver. It reports the difference.
func TestSetupsMayDiffer(t *testing.T) {
	now := document(3)
	now.Setup = &runner.RunConfig{DriverID: trace.DriverID{Name: "stack", Perception: "cnn"}}
	if c := compare(t, document(3), now); c.Setup != `perception is "oracle" and "cnn"` {
		t.Errorf("%q", c.Setup)
	}
}
