package rerun

import (
	"errors"
	"io"

	"roadloop/scenarios"
	"roadloop/scenarios/record"
	"roadloop/trace"
)

// Story is a re-simulation with a drive log and a verdict.
type Story struct {
	*Rerun
	rec *record.Recorder
}

// NewStory returns a story of a re-simulation that has not started yet.
func NewStory(r *Rerun) *Story {
	return &Story{Rerun: r, rec: record.New(&r.plan.Drive, r.plan.Names, r.plan.Traffic)}
}

// Go simulates at most n more steps and reports whether there are more. From a
// different world on the error is a *Mismatch.
func (s *Story) Go(n int) (more bool, err error) {
	for range n {
		m, err := s.Next()
		switch {
		case errors.Is(err, io.EOF):
			return false, nil
		case err != nil:
			return false, err
		}
		s.rec.Watch(m, nil)
	}
	return true, nil
}

// Outcome returns the result of the drive so far: the drive log without the driver's
// beliefs, the metrics and, after the last step, the verdict.
func (s *Story) Outcome() *scenarios.Outcome {
	out := &scenarios.Outcome{Case: s.plan.Case, Plan: s.plan, Log: s.rec.Log(), Label: scenarios.Label{Preventable: true},
		Trace: &trace.Trace{Header: s.reel.Header}}
	if len(out.Log.Steps) > 0 {
		out.Verdict, out.Measures = s.plan.Examine(out.Log)
	}
	if !errors.Is(s.ended, io.EOF) {
		out.Verdict = scenarios.Verdict{}
	}
	return out
}
