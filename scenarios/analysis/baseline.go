package analysis

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/dustin/go-humanize/english"

	"roadloop/scenarios"
	"roadloop/scenarios/runner"
)

// Baseline is an earlier run to which a run is compared.
type Baseline struct {
	// New lists the cases that are missing in the baseline, Gone the cases that only the
	// baseline has, and Changed the cases with another scenario file or other parameters.
	New, Gone, Changed []string

	results *runner.Results
	cases   map[string]*runner.Result // unchanged cases of both runs
}

// identity identifies a case.
type identity struct {
	id, scenario string
	parameters   []scenarios.Parameter
}

// NewBaseline returns a baseline for a run that has ended. The document of a shard has no list of
// missing cases, so Gone is then empty.
func NewBaseline(before, now *runner.Results) *Baseline {
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

// NewBaselineForSuite returns a baseline for a planned run of all shards of a suite.
func NewBaselineForSuite(before *runner.Results, suite *runner.SuiteID, cases []*scenarios.Case) *Baseline {
	var list []identity
	for _, c := range cases {
		list = append(list, identity{c.ID(), c.Scenario.Slug(), c.Parameters})
	}
	return match(before, suite, list)
}

// match compares the cases of a run and of a baseline.
func match(before *runner.Results, suite *runner.SuiteID, list []identity) *Baseline {
	b := &Baseline{results: before, cases: map[string]*runner.Result{}}
	old := make(map[string]*runner.Result, len(before.Cases))
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

// edited reports whether the scenario file differs from the baseline.
func (b *Baseline) edited(suite *runner.SuiteID, scenario string) bool {
	if b.results.Suite == nil || suite == nil {
		return false
	}
	old, ok := b.results.Suite.Scenarios[scenario]
	return ok && old != suite.Scenarios[scenario]
}

// Check returns an error if the baseline and the run have no common case.
func (b *Baseline) Check() error {
	if len(b.cases) > 0 || len(b.Changed) > 0 {
		return nil
	}
	name := "another suite"
	if s := b.results.Suite; s != nil {
		name = fmt.Sprintf("suite %q", s.Name)
	}
	return fmt.Errorf("none of its %s is in this run: it is of %s", english.Plural(len(b.results.Cases), "case", ""), name)
}

// before returns the result of a case in the baseline, or nil for a new or changed case.
func (b *Baseline) before(c *runner.Result) *runner.Result { return b.cases[c.Case] }

// OtherScores lists the scores with another version in the baseline than in versions
// (name to version), with both versions. Such scores cannot be compared. Only the part of
// a version before its first comma counts.
func (b *Baseline) OtherScores(versions map[string]string) []string {
	differ := map[string]string{}
	for _, c := range b.cases {
		for name, s := range c.Scores {
			old, _, _ := strings.Cut(s.Version, ",") // the rest lists missing inputs
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

// Comparison is the difference between a run and a baseline.
type Comparison struct {
	Cases int `json:"cases"` // unchanged cases in both runs
	// New, Gone and Changed list the cases that are not compared; see Baseline.
	New     []string `json:"new,omitempty"`
	Gone    []string `json:"gone,omitempty"`
	Changed []string `json:"changed,omitempty"`
	// OtherScores lists the scores with another version in the baseline.
	OtherScores []string `json:"other_scores,omitempty"`
	// Setup describes the first difference of the setups; "" for none.
	Setup    string   `json:"setup,omitempty"`
	PassRate PassRate `json:"pass_rate"`
	// Regressions is the number of flips from passed to failed or invalid.
	Regressions int      `json:"regressions"`
	Flips       []Flip   `json:"flips"`
	Scores      []Change `json:"scores"`
	Measures    []Change `json:"measures"`
}

// Flip is a case with a changed verdict.
type Flip struct {
	Case        string `json:"case"`
	Passes      bool   `json:"passes"` // in the new run
	Preventable bool   `json:"preventable"`
	Reason      string `json:"reason"` // of the failure, new or old
	Command     string `json:"command,omitempty"`
}

// Compare compares a run with the baseline. It compares a score of a case only if both
// results have the same version of it.
func (b *Baseline) Compare(now *runner.Results) *Comparison {
	c := &Comparison{New: b.New, Gone: b.Gone, Changed: b.Changed, OtherScores: b.OtherScores(versions(now)), Flips: []Flip{}}
	if b.results.Setup != nil && now.Setup != nil {
		c.Setup = b.results.Setup.Difference(*now.Setup)
	}
	var pairs []pair
	for i := range now.Cases {
		if old := b.before(&now.Cases[i]); old != nil {
			pairs = append(pairs, pair{old, &now.Cases[i]})
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
	c.Measures = changes(pairs, func(p pair) (before, now map[string]float64) { return p.before.Measures, p.now.Measures })
	return c
}

// versions returns the versions of the scores in a document.
func versions(r *runner.Results) map[string]string {
	out := map[string]string{}
	for i := range r.Cases {
		for name, s := range r.Cases[i].Scores {
			out[name] = max(out[name], s.Version)
		}
	}
	return out
}

// scoresOf returns the scores of a case with the same version in both runs. The version
// of a score also lists what a run lacked, such as plans.
func scoresOf(p pair) (before, now map[string]float64) {
	before, now = map[string]float64{}, map[string]float64{}
	for name, s := range p.now.Scores {
		if old, ok := p.before.Scores[name]; ok && old.Version == s.Version {
			before[name], now[name] = old.Value, s.Value
		}
	}
	return before, now
}

// pair is a case in both documents.
type pair struct{ before, now *runner.Result }

// passRate compares the verdicts.
func passRate(pairs []pair) PassRate {
	before, now := make([]bool, len(pairs)), make([]bool, len(pairs))
	for i, p := range pairs {
		before[i], now[i] = p.before.Passed, p.now.Passed
	}
	return comparePassRates(before, now)
}

// changes compares the values of each name over all pairs that have both of them.
func changes(pairs []pair, values func(pair) (before, now map[string]float64)) []Change {
	before, now := map[string][]float64{}, map[string][]float64{}
	for _, p := range pairs {
		was, is := values(p)
		for name, v := range is {
			if w, ok := was[name]; ok {
				before[name], now[name] = append(before[name], w), append(now[name], v)
			}
		}
	}
	out := []Change{}
	for _, name := range slices.Sorted(maps.Keys(now)) {
		out = append(out, CompareMeans(name, before[name], now[name]))
	}
	return out
}
