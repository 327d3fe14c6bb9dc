package faults

import (
	"context"
	"testing"

	"roadloop/scenarios"
	"roadloop/scenarios/metrics"
	"roadloop/scenarios/runner"
)

// Slow rear-end collisions at ticks between two decisions, which were once classified as
// lateral.
func TestRearEndCollisionIsAtFault(t *testing.T) {
	faults, err := Match("leads-overlooked")
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"cut-in/8", "headway/17", "braking-lead/18", "night-rain/2", "stop-and-go/5"} {
		c, err := scenarios.FindCase(id)
		if err != nil {
			t.Fatal(err)
		}
		o := runner.Options{NewFactory: runner.NewOracleFactory, Prepare: faults[0].Inject}
		err = runner.Run(context.Background(), []*scenarios.Case{c}, o, func(out *runner.Outcome) error {
			if out.Err != nil {
				return out.Err
			}
			hits := out.Measures.Collisions
			if len(hits) == 0 || hits[0].Kind != metrics.ActiveFront || !hits[0].AtFault || out.Measures.Extremes["at_fault_collisions"] != 1 || out.Verdict.Passed {
				t.Errorf("%s: %+v, collisions %+v", id, out.Verdict, hits)
			}
			for _, s := range out.Scores {
				if x, ok := s.Term("no_at_fault_collision"); ok && x.Value != 0 {
					t.Errorf("%s: %s has %g", id, s.Name, x.Value)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
