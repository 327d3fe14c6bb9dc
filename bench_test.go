package roadloop_test

import (
	"testing"

	"roadloop/scenarios"
	"roadloop/scenarios/runner"
)

// BenchmarkClosedLoop drives the whole loop at 20 Hz on one core with the network
// in it: world, sensors with camera frames, network, fusion, planning, control.
// The metric is simulated time over real time.
func BenchmarkClosedLoop(b *testing.B) {
	s, err := scenarios.Find("night-rain")
	if err != nil {
		b.Fatal(err)
	}
	c, err := s.Case(1)
	if err != nil {
		b.Fatal(err)
	}
	crew := newCrew(b)
	driven := 0.0
	for b.Loop() {
		p, err := runner.Compile(c)
		if err != nil {
			b.Fatal(err)
		}
		drive(b, crew, p, ignore)
		driven += p.Drive.Duration.Seconds()
	}
	b.ReportMetric(driven/b.Elapsed().Seconds(), "x-realtime")
}
