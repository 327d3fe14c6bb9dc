package analysis

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/dustin/go-humanize/english"

	"roadloop/scenarios/runner"
)

// SensitivitySchema is the version of the document.
const SensitivitySchema = "roadloop.factors/1"

// significance is the level at which a difference is significant, after the correction
// for multiple tests.
const significance = 0.05

// Sensitivity holds the effects of the factors in a results document.
type Sensitivity struct {
	Schema string `json:"schema"`
	// Comparisons is the number of p-values in the correction: those of all samples that
	// can be significant (Tarone 1990).
	Comparisons int      `json:"comparisons"`
	Effects     []Effect `json:"effects"`
}

// Effect is the difference of an outcome between two values of a factor.
type Effect struct {
	Scenario string `json:"scenario"`
	Factor   string `json:"factor"` // the varied parameter, such as first.skin
	From     string `json:"from"`   // its values; Before of Change belongs to From
	To       string `json:"to"`
	// Change is computed over the pairs that have the outcome. Its name is the name of
	// the outcome.
	Change
	// P is the p-value of a randomization test, see RandomizationTest. Corrected is P after
	// Holm's correction over the study. Both are 1 if the sample is too small.
	P         float64 `json:"p"`
	Corrected float64 `json:"corrected"`
}

// Differs reports whether the difference of the outcome is significant.
func (e *Effect) Differs() bool { return e.Finding == Higher || e.Finding == Lower }

// CheckFactors returns an error for names that are not factors of the study.
func (s *Sensitivity) CheckFactors(names ...string) error {
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

// outcome is a compared value. of returns its value in a case for an actor. actor is ""
// for a factor that belongs to no actor. ok is false if the case lacks the value.
type outcome struct {
	name string
	of   func(c *runner.Result, actor string) (value float64, ok bool)
}

var outcomes = []outcome{
	{"passed", func(c *runner.Result, _ string) (float64, bool) {
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

func measure(name string) func(*runner.Result, string) (float64, bool) {
	return func(c *runner.Result, _ string) (float64, bool) {
		v, ok := c.Measures[name]
		return v, ok
	}
}

// recall returns the share of the times in sight at which the actor was tracked, or all
// named actors if actor is "".
func recall(c *runner.Result, actor string) (float64, bool) {
	if c.PerceptionMetrics == nil {
		return 0, false
	}
	inSight, found := 0, 0
	for _, a := range c.PerceptionMetrics.Actors {
		if actor == "" || a.Name == actor {
			inSight += a.InSight
			found += a.Found
		}
	}
	return float64(found) / float64(max(inSight, 1)), inSight > 0
}

// firstTracked returns the distance at which the actor was first tracked, m, or 0 if it
// was never tracked.
func firstTracked(c *runner.Result, actor string) (float64, bool) {
	if c.PerceptionMetrics == nil || actor == "" {
		return 0, false
	}
	for _, a := range c.PerceptionMetrics.Actors {
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

// group maps the values of a factor to the case with that value. All other parameters are
// equal.
type group map[string]*runner.Result

// ComputeSensitivity analyzes a results document. It fails if no two cases differ in one parameter alone,
// for example for cases sampled by seed.
func ComputeSensitivity(r *runner.Results) (*Sensitivity, error) {
	s := &Sensitivity{Schema: SensitivitySchema}
	var p []float64 // of the effects that can be significant
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
					if testable(e.Moved) {
						e.P = RandomizationTest(strings.Join([]string{f.scenario, f.name, from, to, o.name}, "|"), d)
						p, at = append(p, e.P), append(at, len(s.Effects))
					}
					s.Effects = append(s.Effects, e)
				}
			}
		}
	}
	if len(s.Effects) == 0 {
		return nil, fmt.Errorf("no pair among %s differs in exactly one parameter: drive a grid, for example with test --full", english.Plural(len(r.Cases), "case", ""))
	}
	s.Comparisons = len(p)
	for i, corrected := range Holm(p) {
		s.Effects[at[i]].setFinding(corrected)
	}
	return s, nil
}

// setFinding sets the corrected p-value and the finding.
func (e *Effect) setFinding(corrected float64) {
	e.Corrected = corrected
	switch {
	case corrected >= significance:
		e.Finding = Unclear
	case e.Difference > 0:
		e.Finding = Higher
	default:
		e.Finding = Lower
	}
}

// factor is a varied parameter of a scenario.
type factor struct {
	scenario, name string
	values         []string // in order of first appearance
	groups         []group  // in order of first appearance
}

// factorsOf returns the factors of a document. It ignores cases that could not be driven.
func factorsOf(r *runner.Results) []*factor {
	type key struct{ scenario, factor string }
	type rest struct {
		key
		others string
	}
	factors, groups := map[key]*factor{}, map[rest]group{}
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
			others := rest{k, otherParameters(c, p.Name)}
			g := groups[others]
			if g == nil {
				g = group{}
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

// otherParameters returns a key of everything that must be equal in cases that differ in
// one parameter alone.
func otherParameters(c *runner.Result, name string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d %s %s", c.Seed, c.Driver, c.Perception)
	for _, p := range c.Parameters {
		if p.Name != name {
			fmt.Fprintf(&b, "|%s=%s", p.Name, p.Value)
		}
	}
	return b.String()
}

// actor returns the actor to which the factor belongs: first for first.skin, or "" for a
// parameter of the weather or of the ego.
func (f *factor) actor() string {
	owner, _, _ := strings.Cut(f.name, ".")
	for _, g := range f.groups {
		for _, c := range g {
			if c.PerceptionMetrics == nil {
				continue
			}
			for _, a := range c.PerceptionMetrics.Actors {
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
		e.Change = CompareMeans(o.name, before, now)
	}
	return e, differences
}
