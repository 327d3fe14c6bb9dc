package runner_test

import (
	"strings"
	"testing"

	"roadloop/scenarios/drivetest"
	"roadloop/scenarios/runner"
)

// standings drives a scenario with ground truth. It returns the status of the
// expectations halfway and at the end.
func standings(t *testing.T, text string) (half, end []runner.ExpectationStatus, v runner.Verdict) {
	t.Helper()
	p := plan(t, text)
	r, err := runner.NewCaseRun(p, drivetest.Driver(nil))
	if err != nil {
		t.Fatal(err)
	}
	if v, err = r.Finish(t.Context()); err != nil {
		t.Fatal(err)
	}
	part := *r.Log()
	part.Steps = part.Steps[:len(part.Steps)/2]
	return p.Statuses(&part, false), p.Statuses(r.Log(), true), v
}

const wishful = `version: 1
name: Wishes
map: {kind: straight, lanes: 2, length: 600 m, speed_limit: 50 km/h}
ego: {lane: 0, s: 20 m, speed: 38 km/h}
until: {time: 8 s}
expect: {progress: 80 m, max_speed: 40 km/h, mean_speed: 10 km/h}
`

// Expectations not yet reached are open, violated ones failed and fulfilled ones met. At
// the end none is open, and the failed ones are those of the verdict.
func TestStandings(t *testing.T) {
	half, end, v := standings(t, wishful)
	find := func(list []runner.ExpectationStatus, word string) runner.ExpectationStatus {
		for _, s := range list {
			if strings.Contains(s.Text, word) {
				return s
			}
		}
		t.Fatalf("no expectation contains %q in %+v", word, list)
		return runner.ExpectationStatus{}
	}
	for word, want := range map[string][2]runner.State{
		"progress": {runner.Pending, runner.Met}, "speed ≤ 40 km/h": {runner.Failed, runner.Failed},
		"collision": {runner.Met, runner.Met}, "red light": {runner.Met, runner.Met},
	} {
		if got := find(half, word); got.State != want[0] || (got.Failure == nil) != (want[0] == runner.Met) {
			t.Errorf("halfway, %s: %+v, want state %d", got.Text, got, want[0])
		}
		if got := find(end, word); got.State != want[1] {
			t.Errorf("at the end, %s: state %d, want %d", got.Text, got.State, want[1])
		}
	}
	failed := 0
	for _, s := range end {
		if s.State == runner.Failed {
			failed++
		}
	}
	if failed != len(v.Failures) {
		t.Errorf("%d expectations failed, the verdict has %d failures", failed, len(v.Failures))
	}
}
