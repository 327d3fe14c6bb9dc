// Package baseline compares two results documents of the same cases: which verdicts
// flipped, and by how much every measure and score moved.
//
// Cases are compared in pairs, each with itself, so that what differs between cases
// does not drown what differs between the runs. A run repeats exactly: a flip is
// real for its case. Intervals and p-values tell whether it says something about
// other cases of the kind, and where the sample is too small for that, so does the
// comparison.
package baseline

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"roadloop/scenarios"
	"roadloop/scenarios/paired"
)

// Comparison is how a run differs from an earlier one.
type Comparison struct {
	Cases int `json:"cases"` // in both
	// Setup names the first difference of what drove; "" for none.
	Setup    string          `json:"setup,omitempty"`
	PassRate paired.PassRate `json:"pass_rate"`
	// Regressions counts the flips from passed to failed or invalid that a careful
	// driver would not have made.
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

// Regression reports whether a case fails that passed, and need not.
func (f *Flip) Regression() bool { return !f.Passes && f.Preventable }

// Compare compares a run with an earlier one. Every case of the run must be in the
// earlier one, of the same scenario file and with the same parameters, and scores of
// the same name must have the same version up to its first comma; more cases in the
// earlier one do not matter.
func Compare(before, now *scenarios.Results) (*Comparison, error) {
	pairs, err := pair(before, now)
	if err != nil {
		return nil, err
	}
	c := &Comparison{Cases: len(pairs), Flips: []Flip{}}
	if before.Setup != nil && now.Setup != nil {
		c.Setup = before.Setup.Difference(*now.Setup)
	}
	for _, p := range pairs {
		if p.before.Passed == p.now.Passed {
			continue
		}
		f := Flip{Case: p.now.Case, Passes: p.now.Passed, Preventable: p.now.Preventable || p.now.Invalid,
			Reason: p.before.Reason + p.now.Reason, Command: p.now.Command}
		if f.Regression() {
			c.Regressions++
		}
		c.Flips = append(c.Flips, f)
	}
	c.PassRate = passRate(pairs)
	c.Scores = changes(pairs, scoresOf)
	c.Measures = changes(pairs, func(p couple) (before, now map[string]float64) { return p.before.Measures, p.now.Measures })
	return c, nil
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

// pair finds every case of a run in an earlier one.
func pair(before, now *scenarios.Results) ([]couple, error) {
	if before.Suite != nil && now.Suite != nil {
		for _, name := range slices.Sorted(maps.Keys(now.Suite.Scenarios)) {
			if old, ok := before.Suite.Scenarios[name]; ok && old != now.Suite.Scenarios[name] {
				return nil, fmt.Errorf("the scenario %s is another one in the baseline: its file has changed since", name)
			}
		}
	}
	index := make(map[string]*scenarios.Result, len(before.Cases))
	for i := range before.Cases {
		index[before.Cases[i].Case] = &before.Cases[i]
	}
	var pairs []couple
	lacking, first := 0, ""
	for i := range now.Cases {
		c := &now.Cases[i]
		old := index[c.Case]
		if old == nil {
			if lacking++; lacking == 1 {
				first = c.Case
			}
			continue
		}
		if err := comparable(old, c); err != nil {
			return nil, err
		}
		pairs = append(pairs, couple{old, c})
	}
	if lacking > 0 {
		return nil, fmt.Errorf("the baseline is of another suite: it lacks %d of %d cases, the first is %s", lacking, len(now.Cases), first)
	}
	return pairs, nil
}

// comparable tells why two results of a case cannot be compared.
func comparable(a, b *scenarios.Result) error {
	if !slices.Equal(a.Parameters, b.Parameters) {
		return fmt.Errorf("%s has other parameters in the baseline", b.Case)
	}
	for _, name := range slices.Sorted(maps.Keys(b.Scores)) {
		old, ok := a.Scores[name]
		before, _, _ := strings.Cut(old.Version, ",") // what follows tells what a run lacked
		now, _, _ := strings.Cut(b.Scores[name].Version, ",")
		if ok && before != now {
			return fmt.Errorf("the score %s of the baseline is of version %q, this one of version %q: they cannot be compared",
				name, old.Version, b.Scores[name].Version)
		}
	}
	return nil
}

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
