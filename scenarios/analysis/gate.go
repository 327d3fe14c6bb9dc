package analysis

import (
	"roadloop/scenarios/runner"
)

// Rule defines which cases fail a run. The zero value fails every case that did not pass.
type Rule struct {
	// Baseline, if set, is an earlier run. A case that passed there and fails now fails
	// the run, with any label. A case that failed there as well does not. New and changed
	// cases are judged as without a baseline.
	Baseline *Baseline
	// AllowUnpreventable tolerates failures of unpreventable cases; see runner.Preventability.
	AllowUnpreventable bool
}

// Fails reports whether a case fails the run.
func (r Rule) Fails(c *runner.Result) bool {
	if c.Passed {
		return false
	}
	if r.Baseline != nil {
		if before := r.Baseline.before(c); before != nil {
			return before.Passed
		}
	}
	return c.Failing() || !r.AllowUnpreventable
}

// Count returns the number of cases that fail the run.
func (r Rule) Count(results *runner.Results) int {
	n := 0
	for i := range results.Cases {
		if r.Fails(&results.Cases[i]) {
			n++
		}
	}
	return n
}
