package timeline

import (
	"errors"
	"io"

	"roadloop/scenarios/metrics"
	"roadloop/scenarios/runner"
	"roadloop/trace"
)

// LoggedResim is a re-simulation with a drive log and a verdict.
type LoggedResim struct {
	*Resim
	rec *metrics.Recorder
}

// NewLoggedResim returns a logged re-simulation that has not started yet.
func NewLoggedResim(r *Resim) *LoggedResim {
	return &LoggedResim{Resim: r, rec: metrics.NewRecorder(&r.plan.Drive, r.plan.Names, r.plan.FirstTraffic)}
}

// Advance simulates at most n more steps and reports whether there are more. From a
// different world on the error is a *Mismatch.
func (s *LoggedResim) Advance(n int) (more bool, err error) {
	for range n {
		m, err := s.Next()
		switch {
		case errors.Is(err, io.EOF):
			return false, nil
		case err != nil:
			return false, err
		}
		s.rec.Record(m, nil)
	}
	return true, nil
}

// Outcome returns the result of the drive so far: the drive log without the driver's
// beliefs, the metrics and, after the last step, the verdict.
func (s *LoggedResim) Outcome() *runner.Outcome {
	out := &runner.Outcome{Case: s.plan.Case, Spec: s.plan, Log: s.rec.Log(), Preventability: runner.Preventability{Preventable: true},
		Trace: &trace.Trace{Header: s.commands.Header}}
	if len(out.Log.Steps) > 0 {
		out.Verdict, out.Measures = s.plan.Examine(out.Log)
	}
	if !errors.Is(s.ended, io.EOF) {
		out.Verdict = runner.Verdict{}
	}
	return out
}
