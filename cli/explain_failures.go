package cli

import (
	"context"
	"errors"
	"fmt"

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
	required   bool                          // a driver without layers is an error
}

// explain adds the cause to the result of a case that fails unexpectedly.
func (k *failureExplainer) explain(ctx context.Context, out *runner.Outcome, c *runner.Result) error {
	if k == nil || k.left == 0 || out.Err != nil || !c.Failing() {
		return nil
	}
	if k.factory == nil {
		var err error
		if k.factory, err = k.newFactory(); err != nil {
			return err
		}
	}
	cause, err := analysis.Explain(ctx, out.Case, analysis.ExplainOptions{Factory: k.factory, Prepare: k.prepare})
	switch {
	case errors.Is(err, analysis.ErrNoLayers) && !k.required:
		k.left = 0
		return nil
	case err != nil:
		return fmt.Errorf("explaining a failure: %w", err)
	}
	k.left--
	c.Cause = cause.Sentence
	return nil
}

// close frees the driver and joins errors.
func (k *failureExplainer) close(err error) error {
	if k == nil || k.factory == nil {
		return err
	}
	return errors.Join(err, k.factory.Close())
}
