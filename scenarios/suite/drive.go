package suite

import (
	"context"
	"errors"
	"maps"
	"slices"

	"roadloop/scenarios"
)

// Job is cases to be driven.
type Job struct {
	Suite   *Suite
	Shard   Shard
	Setup   *scenarios.Setup
	Options scenarios.Options
	// Known holds results by case that were found before, which are not driven again.
	Known map[string]scenarios.Result
	// Stop, if set, ends the run with the first case in order for which it returns true.
	Stop func(*scenarios.Result) bool
	// Keep, if set, is called for every case driven as soon as it ended, before Finished,
	// which waits for earlier ones. It is called from several goroutines.
	Keep func(*scenarios.Result) error
	// Finished, if set, is called for every case driven, in order, and may add to its
	// result.
	Finished func(*scenarios.Outcome, *scenarios.Result) error
}

// errEnough ends a run that Stop ends.
var errEnough = errors.New("failed")

// Drive drives the job's part of the suite and returns the document of its cases in
// order, or of those that are finished when ctx ends or Finished fails. The document
// is never nil.
func (j *Job) Drive(ctx context.Context) (*scenarios.Results, error) {
	a := assembly{results: scenarios.NewResults(), cases: j.Shard.Cases(j.Suite.Cases), found: maps.Clone(j.Known), stop: j.Stop}
	a.results.Suite, a.results.Setup, a.results.Shard = j.Suite.Identity(), j.Setup, j.Shard.String()
	if a.found == nil {
		a.found = map[string]scenarios.Result{}
	}
	left := slices.DeleteFunc(slices.Clone(a.cases), func(c *scenarios.Case) bool {
		_, known := j.Known[c.ID()]
		return known
	})
	err := a.advance()
	if err == nil {
		err = scenarios.Run(ctx, left, j.options(), func(out *scenarios.Outcome) error { return j.take(&a, out) })
	}
	if errors.Is(err, errEnough) {
		return a.results, nil
	}
	a.rest()
	return a.results, err
}

// options returns the options under which every case is kept as it ends.
func (j *Job) options() scenarios.Options {
	o := j.Options
	if j.Keep != nil {
		o.Ended = func(out *scenarios.Outcome) error {
			c := scenarios.NewResult(out, &j.Options)
			return j.Keep(&c)
		}
	}
	return o
}

// take adds the outcome of a case.
func (j *Job) take(a *assembly, out *scenarios.Outcome) error {
	c := scenarios.NewResult(out, &j.Options)
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

// assembly puts results, which come from a journal and from driving, in the order of
// the cases.
type assembly struct {
	results *scenarios.Results
	cases   []*scenarios.Case
	next    int // of the cases, the first without a result in the document
	found   map[string]scenarios.Result
	stop    func(*scenarios.Result) bool
}

// advance appends what is found up to the first case that is not.
func (a *assembly) advance() error {
	for ; a.next < len(a.cases); a.next++ {
		c, ok := a.found[a.cases[a.next].ID()]
		if !ok {
			return nil
		}
		a.results.Append(c)
		if a.stop != nil && a.stop(&c) {
			return errEnough
		}
	}
	return nil
}

// rest appends what is found after gaps.
func (a *assembly) rest() {
	for _, one := range a.cases[a.next:] {
		if c, ok := a.found[one.ID()]; ok {
			a.results.Append(c)
		}
	}
}
