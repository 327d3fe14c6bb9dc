package analysis

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"roadloop"
	"roadloop/scenarios"
	"roadloop/scenarios/runner"
)

// ShrinkOptions configure Shrink.
type ShrinkOptions struct {
	Factory runner.DriverFactory
	// Prepare, if set, changes every session before it starts, for example to inject a
	// fault.
	Prepare func(*roadloop.Session) error
	// OnStep, if set, is called after every reduction that was tried. fails reports whether
	// the case still fails with it.
	OnStep func(what string, fails bool)
}

// Shrunk is the smallest case that was found.
type Shrunk struct {
	Document scenarios.Document
	Seed     uint64
	// Reason is its failure, and Was the failure of the original case. Both have Code.
	Reason, Was string
	Code        runner.Code
	// Done are the successful reductions, and Tried is the number of driven cases.
	Done  []string
	Tried int
}

// ErrPasses is wrapped for a case that does not fail.
var ErrPasses = errors.New("the case passes: there is nothing to shrink")

// Shrink reduces a case. When ctx ends it returns the smallest case so far and the error
// of ctx.
func Shrink(ctx context.Context, c *scenarios.Case, o ShrinkOptions) (*Shrunk, error) {
	d, err := c.Document()
	if err != nil {
		return nil, err
	}
	base, err := c.Scenario.Document()
	if err != nil {
		return nil, err
	}
	s := &shrinker{ctx: ctx, o: &o, base: base, parameters: c.Parameters, bisected: make(map[string]bool), best: &Shrunk{Document: d, Seed: c.Seed}}
	s.drive, err = s.try(d, c.Seed)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s: %w", c.ID(), err)
	case s.drive.verdict.Passed:
		return nil, fmt.Errorf("%s: %w", c.ID(), ErrPasses)
	}
	v := &s.drive.verdict
	s.best.Reason, s.best.Was, s.best.Code = v.Reason, v.Reason, v.First().Code
	s.reduce()
	return s.best, ctx.Err()
}

// kind is what a reduction must keep of a failure.
type kind struct {
	code  runner.Code
	actor string // without the number of a vehicle of a flow or of random traffic
}

// kindOf returns the kind of a failure. Reductions renumber the vehicles of flows and of
// random traffic.
func kindOf(p *runner.Spec, f runner.Failure) kind {
	if i := slices.Index(p.Names, f.Actor); i >= int(p.FirstTraffic) {
		f.Actor = strings.TrimRight(f.Actor, " 0123456789")
	}
	return kind{f.Code, f.Actor}
}

// shrinker reduces a case.
type shrinker struct {
	ctx        context.Context
	o          *ShrinkOptions
	base       scenarios.Document
	parameters []scenarios.Parameter
	best       *Shrunk
	drive      drive           // of best
	bisected   map[string]bool // parameters that were bisected
}

// drive is a driven case.
type drive struct {
	verdict runner.Verdict
	kind    kind    // of the failure, if it fails
	end     float64 // when the case ends at the latest, s
}

// try drives the case of a document.
func (s *shrinker) try(d scenarios.Document, seed uint64) (drive, error) {
	r, err := s.begin(d, seed)
	if err != nil {
		return drive{}, err
	}
	s.best.Tried++
	v, err := r.Finish(s.ctx)
	return drive{v, kindOf(r.Spec, v.First()), r.Spec.Drive.Duration.Seconds()}, err
}

// begin starts the case of a document.
func (s *shrinker) begin(d scenarios.Document, seed uint64) (*runner.CaseRun, error) {
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
	p, err := runner.Compile(c)
	if err != nil {
		return nil, err
	}
	r, err := runner.NewCaseRun(p, s.o.Factory.Driver)
	if err != nil || s.o.Prepare == nil {
		return r, err
	}
	return r, s.o.Prepare(r.Session)
}

// keep makes a document the smallest so far if its case still has the same kind of
// failure. An invalid scenario does not count as failing.
func (s *shrinker) keep(d scenarios.Document, seed uint64, what string) bool {
	if s.ctx.Err() != nil {
		return false
	}
	got, err := s.try(d, seed)
	if s.ctx.Err() != nil {
		return false
	}
	fails := err == nil && !got.verdict.Passed && got.kind == s.drive.kind
	if s.o.OnStep != nil {
		s.o.OnStep(what, fails)
	}
	if fails {
		s.drive = got
		s.best.Document, s.best.Seed, s.best.Reason = d, seed, got.verdict.Reason
		s.best.Done = append(s.best.Done, what)
	}
	return fails
}

// change tries a change of the smallest document so far.
func (s *shrinker) change(what string, change func(scenarios.Document)) bool {
	d := s.best.Document.Clone()
	change(d)
	return s.keep(d, s.best.Seed, what)
}
