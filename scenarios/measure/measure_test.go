package measure_test

import (
	"math"
	"testing"

	"roadloop/scenarios"
	"roadloop/scenarios/measure"
	"roadloop/scenarios/record"
)

// drive records a case of the library under ground truth.
func drive(t testing.TB, name string) *record.Log {
	t.Helper()
	s, err := scenarios.Find(name)
	if err != nil {
		t.Fatal(err)
	}
	c, err := s.Case(1)
	if err != nil {
		t.Fatal(err)
	}
	o := scenarios.Options{Crew: func() (scenarios.Crew, error) { return scenarios.NewCrew(scenarios.Stack, nil) }}
	var log *record.Log
	err = scenarios.Run(t.Context(), []*scenarios.Case{c}, o, func(out *scenarios.Outcome) error {
		log = out.Log
		return out.Err
	})
	if err != nil {
		t.Fatal(err)
	}
	return log
}

// Under ground truth belief and truth agree wherever both are defined.
func TestOracleBelievesTheTruth(t *testing.T) {
	s := measure.Of(drive(t, "cut-in"))
	for _, name := range []string{"speed", "gap", "ttc", "thw", "drac", "lateral_error", "rss_margin"} {
		m, defined := s.Find(name), 0
		for i := range s.Times {
			if d := m.Gap(i); !math.IsNaN(d) {
				defined++
				if math.Abs(d) > 1e-9 {
					t.Fatalf("%s at %.2f s: believed %g more than is true", name, s.Times[i], d)
				}
			}
		}
		if defined == 0 {
			t.Errorf("%s is nowhere defined", name)
		}
	}
}
