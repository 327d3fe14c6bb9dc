package suite_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"roadloop/assets"
	"roadloop/perception/inference"
	"roadloop/scenarios/runner"
	"roadloop/scenarios/suite"
	"roadloop/trace"
)

// The core of the quick suite: cases with the network in the loop pass. Results and
// traces are the same for one worker and for two.
func TestCoreWithTheNetwork(t *testing.T) {
	w, err := assets.Model()
	if err != nil {
		t.Fatal(err)
	}
	s := choose(t, suite.Query{Patterns: []string{"cut-in/1", "braking-lead/1", "zebra/1"}})
	documents := map[int]string{}
	for _, jobs := range []int{1, 2} {
		o := runner.Options{Jobs: jobs, DriverID: trace.DriverID{Name: runner.Stack, Perception: runner.CNN},
			NewFactory: func() (runner.DriverFactory, error) {
				engine, err := inference.NewOneDNN(w)
				if err != nil {
					return nil, err
				}
				return runner.NewStackFactory(inference.NewDetector(engine)), nil
			}}
		r := drive(t, suite.Job{Suite: s, Options: o})
		for _, c := range r.Cases {
			if !c.Passed {
				t.Errorf("%s: %s", c.Case, c.Reason)
			}
		}
		documents[jobs] = plain(t, r)
	}
	if d := cmp.Diff(documents[1], documents[2]); d != "" {
		t.Error(d)
	}
}
