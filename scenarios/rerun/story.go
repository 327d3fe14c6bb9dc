package rerun

import (
	"errors"
	"io"

	"roadloop/scenarios"
	"roadloop/scenarios/record"
	"roadloop/trace"
)

// Story is a rerun that is recorded as it happens, and judged by what the world tells.
type Story struct {
	*Rerun
	rec *record.Recorder
}

// NewStory begins to record a rerun, of which nothing may have happened yet.
func NewStory(r *Rerun) *Story {
	return &Story{Rerun: r, rec: record.New(&r.plan.Drive, r.plan.Names, r.plan.Traffic)}
}

// Go lets at most n more moments happen and reports whether there are more. From where
// the world differs from the recorded one the error is a *Mismatch.
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

// Outcome returns what became of the drive so far: the record, which knows nothing of
// what the driver believed, the measures, and, once all of it has happened, the verdict.
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
