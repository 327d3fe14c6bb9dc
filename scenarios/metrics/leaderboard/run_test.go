package leaderboard_test

import (
	"testing"

	"roadloop/scenarios/drivetest"
	"roadloop/scenarios/metrics/leaderboard"
)

// Drives of the stack with the oracle through junctions and traffic have no collisions
// and may lose only shares such as comfort.
func TestGoodDrivesScoreWell(t *testing.T) {
	for _, name := range []string{"cut-in", "unprotected-left", "red-light", "curve"} {
		log := drivetest.Record(t, name, nil)
		for _, s := range leaderboard.All(log, &leaderboard.Reference{Name: "itself", Log: log}) {
			least := s.Best / 2
			if s.Name != leaderboard.NuPlan && s.Name != leaderboard.PDMS && s.Name != leaderboard.EPDMS {
				least = s.Best
			}
			if s.Value < least {
				t.Errorf("%s: %s is %g of %g: %+v", name, s.Name, s.Value, s.Best, s.Deductions)
			}
		}
	}
}

// BenchmarkScores computes all scores of a drive of 20 s, with a second log of it as the
// expert.
func BenchmarkScores(b *testing.B) {
	log := drivetest.Record(b, "cut-in", nil)
	expert := *log
	for b.Loop() {
		leaderboard.All(log, &leaderboard.Reference{Name: "expert", Log: &expert})
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "runs/s")
}
