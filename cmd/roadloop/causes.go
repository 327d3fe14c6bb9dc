package main

import (
	"context"
	"errors"
	"fmt"

	"roadloop"
	"roadloop/scenarios"
	"roadloop/scenarios/explain"
)

// explained is how many failures are explained on a page: each is driven some dozens
// of times more.
const explained = 8

// causes says of the first cases that fail why they did.
type causes struct {
	make    func() (scenarios.Crew, error)
	prepare func(*roadloop.Session) error // plants the fault that drove; nil for none
	crew    scenarios.Crew                // nil until the first failure
	left    int                           // how many to explain yet
}

// tell adds the cause to the result of a case that fails and should not.
func (k *causes) tell(ctx context.Context, out *scenarios.Outcome, c *scenarios.Result) error {
	if k == nil || k.left == 0 || out.Err != nil || !c.Failing() {
		return nil
	}
	if k.crew == nil {
		var err error
		if k.crew, err = k.make(); err != nil {
			return err
		}
	}
	cause, err := explain.Explain(ctx, out.Case, explain.Options{Crew: k.crew, Prepare: k.prepare})
	if err != nil {
		return fmt.Errorf("explaining a failure: %w", err)
	}
	k.left--
	c.Cause = cause.Sentence
	return nil
}

// close frees what explaining took, and joins errors.
func (k *causes) close(err error) error {
	if k == nil || k.crew == nil {
		return err
	}
	return errors.Join(err, k.crew.Close())
}
