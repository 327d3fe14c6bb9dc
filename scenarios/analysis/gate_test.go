package analysis_test

import (
	"testing"

	"roadloop/scenarios/analysis"
	"roadloop/scenarios/runner"
)

// oneCase returns the results of one case, with an identity that contains the hash of
// its scenario.
func oneCase(c runner.Result, source string) *runner.Results {
	r := runner.NewResults()
	r.Suite = &runner.SuiteID{Cases: 1, Scenarios: map[string]string{c.Scenario: source}}
	r.Append(c)
	return r
}

func TestRule(t *testing.T) {
	passed := runner.Result{Case: "a/1", Scenario: "a", Passed: true, Preventable: true}
	failed := runner.Result{Case: "a/1", Scenario: "a", Preventable: true}
	unpreventable := runner.Result{Case: "a/1", Scenario: "a"}
	invalid := runner.Result{Case: "a/1", Scenario: "a", Invalid: true}
	for _, c := range []struct {
		name   string
		now    runner.Result
		before *runner.Result // nil for no baseline
		source string         // of the scenario in the baseline
		allow  bool
		want   bool
	}{
		{name: "passes", now: passed},
		{name: "fails", now: failed, want: true},
		{name: "fails unpreventably", now: unpreventable, want: true},
		{name: "fails unpreventably, allowed", now: unpreventable, allow: true},
		{name: "fails preventably, unpreventable ones allowed", now: failed, allow: true, want: true},
		{name: "is invalid", now: invalid, allow: true, want: true},
		{name: "passed before", now: failed, before: &passed, want: true},
		{name: "passed before, unpreventable now", now: unpreventable, before: &passed, want: true},
		{name: "passed before, unpreventable now and allowed", now: unpreventable, before: &passed, allow: true, want: true},
		{name: "failed before", now: failed, before: &failed},
		{name: "failed before, unpreventable", now: unpreventable, before: &failed},
		{name: "passed before a change of its scenario", now: failed, before: &passed, source: "other", want: true},
		{name: "passed before a change of its scenario, unpreventable now and allowed", now: unpreventable, before: &passed, source: "other", allow: true},
		{name: "failed before a change of its scenario", now: failed, before: &failed, source: "other", want: true},
	} {
		rule := analysis.Rule{AllowUnpreventable: c.allow}
		now := oneCase(c.now, "text")
		if c.before != nil {
			rule.Baseline = analysis.NewBaseline(oneCase(*c.before, "text"+c.source), now)
		}
		if got := rule.Fails(&c.now); got != c.want {
			t.Errorf("%s: fails the run: %v, want %v", c.name, got, c.want)
		}
		if got := rule.Count(now) == 1; got != c.want {
			t.Errorf("%s: counted %v, want %v", c.name, got, c.want)
		}
	}
}
