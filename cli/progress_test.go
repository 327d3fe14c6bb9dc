package cli

import (
	"io"
	"path/filepath"
	"strings"
	"testing"

	"roadloop/scenarios"
	"roadloop/scenarios/runner"
)

// A warning reports how many road users were placed, with --quiet too.
func TestCrowdedTrafficWarning(t *testing.T) {
	for _, c := range []struct {
		traffic *runner.TrafficCount
		want    string
	}{
		{nil, ""},
		{&runner.TrafficCount{Asked: 5, Placed: 5}, ""},
		{&runner.TrafficCount{Asked: 400, Placed: 157}, "warning: dense/1: the map has room for only 157 of 400 requested road users\n"},
	} {
		var out strings.Builder
		newProgress(&out, 1, true).step(&runner.Result{Case: "dense/1", Passed: true, Traffic: c.traffic})
		if got := out.String(); got != c.want {
			t.Errorf("%+v: %q, want %q", c.traffic, got, c.want)
		}
	}
}

// Each case gets its line as soon as it ends; the columns fit the cases that follow.
func TestVerdictTable(t *testing.T) {
	dir := files(t, map[string]string{"a.yaml": short, "much-longer.yaml": short})
	var cases []*scenarios.Case
	for _, name := range []string{"a.yaml", "much-longer.yaml"} {
		c, err := scenarios.FindCase(filepath.Join(dir, name) + "/1")
		if err != nil {
			t.Fatal(err)
		}
		cases = append(cases, c)
	}
	var out strings.Builder
	p := newProgress(io.Discard, 2, false)
	p.table = newVerdictTable(&out, cases)
	for _, step := range []struct {
		result runner.Result
		want   string
	}{
		{runner.Result{Case: "a/1", Scenario: "a", Seed: 1, Passed: true, SimSeconds: 12, WallSeconds: 3},
			"      scenario     case  sim      real time  reason\nok    a            1     12.0 s   4.0×       \n"},
		{runner.Result{Case: "much-longer/1", Scenario: "much-longer", Seed: 1, SimSeconds: 4.2, WallSeconds: 2.1, Reason: "hit it", Command: "roadloop run much-longer/1"},
			"FAIL  much-longer  1     4.2 s    2.0×       hit it\n      roadloop run much-longer/1\n"},
	} {
		out.Reset()
		if p.step(&step.result); out.String() != step.want {
			t.Errorf("%s:\n%q, want\n%q", step.result.Case, out.String(), step.want)
		}
	}
}
