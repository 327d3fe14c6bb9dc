package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"roadloop"
	"roadloop/scenarios/analysis"
	"roadloop/scenarios/runner"
)

// explained is the default number of failures explained on a page. Each explanation
// drives the case some dozens of times.
const explained = 8

// failureExplainer adds explanations to the first failing cases.
type failureExplainer struct {
	newFactory func() (runner.DriverFactory, error)
	prepare    func(*roadloop.Session) error // injects the fault of the run; nil for none
	factory    runner.DriverFactory          // nil until the first failure
	left       int                           // failures still to explain
	skipped    []string                      // unpreventable failures
}

// explain adds the cause to the result of a preventable failure. An unpreventable one has
// no layer to find: the driver fails with ground truth in all of them.
func (k *failureExplainer) explain(ctx context.Context, out *runner.Outcome, c *runner.Result) error {
	if k == nil || k.left == 0 || out.Err != nil || c.Passed {
		return nil
	}
	if !c.Preventable {
		k.skipped = append(k.skipped, c.Case)
		return nil
	}
	if k.factory == nil {
		var err error
		if k.factory, err = k.newFactory(); err != nil {
			return err
		}
	}
	cause, err := analysis.Explain(ctx, out.Case, analysis.ExplainOptions{Factory: k.factory, Prepare: k.prepare})
	if err != nil {
		return fmt.Errorf("explaining a failure: %w", err)
	}
	k.left--
	c.Cause = cause.Sentence
	return nil
}

// noteSkipped prints which failures were not explained because they are unpreventable.
func (k *failureExplainer) noteSkipped(stderr io.Writer) {
	if k != nil && len(k.skipped) > 0 {
		fmt.Fprintf(stderr, "not explained, unpreventable: %s\n", strings.Join(k.skipped, ", "))
	}
}

// close frees the driver and joins errors.
func (k *failureExplainer) close(err error) error {
	if k == nil || k.factory == nil {
		return err
	}
	return errors.Join(err, k.factory.Close())
}
