package analysis

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"roadloop"
	"roadloop/oracle"
	"roadloop/scenarios"
	"roadloop/scenarios/runner"
	"roadloop/sim/clock"
	"roadloop/trace"
)

// ErrNoLayers means that ground truth can replace no layer of the driver.
var ErrNoLayers = errors.New("the driver has no layers to replace")

// ExplainOptions configure Explain.
type ExplainOptions struct {
	Factory runner.DriverFactory
	// Prepare, if set, changes the session before it starts, for example to inject a
	// fault.
	Prepare func(*roadloop.Session) error
	// OnTrial, if set, is called after every trial.
	OnTrial func(Trial)
}

// Trial is a drive of the case with ground truth in some layers.
type Trial struct {
	Layers []string `json:"layers"`
	// Since is the time from which ground truth replaces the layers, s.
	Since float64 `json:"since"`
	// Passed reports whether the case passed; if not, Reason is the failure.
	Passed bool   `json:"passed"`
	Reason string `json:"reason,omitempty"`
}

// Cause is the cause of a failure.
type Cause struct {
	Case   string  `json:"case"`
	Passed bool    `json:"passed"` // the case passes: of the fields below, only Sentence is set
	Reason string  `json:"reason,omitempty"`
	At     float64 `json:"at,omitempty"` // when it failed, s
	// Layer is the single layer that removes the failure when replaced; "" if there is
	// none.
	Layer string `json:"layer,omitempty"`
	// Layers are the smallest set that removes the failure when replaced; empty if there
	// is none.
	Layers []string `json:"layers,omitempty"`
	// Since is the latest time from which the replacement still helps, s.
	Since    float64 `json:"since,omitempty"`
	Sentence string  `json:"sentence"`
	Tried    []Trial `json:"tried,omitempty"`
}

// The fork times, in addition to the start of the case: leadTimes before the failure, s,
// and shares of the time to the failure.
var (
	leadTimes = []float64{8, 4, 2, 1}
	shares    = []float64{.125, .25, .5}
)

// Explain drives a case and returns the cause of its failure.
func Explain(ctx context.Context, c *scenarios.Case, o ExplainOptions) (*Cause, error) {
	p, err := runner.Compile(c)
	if err != nil {
		return nil, err
	}
	s := &search{ctx: ctx, onTrial: o.OnTrial, cause: &Cause{Case: c.ID()}}
	v, err := s.drive(p, &o)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.ID(), err)
	}
	if v.Passed {
		s.cause.Passed, s.cause.Sentence = true, "Nothing to explain: the case passes."
		return s.cause, nil
	}
	s.cause.Reason, s.cause.At = v.Reason, v.At.Seconds()
	if err := s.run(); err != nil {
		return nil, fmt.Errorf("%s: %w", c.ID(), err)
	}
	s.cause.Sentence = s.cause.sentence()
	return s.cause, nil
}

// search is the state of Explain.
type search struct {
	ctx     context.Context
	onTrial func(Trial)
	cause   *Cause
	layers  []trace.Layer
	// forks are the case at its start and at later times before the failure, in order.
	forks []*runner.CaseRun
}

// drive drives the case without replacement and keeps forks of it.
func (s *search) drive(p *runner.Spec, o *ExplainOptions) (runner.Verdict, error) {
	r, err := runner.NewCaseRun(p, o.Factory.Driver)
	if err != nil {
		return runner.Verdict{}, err
	}
	if o.Prepare != nil {
		if err := o.Prepare(r.Session); err != nil {
			return runner.Verdict{}, err
		}
	}
	if s.layers = oracle.Layers(r.Session); len(s.layers) == 0 {
		return runner.Verdict{}, ErrNoLayers
	}
	var seconds []*runner.CaseRun
	for more := true; more; {
		if r.Session.World().Time()%clock.PerSecond == 0 {
			seconds = append(seconds, r.Clone())
		}
		if more, err = r.Step(s.ctx); err != nil {
			break
		}
	}
	v, err := s.judge(r, err)
	if err != nil {
		return v, err
	}
	s.choose(seconds, v.At.Seconds())
	return v, nil
}

// judge returns the verdict of a ride that ended with err. An error of the driver is a
// failed verdict.
func (s *search) judge(r *runner.CaseRun, err error) (runner.Verdict, error) {
	switch {
	case s.ctx.Err() != nil:
		return runner.Verdict{}, s.ctx.Err()
	case err != nil:
		return r.DriverFailed(err), nil
	}
	return r.Verdict(), nil
}

// choose selects the forks for the trials from one fork per second.
func (s *search) choose(seconds []*runner.CaseRun, failed float64) {
	at := []int{0}
	for _, share := range shares {
		at = append(at, int(share*failed))
	}
	for _, lead := range leadTimes {
		at = append(at, max(0, int(failed-lead)))
	}
	slices.Sort(at)
	for _, i := range slices.Compact(at) {
		s.forks = append(s.forks, seconds[min(i, len(seconds)-1)])
	}
}

// run searches the smallest set.
func (s *search) run() error {
	once, onceSince := []trace.Layer(nil), 0
	for _, set := range sets(s.layers) {
		last, err := s.latest(set)
		switch {
		case err != nil:
			return err
		case last > 0 || last == 0 && len(s.forks) == 1:
			s.setCause(set, last)
			return nil
		case last == 0 && once == nil:
			once, onceSince = set, last
		}
		if once != nil && len(set) > len(once) {
			break // no set of that size helps from two times on
		}
	}
	if once != nil {
		s.setCause(once, onceSince)
	}
	return nil
}

// latest returns the index of the last fork up to which all forks pass with the layers
// replaced; -1 if already the first one fails.
func (s *search) latest(set []trace.Layer) (int, error) {
	for i, fork := range s.forks {
		passed, err := s.try(fork, set)
		if err != nil || !passed {
			return i - 1, err
		}
	}
	return len(s.forks) - 1, nil
}

// try drives a clone of a fork to the end with layers replaced by ground truth.
func (s *search) try(fork *runner.CaseRun, set []trace.Layer) (bool, error) {
	r := fork.Clone()
	t := Trial{Layers: names(set), Since: r.Session.World().Time().Seconds()}
	if err := oracle.Substitute(r.Session, set...); err != nil {
		return false, err
	}
	_, err := r.Finish(s.ctx)
	v, err := s.judge(r, err)
	if err != nil {
		return false, err
	}
	t.Passed, t.Reason = v.Passed, v.Reason
	s.cause.Tried = append(s.cause.Tried, t)
	if s.onTrial != nil {
		s.onTrial(t)
	}
	return v.Passed, nil
}

// setCause stores the cause.
func (s *search) setCause(set []trace.Layer, fork int) {
	s.cause.Layers = names(set)
	if len(set) == 1 {
		s.cause.Layer = set[0].String()
	}
	s.cause.Since = s.forks[fork].Session.World().Time().Seconds()
}

// sets returns the sets of layers to try: single layers, pairs, then the first n layers
// for growing n. Ground truth in a layer makes some other layers idle; sets with idle
// layers are left out.
func sets(layers []trace.Layer) [][]trace.Layer {
	var out [][]trace.Layer
	add := func(set ...trace.Layer) {
		set = dropIdle(set)
		if !slices.ContainsFunc(out, func(o []trace.Layer) bool { return slices.Equal(o, set) }) {
			out = append(out, slices.Clone(set))
		}
	}
	for _, l := range layers {
		add(l)
	}
	for i, a := range layers {
		for _, b := range layers[i+1:] {
			add(a, b)
		}
	}
	for n := 3; n <= len(layers); n++ {
		add(layers[:n]...)
	}
	return out
}

// dropIdle removes the layers with unused output: those before replaced tracking, and
// prediction before replaced planning.
func dropIdle(set []trace.Layer) []trace.Layer {
	tracking, planning := slices.Contains(set, trace.LayerTracking), slices.Contains(set, trace.LayerPlanning)
	return slices.DeleteFunc(slices.Clone(set), func(l trace.Layer) bool {
		return tracking && l < trace.LayerTracking || planning && l == trace.LayerPrediction
	})
}

func names(set []trace.Layer) []string {
	out := make([]string, len(set))
	for i, l := range set {
		out[i] = l.String()
	}
	return out
}
