package metrics_test

import (
	"math"
	"testing"

	"roadloop/scenarios/drivetest"
	"roadloop/scenarios/metrics"
)

// With the oracle, belief equals truth wherever both are defined.
func TestOracleBeliefEqualsTruth(t *testing.T) {
	s := metrics.ComputeSafety(drivetest.Record(t, "cut-in", nil))
	for _, name := range []string{"speed", "gap", "ttc", "thw", "drac", "lateral_error", "rss_margin"} {
		m, defined := s.Find(name), 0
		for i := range s.Times {
			if d := m.Gap(i); !math.IsNaN(d) {
				defined++
				if math.Abs(d) > 1e-9 {
					t.Fatalf("%s at %.2f s: believed minus true is %g", name, s.Times[i], d)
				}
			}
		}
		if defined == 0 {
			t.Errorf("%s is nowhere defined", name)
		}
	}
}
