package suite_test

import (
	"testing"

	"roadloop/scenarios/suite"
)

// BenchmarkSuite drives one case of every scenario of the library with ground truth on
// one core. It measures worlds, drives, verdicts, measures and scores.
func BenchmarkSuite(b *testing.B) {
	s := choose(b, suite.Query{Seeds: &suite.SeedRange{First: 1, Last: 1}})
	simulated := 0.0
	for b.Loop() {
		for _, c := range drive(b, suite.Job{Suite: s, Options: oracle(1)}).Cases {
			simulated += c.SimSeconds
		}
	}
	b.ReportMetric(float64(b.N*len(s.Cases))/b.Elapsed().Seconds(), "cases/s")
	b.ReportMetric(simulated/b.Elapsed().Seconds(), "x-real-time")
}
