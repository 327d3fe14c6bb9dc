// Package drivetest drives cases of the library for tests of what reads records.
package drivetest

import (
	"testing"

	"roadloop"
	"roadloop/scenarios"
	"roadloop/scenarios/record"
)

// Record drives the first case of a scenario of the library under ground truth and
// returns its record. watch, if not nil, sees every moment.
func Record(t testing.TB, name string, watch func(*roadloop.Moment)) *record.Log {
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
	if watch != nil {
		o.Watch = func(*scenarios.Plan) func(*roadloop.Moment) { return watch }
	}
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
