// Package explain says why a case failed: it drives the case again, forks it some
// seconds before the failure, puts truth in the place of one layer of the driver
// after the other, and names the one, or else the smallest set, without whose errors
// the case passes.
//
// Layers are tried in the order in which a decision passes through them, first from
// the start of the case, then from ever later: an early layer whose truth helps only
// by luck seldom helps from two moments on, and a late one can make up for the errors
// of those before it. Times are in seconds of the case.
package explain

import (
	"context"
	"fmt"
	"slices"

	"roadloop"
	"roadloop/oracle"
	"roadloop/scenarios"
	"roadloop/sim/clock"
	"roadloop/trace"
)

// Options say what to drive with.
type Options struct {
	Crew scenarios.Crew
	// Prepare, if set, changes the session before it starts, as by planting a fault.
	Prepare func(*roadloop.Session) error
	// Tell, if set, hears of every attempt.
	Tell func(Trial)
}

// Trial is an attempt to drive the case better.
type Trial struct {
	Layers []string `json:"layers"`
	// Since is when truth took their place, s.
	Since float64 `json:"since"`
	// Passed tells that the case passed; else Reason is why it failed.
	Passed bool   `json:"passed"`
	Reason string `json:"reason,omitempty"`
}

// Cause is why a case failed.
type Cause struct {
	Case   string  `json:"case"`
	Passed bool    `json:"passed"` // the case does not fail: nothing else is set but Sentence
	Reason string  `json:"reason,omitempty"`
	At     float64 `json:"at,omitempty"` // when it failed, s
	// Layer is the layer whose truth removes the failure; empty where no single one does.
	Layer string `json:"layer,omitempty"`
	// Layers are the smallest set found whose truth removes it; empty where none does.
	Layers []string `json:"layers,omitempty"`
	// Since is the latest moment from which on that truth still helps, s.
	Since    float64 `json:"since,omitempty"`
	Sentence string  `json:"sentence"`
	Tried    []Trial `json:"tried,omitempty"`
}

// leads are how long before the failure truth may take over, s, and shares at which
// part of the time until then, beside the start of the case.
var (
	leads  = []float64{8, 4, 2, 1}
	shares = []float64{.125, .25, .5}
)

// Explain drives a case and says why it failed.
func Explain(ctx context.Context, c *scenarios.Case, o Options) (*Cause, error) {
	p, err := c.Compile()
	if err != nil {
		return nil, err
	}
	s := &search{ctx: ctx, tell: o.Tell, cause: &Cause{Case: c.ID()}}
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

// search is a search for a cause.
type search struct {
	ctx    context.Context
	tell   func(Trial)
	cause  *Cause
	layers []trace.Layer
	// forks are the case at its start and ever later before the failure.
	forks []*scenarios.Ride
}

// drive drives the case as it is and keeps forks of it.
func (s *search) drive(p *scenarios.Plan, o *Options) (scenarios.Verdict, error) {
	r, err := scenarios.NewRide(p, o.Crew.Driver)
	if err != nil {
		return scenarios.Verdict{}, err
	}
	if o.Prepare != nil {
		if err := o.Prepare(r.Session); err != nil {
			return scenarios.Verdict{}, err
		}
	}
	if s.layers = oracle.Layers(r.Session); len(s.layers) == 0 {
		return scenarios.Verdict{}, fmt.Errorf("the driver has no layers that truth could replace")
	}
	var seconds []*scenarios.Ride
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

// judge returns the verdict on a ride that ended with err. A driver that breaks has
// failed.
func (s *search) judge(r *scenarios.Ride, err error) (scenarios.Verdict, error) {
	switch {
	case s.ctx.Err() != nil:
		return scenarios.Verdict{}, s.ctx.Err()
	case err != nil:
		return scenarios.Verdict{Reason: "the driver broke " + err.Error(), At: r.Session.World().Time()}, nil
	}
	return r.Verdict(), nil
}

// choose keeps the forks from which to try, given one for every second.
func (s *search) choose(seconds []*scenarios.Ride, failed float64) {
	at := []int{0}
	for _, share := range shares {
		at = append(at, int(share*failed))
	}
	for _, lead := range leads {
		at = append(at, max(0, int(failed-lead)))
	}
	slices.Sort(at)
	for _, i := range slices.Compact(at) {
		s.forks = append(s.forks, seconds[min(i, len(seconds)-1)])
	}
}

// run looks for the smallest set.
func (s *search) run() error {
	lucky, luckySince := []trace.Layer(nil), 0
	for _, set := range sets(s.layers) {
		last, err := s.latest(set)
		switch {
		case err != nil:
			return err
		case last > 0 || last == 0 && len(s.forks) == 1:
			s.blame(set, last)
			return nil
		case last == 0 && lucky == nil:
			lucky, luckySince = set, last
		}
		if lucky != nil && len(set) > len(lucky) {
			break // no set as small as the one that helped once helps twice
		}
	}
	if lucky != nil {
		s.blame(lucky, luckySince)
	}
	return nil
}

// latest returns the number of the last fork from which, as from all before it, truth
// in the place of a set of layers helps; -1 when it does not help from the start.
func (s *search) latest(set []trace.Layer) (int, error) {
	for i, fork := range s.forks {
		passed, err := s.try(fork, set)
		if err != nil || !passed {
			return i - 1, err
		}
	}
	return len(s.forks) - 1, nil
}

// try drives on from a fork with truth in the place of layers.
func (s *search) try(fork *scenarios.Ride, set []trace.Layer) (bool, error) {
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
	if s.tell != nil {
		s.tell(t)
	}
	return v.Passed, nil
}

// blame notes the cause.
func (s *search) blame(set []trace.Layer, fork int) {
	s.cause.Layers = names(set)
	if len(set) == 1 {
		s.cause.Layer = set[0].String()
	}
	s.cause.Since = s.forks[fork].Session.World().Time().Seconds()
}

// sets returns the sets of layers to try: each layer, pairs, then from the first
// layer on ever more of them. Truth in a layer makes some others idle; sets that
// hold such are left out.
func sets(layers []trace.Layer) [][]trace.Layer {
	var out [][]trace.Layer
	add := func(set ...trace.Layer) {
		set = needed(set)
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

// needed drops the layers that nobody listens to: those before true tracking, and
// prediction before a true plan.
func needed(set []trace.Layer) []trace.Layer {
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
