// Package baseline compares two results documents: which verdicts flipped, and by how
// much every measure and score moved.
//
// Cases that both runs have are compared in pairs, each with itself, so that what
// differs between cases does not drown what differs between the runs. Cases that are
// new, gone, or of a scenario that changed are named and not compared. A run repeats
// exactly: a flip is real for its case. Intervals and p-values show whether it says
// something about other cases of the kind, and where the sample is too small for that,
// so does the comparison.
package baseline

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"roadloop/scenarios"
	"roadloop/scenarios/paired"
)

// Baseline is an earlier run that a run is compared with.
type Baseline struct {
	// New names the cases that the baseline lacks, Gone those that only the baseline
	// has, and Changed those with another scenario file or other parameters now.
	New, Gone, Changed []string

	results *scenarios.Results
	cases   map[string]*scenarios.Result // that both have, unchanged
}

// identity distinguishes cases.
type identity struct {
	id, scenario string
	parameters   []scenarios.Parameter
}

// Of returns a baseline for a run that has been driven. Documents of shards do
// not say which cases are gone.
func Of(before, now *scenarios.Results) *Baseline {
	var list []identity
	for i := range now.Cases {
		c := &now.Cases[i]
		list = append(list, identity{c.Case, c.Scenario, c.Parameters})
	}
	b := match(before, now.Suite, list)
	if now.Shard != "" {
		b.Gone = nil
	}
	return b
}

// For returns a baseline for a run that is going to drive all shards of a suite's
// cases.
func For(before *scenarios.Results, suite *scenarios.Identity, cases []*scenarios.Case) *Baseline {
	var list []identity
	for _, c := range cases {
		list = append(list, identity{c.ID(), c.Scenario.Slug(), c.Parameters})
	}
	return match(before, suite, list)
}

// match sorts the cases of a run and of a baseline.
func match(before *scenarios.Results, suite *scenarios.Identity, list []identity) *Baseline {
	b := &Baseline{results: before, cases: map[string]*scenarios.Result{}}
	old := make(map[string]*scenarios.Result, len(before.Cases))
	for i := range before.Cases {
		old[before.Cases[i].Case] = &before.Cases[i]
	}
	for _, c := range list {
		switch was := old[c.id]; {
		case was == nil:
			b.New = append(b.New, c.id)
		case b.edited(suite, c.scenario) || !slices.Equal(was.Parameters, c.parameters):
			b.Changed = append(b.Changed, c.id)
		default:
			b.cases[c.id] = was
		}
		delete(old, c.id)
	}
	for i := range before.Cases {
		if id := before.Cases[i].Case; old[id] != nil {
			b.Gone = append(b.Gone, id)
		}
	}
	return b
}

// edited reports whether the file of a scenario is another one in the baseline.
func (b *Baseline) edited(suite *scenarios.Identity, scenario string) bool {
	if b.results.Suite == nil || suite == nil {
		return false
	}
	old, ok := b.results.Suite.Scenarios[scenario]
	return ok && old != suite.Scenarios[scenario]
}

// Check reports a baseline that has no case in common with the run.
func (b *Baseline) Check() error {
	if len(b.cases) > 0 || len(b.Changed) > 0 {
		return nil
	}
	name := "another suite"
	if s := b.results.Suite; s != nil {
		name = fmt.Sprintf("suite %q", s.Name)
	}
	return fmt.Errorf("none of its %d cases is in this run: it is of %s", len(b.results.Cases), name)
}

// Before returns the result of a case in the baseline, nil for a case that is new or
// changed.
func (b *Baseline) Before(c *scenarios.Result) *scenarios.Result { return b.cases[c.Case] }

// OtherScores names the scores that have another version in the baseline than in a map
// from names to versions, with both versions. Versions count up to their first comma.
// Such scores cannot be compared.
func (b *Baseline) OtherScores(versions map[string]string) []string {
	differ := map[string]string{}
	for _, c := range b.cases {
		for name, s := range c.Scores {
			old, _, _ := strings.Cut(s.Version, ",") // what follows is what a run lacked
			now, _, _ := strings.Cut(versions[name], ",")
			if now != "" && old != now {
				differ[name] = max(differ[name], fmt.Sprintf("%s (%s → %s)", name, old, now))
			}
		}
	}
	var out []string
	for _, name := range slices.Sorted(maps.Keys(differ)) {
		out = append(out, differ[name])
	}
	return out
}

// Comparison is how a run differs from an earlier one.
type Comparison struct {
	Cases int `json:"cases"` // in both, unchanged
	// New, Gone and Changed name the cases that are not compared; see Baseline.
	New     []string `json:"new,omitempty"`
	Gone    []string `json:"gone,omitempty"`
	Changed []string `json:"changed,omitempty"`
	// OtherScores names the scores that have another version in the baseline.
	OtherScores []string `json:"other_scores,omitempty"`
	// Setup names the first difference of what drove; "" for none.
	Setup    string          `json:"setup,omitempty"`
	PassRate paired.PassRate `json:"pass_rate"`
	// Regressions counts the flips from passed to failed or invalid.
	Regressions int             `json:"regressions"`
	Flips       []Flip          `json:"flips"`
	Scores      []paired.Change `json:"scores"`
	Measures    []paired.Change `json:"measures"`
}

// Flip is a case whose verdict is another than before.
type Flip struct {
	Case        string `json:"case"`
	Passes      bool   `json:"passes"` // now
	Preventable bool   `json:"preventable"`
	Reason      string `json:"reason"` // of the failure, now or before
	Command     string `json:"command,omitempty"`
}

// Compare compares a run with the baseline. Scores are compared where both results of
// a case have the same version.
func (b *Baseline) Compare(now *scenarios.Results) *Comparison {
	c := &Comparison{New: b.New, Gone: b.Gone, Changed: b.Changed, OtherScores: b.OtherScores(versions(now)), Flips: []Flip{}}
	if b.results.Setup != nil && now.Setup != nil {
		c.Setup = b.results.Setup.Difference(*now.Setup)
	}
	var pairs []couple
	for i := range now.Cases {
		if old := b.Before(&now.Cases[i]); old != nil {
			pairs = append(pairs, couple{old, &now.Cases[i]})
		}
	}
	c.Cases = len(pairs)
	for _, p := range pairs {
		if p.before.Passed == p.now.Passed {
			continue
		}
		c.Flips = append(c.Flips, Flip{Case: p.now.Case, Passes: p.now.Passed, Preventable: p.now.Preventable || p.now.Invalid,
			Reason: p.before.Reason + p.now.Reason, Command: p.now.Command})
		if !p.now.Passed {
			c.Regressions++
		}
	}
	c.PassRate = passRate(pairs)
	c.Scores = changes(pairs, scoresOf)
	c.Measures = changes(pairs, func(p couple) (before, now map[string]float64) { return p.before.Measures, p.now.Measures })
	return c
}

// versions returns the versions of the scores in a document.
func versions(r *scenarios.Results) map[string]string {
	out := map[string]string{}
	for i := range r.Cases {
		for name, s := range r.Cases[i].Scores {
			out[name] = max(out[name], s.Version)
		}
	}
	return out
}

// scoresOf returns the scores of a case that have the same version in both runs. The
// version of a score also says what it lacked in a run, such as plans.
func scoresOf(p couple) (before, now map[string]float64) {
	before, now = map[string]float64{}, map[string]float64{}
	for name, s := range p.now.Scores {
		if old, ok := p.before.Scores[name]; ok && old.Version == s.Version {
			before[name], now[name] = old.Value, s.Value
		}
	}
	return before, now
}

// couple is a case in both documents.
type couple struct{ before, now *scenarios.Result }

// passRate compares the verdicts.
func passRate(pairs []couple) paired.PassRate {
	before, now := make([]bool, len(pairs)), make([]bool, len(pairs))
	for i, p := range pairs {
		before[i], now[i] = p.before.Passed, p.now.Passed
	}
	return paired.Verdicts(before, now)
}

// changes compares values by name over all pairs that have them.
func changes(pairs []couple, values func(couple) (before, now map[string]float64)) []paired.Change {
	before, now := map[string][]float64{}, map[string][]float64{}
	for _, p := range pairs {
		old, new := values(p)
		for name, v := range new {
			if w, ok := old[name]; ok {
				before[name], now[name] = append(before[name], w), append(now[name], v)
			}
		}
	}
	out := []paired.Change{}
	for _, name := range slices.Sorted(maps.Keys(now)) {
		out = append(out, paired.Values(name, before[name], now[name]))
	}
	return out
}
