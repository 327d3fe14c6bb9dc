// Package shrink reduces a failing case to what the failure needs: the fewest actors,
// the plainest weather, the shortest time and the values nearest to those that the
// scenario has before anything varies. What is left fails with the same kind of reason
// and is a scenario file of its own.
//
// The search is delta debugging (Zeller and Hildebrandt, "Simplifying and isolating
// failure-inducing input", 2002): ever smaller parts are left out, and left out for
// good where the case still fails. It is deterministic.
package shrink

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"roadloop"
	"roadloop/scenarios"
)

// Options say what to drive with.
type Options struct {
	Crew scenarios.Crew
	// Prepare, if set, changes every session before it starts, as by planting a fault.
	Prepare func(*roadloop.Session) error
	// Tell, if set, hears of every step: what was tried and whether it still fails.
	Tell func(what string, fails bool)
}

// Result is the smallest case that was found.
type Result struct {
	Document scenarios.Document
	Seed     uint64
	// Reason is why it fails, and Was why the case at the beginning failed.
	Reason, Was string
	// Done are the steps that were taken, and Tried how many cases were driven.
	Done  []string
	Tried int
}

// ErrPasses is wrapped for a case that does not fail.
var ErrPasses = errors.New("the case passes: there is nothing to shrink")

// Shrink reduces a case. When ctx ends it returns the smallest that was found until
// then, with the error of ctx.
func Shrink(ctx context.Context, c *scenarios.Case, o Options) (*Result, error) {
	d, err := c.Document()
	if err != nil {
		return nil, err
	}
	base, err := c.Scenario.Document()
	if err != nil {
		return nil, err
	}
	s := &shrinker{ctx: ctx, o: &o, base: base, parameters: c.Parameters, near: make(map[string]bool), best: &Result{Document: d, Seed: c.Seed}}
	v, err := s.drive(d, c.Seed)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s: %w", c.ID(), err)
	case v.Passed:
		return nil, fmt.Errorf("%s: %w", c.ID(), ErrPasses)
	}
	s.kind, s.verdict = Kind(v.Reason), v
	s.best.Reason, s.best.Was = v.Reason, v.Reason
	s.reduce()
	return s.best, ctx.Err()
}

var number = regexp.MustCompile(`-?\d+(\.\d+)?`)

// Kind returns what kind of reason a verdict's is: the part that says what happened,
// without numbers.
func Kind(reason string) string {
	what, _, _ := strings.Cut(reason, ",")
	return number.ReplaceAllString(what, "#")
}

// shrinker reduces a case.
type shrinker struct {
	ctx        context.Context
	o          *Options
	base       scenarios.Document
	parameters []scenarios.Parameter
	kind       string
	best       *Result
	verdict    scenarios.Verdict // of best
	near       map[string]bool   // parameters brought near to their base
	limit      float64           // when the case driven last would end, s
}

// drive drives the case of a document.
func (s *shrinker) drive(d scenarios.Document, seed uint64) (scenarios.Verdict, error) {
	r, err := s.begin(d, seed)
	if err != nil {
		return scenarios.Verdict{}, err
	}
	s.best.Tried++
	return r.Finish(s.ctx)
}

// begin begins the case of a document.
func (s *shrinker) begin(d scenarios.Document, seed uint64) (*scenarios.Ride, error) {
	text, err := d.Encode()
	if err != nil {
		return nil, err
	}
	scenario, err := scenarios.Parse("shrunk.yaml", text)
	if err != nil {
		return nil, err
	}
	c, err := scenario.Case(seed)
	if err != nil {
		return nil, err
	}
	p, err := c.Compile()
	if err != nil {
		return nil, err
	}
	s.limit = p.Drive.Duration.Seconds()
	r, err := scenarios.NewRide(p, s.o.Crew.Driver)
	if err != nil || s.o.Prepare == nil {
		return r, err
	}
	return r, s.o.Prepare(r.Session)
}

// keep makes a document the smallest so far if its case still fails in the same way.
// One that is no scenario does not.
func (s *shrinker) keep(d scenarios.Document, seed uint64, what string) bool {
	if s.ctx.Err() != nil {
		return false
	}
	v, err := s.drive(d, seed)
	if s.ctx.Err() != nil {
		return false
	}
	fails := err == nil && !v.Passed && Kind(v.Reason) == s.kind
	if s.o.Tell != nil {
		s.o.Tell(what, fails)
	}
	if fails {
		s.verdict = v
		s.best.Document, s.best.Seed, s.best.Reason = d, seed, v.Reason
		s.best.Done = append(s.best.Done, what)
	}
	return fails
}

// change tries the smallest so far with a change.
func (s *shrinker) change(what string, change func(scenarios.Document)) bool {
	d := s.best.Document.Clone()
	change(d)
	return s.keep(d, s.best.Seed, what)
}
