package report_test

import (
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"roadloop/scenarios"
	"roadloop/scenarios/analysis"
	"roadloop/scenarios/report"
	"roadloop/scenarios/runner"
	"roadloop/trace"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// document returns results in which zebra/2 fails if failing is set, and cut-in/1 fails
// unpreventably.
func document(t *testing.T, failing bool) *runner.Results {
	t.Helper()
	r := runner.NewResults()
	r.Suite = &runner.SuiteID{Name: "quick", Cases: 4, Scenarios: map[string]string{}}
	r.Setup = &runner.RunConfig{DriverID: trace.DriverID{Name: "stack", Perception: "cnn", Model: "0123456789abcdef"}}
	score := func(v float64) map[string]runner.Score {
		return map[string]runner.Score{"nuplan_cls": {Version: "1.2", Value: v}}
	}
	at := 6.35
	r.Append(runner.Result{Case: "zebra/1", Scenario: "zebra", Family: "pedestrian", Passed: true, Preventable: true, SimSeconds: 18, WallSeconds: 2, TraceSHA256: "0", Scores: score(1)})
	c := runner.Result{Case: "zebra/2", Scenario: "zebra", Family: "pedestrian", Passed: true, Preventable: true, SimSeconds: 6.4, WallSeconds: 1, TraceSHA256: "0",
		Parameters: []scenarios.Parameter{{Name: "ego.speed", Value: "48 km/h"}}, Scores: score(1), Measures: map[string]float64{"min_gap": 2}}
	if failing {
		c.Passed, c.Reason, c.FailedAt, c.Command, c.Scores = false, "collision with walker | closing at 12 km/h", &at, "roadloop run zebra/2", score(0)
		c.Measures = map[string]float64{"min_gap": 0}
	}
	r.Append(c)
	r.Append(runner.Result{Case: "cut-in/1", Scenario: "cut-in", Family: "cut-in", Reason: "collision with cutter", Command: "roadloop run cut-in/1", SimSeconds: 4, WallSeconds: 1, TraceSHA256: "0", Scores: score(0)})
	r.Append(runner.Result{Case: "mine/1", Scenario: "mine", Invalid: true, Preventable: true, Reason: "no lane 7", Command: "roadloop run 'my file.yaml/1'", Scores: map[string]runner.Score{}})
	return r
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("%s: %s", path, d)
	}
}

func TestTextAndMarkdown(t *testing.T) {
	now := document(t, true)
	before := document(t, false)
	before.Cases = before.Cases[:3]
	b := analysis.NewBaseline(before, now)
	c := b.Compare(now)
	var text, markdown strings.Builder
	if err := report.Text(&text, now, c); err != nil {
		t.Fatal(err)
	}
	if err := report.Markdown(&markdown, now, c, analysis.Rule{Baseline: b}); err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/summary.txt", text.String())
	golden(t, "testdata/summary.md", markdown.String())
}

func TestMarkdownStaysSmall(t *testing.T) {
	r := runner.NewResults()
	for range 5000 {
		r.Append(runner.Result{Case: "zebra/2", Preventable: true, Reason: strings.Repeat("very ", 20) + "bad", Command: "roadloop run zebra/2"})
	}
	var b strings.Builder
	if err := report.Markdown(&b, r, nil, analysis.Rule{}); err != nil {
		t.Fatal(err)
	}
	if b.Len() > 65_536 || !strings.Contains(b.String(), "and 4950 more") {
		t.Errorf("%d bytes", b.Len())
	}
}
