// Package factor tells what each varied parameter of a scenario changes, all else
// equal. On a grid there are cases that differ in one parameter alone: in the same
// scene, with the same noise, somebody wears white instead of black. Such pairs are
// compared: did the verdict flip, was that person seen as often and from as far, did
// the ego come as near. This is how a fairness audit of a simulator can be honest
// about cause: nothing else was different. It finds to what this network is sensitive
// in this renderer, and says nothing of real people or of other detectors.
package factor

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"roadloop/scenarios"
	"roadloop/scenarios/paired"
)

// Schema names the version of the document.
const Schema = "roadloop.factors/1"

// significance is the level at which a difference counts as one, after the correction
// for how many were looked at.
const significance = 0.05

// Study is what the factors of a results document change.
type Study struct {
	Schema string `json:"schema"`
	// Comparisons is how many p-values were corrected for: all those of samples that can
	// tell anything at all (Tarone 1990).
	Comparisons int      `json:"comparisons"`
	Effects     []Effect `json:"effects"`
}

// Effect is how an outcome differs between two values of a factor.
type Effect struct {
	Scenario string `json:"scenario"`
	Factor   string `json:"factor"` // the varied parameter, such as first.skin
	From     string `json:"from"`   // its values; Before of the change belongs to From
	To       string `json:"to"`
	// Change is over the pairs that have the outcome; its name is that of the outcome.
	paired.Change
	// P is the p-value of a randomization test, see paired.FlipTest; Corrected is it after
	// Holm's correction over the study. Both are 1 where nothing could be told.
	P         float64 `json:"p"`
	Corrected float64 `json:"corrected"`
}

// Differs reports whether the outcome differs more than by chance.
func (e *Effect) Differs() bool { return e.Finding == paired.Higher || e.Finding == paired.Lower }

// Has fails for a name that is no factor of the study.
func (s *Study) Has(names ...string) error {
	var known []string
	for i := range s.Effects {
		if name := s.Effects[i].Factor; !slices.Contains(known, name) {
			known = append(known, name)
		}
	}
	for _, name := range names {
		if !slices.Contains(known, name) {
			return fmt.Errorf("no cases differ in %q alone: want one of %s", name, strings.Join(known, ", "))
		}
	}
	return nil
}

// outcome is what is compared. of returns its value in a case for an actor, which is
// "" for a factor that belongs to nobody; ok is false where the case does not have it.
type outcome struct {
	name string
	of   func(c *scenarios.Result, actor string) (value float64, ok bool)
}

var outcomes = []outcome{
	{"passed", func(c *scenarios.Result, _ string) (float64, bool) {
		if c.Passed {
			return 1, true
		}
		return 0, true
	}},
	{"recall", recall},
	{"first_tracked_at", firstTracked},
	{"min_ttc", measure("min_ttc")},
	{"impact_speed", measure("impact_speed")},
}

func measure(name string) func(*scenarios.Result, string) (float64, bool) {
	return func(c *scenarios.Result, _ string) (float64, bool) {
		v, ok := c.Measures[name]
		return v, ok
	}
}

// recall is the part of the times in sight at which a track stood for the actor, or for
// all whom the scenario names.
func recall(c *scenarios.Result, actor string) (float64, bool) {
	if c.Seen == nil {
		return 0, false
	}
	inSight, found := 0, 0
	for _, a := range c.Seen.Actors {
		if actor == "" || a.Name == actor {
			inSight += a.InSight
			found += a.Found
		}
	}
	return float64(found) / float64(max(inSight, 1)), inSight > 0
}

// firstTracked is how far away the actor was when first tracked, m; 0 for never.
func firstTracked(c *scenarios.Result, actor string) (float64, bool) {
	if c.Seen == nil || actor == "" {
		return 0, false
	}
	for _, a := range c.Seen.Actors {
		switch {
		case a.Name != actor:
		case a.Distance == nil:
			return 0, true
		default:
			return *a.Distance, true
		}
	}
	return 0, false
}

// twins are the values of a factor with the case of each, all else equal.
type twins map[string]*scenarios.Result

// Of studies a results document. It fails where no two cases differ in one parameter
// alone, as is so of cases drawn by seed.
func Of(r *scenarios.Results) (*Study, error) {
	s := &Study{Schema: Schema}
	var p []float64 // of the effects that can tell anything
	var at []int
	for _, f := range factorsOf(r) {
		actor := f.actor()
		for i, from := range f.values {
			for _, to := range f.values[i+1:] {
				for _, o := range outcomes {
					e, d := f.effect(o, actor, from, to)
					if e.Pairs == 0 {
						continue
					}
					if paired.Testable(e.Moved) {
						e.P = paired.FlipTest(strings.Join([]string{f.scenario, f.name, from, to, o.name}, "|"), d)
						p, at = append(p, e.P), append(at, len(s.Effects))
					}
					s.Effects = append(s.Effects, e)
				}
			}
		}
	}
	if len(s.Effects) == 0 {
		return nil, fmt.Errorf("no two of the %d cases differ in one parameter alone: drive a grid, as test --full does", len(r.Cases))
	}
	s.Comparisons = len(p)
	for i, corrected := range paired.Holm(p) {
		s.Effects[at[i]].judge(corrected)
	}
	return s, nil
}

// judge says what is found after the correction.
func (e *Effect) judge(corrected float64) {
	e.Corrected = corrected
	switch {
	case corrected >= significance:
		e.Finding = paired.Unclear
	case e.Difference > 0:
		e.Finding = paired.Higher
	default:
		e.Finding = paired.Lower
	}
}

// factor is a varied parameter of a scenario.
type factor struct {
	scenario, name string
	values         []string // in order of first appearance
	groups         []twins  // in order of first appearance
}

// factorsOf finds the factors of which there are cases that differ in them alone. A
// case that could not be driven tells nothing.
func factorsOf(r *scenarios.Results) []*factor {
	type key struct{ scenario, factor string }
	type rest struct {
		key
		others string
	}
	factors, groups := map[key]*factor{}, map[rest]twins{}
	for i := range r.Cases {
		c := &r.Cases[i]
		if c.Invalid {
			continue
		}
		for _, p := range c.Parameters {
			k := key{cmp.Or(c.File, c.Scenario), p.Name}
			f := factors[k]
			if f == nil {
				f = &factor{scenario: c.Scenario, name: p.Name}
				factors[k] = f
			}
			if !slices.Contains(f.values, p.Value) {
				f.values = append(f.values, p.Value)
			}
			others := rest{k, allBut(c, p.Name)}
			g := groups[others]
			if g == nil {
				g = twins{}
				groups[others] = g
				f.groups = append(f.groups, g)
			}
			g[p.Value] = c
		}
	}
	keys := slices.SortedFunc(maps.Keys(factors), func(a, b key) int {
		return cmp.Or(cmp.Compare(a.scenario, b.scenario), cmp.Compare(a.factor, b.factor))
	})
	var out []*factor
	for _, k := range keys {
		out = append(out, factors[k])
	}
	return out
}

// allBut tells all that must be equal of cases that differ in a parameter alone.
func allBut(c *scenarios.Result, name string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d %s %s", c.Seed, c.Driver, c.Perception)
	for _, p := range c.Parameters {
		if p.Name != name {
			fmt.Fprintf(&b, "|%s=%s", p.Name, p.Value)
		}
	}
	return b.String()
}

// actor returns whose parameter the factor is: first for first.skin, "" for one of the
// weather or of the ego.
func (f *factor) actor() string {
	owner, _, _ := strings.Cut(f.name, ".")
	for _, g := range f.groups {
		for _, c := range g {
			if c.Seen == nil {
				continue
			}
			for _, a := range c.Seen.Actors {
				if a.Name == owner {
					return owner
				}
			}
		}
	}
	return ""
}

// effect compares an outcome for an actor between two values. It also returns the
// differences.
func (f *factor) effect(o outcome, actor, from, to string) (e Effect, differences []float64) {
	var before, now []float64
	for _, g := range f.groups {
		a, b := g[from], g[to]
		if a == nil || b == nil {
			continue
		}
		x, hasX := o.of(a, actor)
		y, hasY := o.of(b, actor)
		if hasX && hasY {
			before, now = append(before, x), append(now, y)
			differences = append(differences, y-x)
		}
	}
	e = Effect{Scenario: f.scenario, Factor: f.name, From: from, To: to, P: 1, Corrected: 1}
	if len(now) > 0 {
		e.Change = paired.Values(o.name, before, now)
	}
	return e, differences
}
