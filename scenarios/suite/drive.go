package suite

import (
	"context"
	"errors"
	"maps"
	"slices"

	"roadloop/scenarios"
	"roadloop/scenarios/runner"
)

// Job is a list of cases to drive.
type Job struct {
	Suite   *Suite
	Shard   Shard
	Setup   *runner.RunConfig
	Options runner.Options
	// Known contains existing results by case. These cases are not driven again.
	Known map[string]runner.Result
	// Stop, if set, ends the run after the first case in order for which it returns true.
	Stop func(*runner.Result) bool
	// OnResult, if set, is called when a case ends, before Finished, which waits for earlier
	// cases. Several goroutines call it.
	OnResult func(*runner.Result) error
	// Finished, if set, is called for every driven case, in order. It may change the
	// result.
	Finished func(*runner.Outcome, *runner.Result) error
}

// errStopped ends a run for Stop.
var errStopped = errors.New("stopped")

// Drive drives the job's shard of the suite and returns the results in order. If ctx ends
// or Finished fails, it returns the results so far and an error. The results are never
// nil.
func (j *Job) Drive(ctx context.Context) (*runner.Results, error) {
	a := collector{results: runner.NewResults(), cases: j.Shard.Cases(j.Suite.Cases), found: maps.Clone(j.Known), stop: j.Stop}
	a.results.Suite, a.results.Setup, a.results.Shard = j.Suite.Identity(), j.Setup, j.Shard.String()
	if a.found == nil {
		a.found = map[string]runner.Result{}
	}
	left := slices.DeleteFunc(slices.Clone(a.cases), func(c *scenarios.Case) bool {
		_, known := j.Known[c.ID()]
		return known
	})
	err := a.advance()
	if err == nil {
		err = runner.Run(ctx, left, j.options(), func(out *runner.Outcome) error { return j.add(&a, out) })
	}
	if errors.Is(err, errStopped) {
		return a.results, nil
	}
	a.appendRest()
	return a.results, err
}

// options returns the options that also pass every ended case to Keep.
func (j *Job) options() runner.Options {
	o := j.Options
	if j.OnResult != nil {
		o.Ended = func(out *runner.Outcome) error {
			c := runner.NewResult(out, &j.Options)
			return j.OnResult(&c)
		}
	}
	return o
}

// add adds the outcome of a case.
func (j *Job) add(a *collector, out *runner.Outcome) error {
	c := runner.NewResult(out, &j.Options)
	var err error
	if j.Finished != nil {
		err = j.Finished(out, &c)
	}
	a.found[c.Case] = c
	if err != nil {
		return err
	}
	return a.advance()
}

// collector puts known and new results in the order of the cases.
type collector struct {
	results *runner.Results
	cases   []*scenarios.Case
	next    int // index of the first case without a result in the document
	found   map[string]runner.Result
	stop    func(*runner.Result) bool
}

// advance appends the known results up to the first case without one.
func (a *collector) advance() error {
	for ; a.next < len(a.cases); a.next++ {
		c, ok := a.found[a.cases[a.next].ID()]
		if !ok {
			return nil
		}
		a.results.Append(c)
		if a.stop != nil && a.stop(&c) {
			return errStopped
		}
	}
	return nil
}

// appendRest appends the known results after gaps.
func (a *collector) appendRest() {
	for _, one := range a.cases[a.next:] {
		if c, ok := a.found[one.ID()]; ok {
			a.results.Append(c)
		}
	}
}
