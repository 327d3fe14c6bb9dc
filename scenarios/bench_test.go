package scenarios_test

import (
	"testing"

	"roadloop/scenarios"
)

// BenchmarkParse parses all files of the library.
func BenchmarkParse(b *testing.B) {
	all, err := scenarios.Library()
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		for _, s := range all {
			if _, err := scenarios.Parse("x.yaml", s.Source); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// BenchmarkLibrary reads the library.
func BenchmarkLibrary(b *testing.B) {
	for b.Loop() {
		if _, err := scenarios.Library(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkGrid samples all grid cases of the library.
func BenchmarkGrid(b *testing.B) {
	all, err := scenarios.Library()
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		n := 0
		for _, s := range all {
			cases, err := s.Grid()
			if err != nil {
				b.Fatal(err)
			}
			n += len(cases)
		}
		b.ReportMetric(float64(n), "cases")
	}
}
