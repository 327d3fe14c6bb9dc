// Package improve closes the loop of learning: it drives episodes of training with a policy,
// collects those in which it failed, continues the training with these more often, and compares
// the new policy with the old one on held-out episodes. Only a significantly better policy
// replaces the old one.
//
// The episodes of the comparison are the same for both policies, and training has none of them:
// collected seeds are seeds of training.
package improve

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/dustin/go-humanize/english"

	"roadloop/internal/fileio"
	"roadloop/policy"
	"roadloop/policy/evaluate"
	"roadloop/policy/experiment"
	"roadloop/policy/learn"
	"roadloop/scenarios/analysis"
)

// Schema names the format of a report.
const Schema = "roadloop.policy-improve/1"

// KeptFile is the name of the policy that is to be used, in the folder of the new run: the
// better one.
const KeptFile = "kept.rlp"

// success is the measure by which an episode counts as passed, where there is one. Elsewhere an
// episode passes unless it terminates.
const success = "success"

// Loop is one round of the loop.
type Loop struct {
	Run      string // folder of the training that is continued
	Out      string // folder of the new run
	Mine     int    // episodes of training that are searched for failures
	Steps    int64  // of further training
	Share    float64
	Episodes int // of the comparison, at most MaxEpisodes
	Replays  int // worst episodes of both that the page replays
	Resume   bool
	Setup    experiment.Setup
	// Done is called with the number of episodes so far and in total, of the search and of the
	// comparison; Watch during training. Both may be nil.
	Done  func(n, total int)
	Watch experiment.Callbacks
}

// MaxEpisodes is the largest number of episodes of a comparison.
const MaxEpisodes = 1 << 16

// Report is the result of a round.
type Report struct {
	Schema     string                  `json:"schema"`
	Task       string                  `json:"task"`
	Old        Version                 `json:"old"`
	New        *Version                `json:"new"` // nil if there was nothing to learn from
	Mined      Mined                   `json:"mined"`
	Share      float64                 `json:"share"` // of the episodes of training that have a collected seed
	Comparison *Comparison             `json:"comparison"`
	Promoted   bool                    `json:"promoted"`
	Reason     string                  `json:"reason"`
	Evaluation *evaluate.Report        `json:"evaluation"` // on the episodes of the comparison, with baselines
	Validation []experiment.Validation `json:"validation"` // during training
}

// Version is a policy.
type Version struct {
	Path   string `json:"path"`
	SHA256 string `json:"sha256"`
	Steps  int64  `json:"steps"`
}

// Mined is what the search for failures found.
type Mined struct {
	First    uint64   `json:"first"` // seed of training
	Episodes int      `json:"episodes"`
	Failed   []uint64 `json:"failed"`
	// Passed is how many of them the new policy passes. It trained on them: this is no result.
	Passed int `json:"passed_after"`
}

// Comparison is that of the new policy with the old one, over the same held-out episodes.
type Comparison struct {
	First    uint64 `json:"first"` // seed
	Episodes int    `json:"episodes"`
	// Return decides: the new policy is better if the 95 % interval of the mean paired difference
	// is above 0 and P is below 0.05; with few or skewed differences one of both may err. Passed
	// must not be significantly lower.
	Return analysis.Change `json:"return"`
	Passed analysis.Change `json:"passed"`
	// P is the two-sided p-value of a randomization test of the returns.
	P float64 `json:"p"`
}

// Seeds of a round depend on the steps of the training that it continues, so that the next
// round has others: a set of episodes with which many policies were compared is not held out.
func mineSeed(steps int64) uint64 { return policy.TrainingSeed(1<<61 + uint64(steps)<<16) }
func testSeed(steps int64) uint64 { return 1<<40 + uint64(steps)<<16 }

// Do runs the round.
func (l *Loop) Do(ctx context.Context) (*Report, error) {
	if l.Episodes < 1 || l.Episodes > MaxEpisodes || l.Mine < 1 || l.Mine > MaxEpisodes {
		return nil, fmt.Errorf("search of %d episodes and comparison on %d, want 1 to %d", l.Mine, l.Episodes, MaxEpisodes)
	}
	old, err := open(filepath.Join(l.Run, experiment.PolicyFile))
	if err != nil {
		return nil, err
	}
	defer old.Close()
	r := &Report{Schema: Schema, Task: old.Spec.Task, Share: l.Share, Old: old.version}
	if err := l.mine(ctx, old, r); err != nil {
		return nil, fmt.Errorf("searching for failures: %w", err)
	}
	if len(r.Mined.Failed) == 0 {
		r.Reason = fmt.Sprintf("The policy passes all of %s: there is nothing to learn from.", english.Plural(l.Mine, "episode", ""))
		return r, l.keep(old)
	}
	if err := l.train(ctx, r); err != nil {
		return nil, err
	}
	fresh, err := open(filepath.Join(l.Out, experiment.PolicyFile))
	if err != nil {
		return nil, err
	}
	defer fresh.Close()
	r.New = &fresh.version
	passed, err := l.passes(ctx, fresh, r.Mined.Failed)
	if err != nil {
		return nil, fmt.Errorf("repeating failures: %w", err)
	}
	for _, ok := range passed {
		r.Mined.Passed += int(ok)
	}
	if err := l.compare(ctx, old, fresh, r); err != nil {
		return nil, fmt.Errorf("comparing the policies: %w", err)
	}
	r.judge()
	if r.Promoted {
		return r, l.keep(fresh)
	}
	return r, l.keep(old)
}

// opened is a policy with what a report says about it.
type opened struct {
	*learn.Policy
	version Version
}

func open(path string) (*opened, error) {
	p, err := learn.ReadPolicy(path)
	if err != nil {
		return nil, err
	}
	hash, err := experiment.Hash(p)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return &opened{p, Version{path, hash, p.Steps}}, nil
}

// mine drives episodes of training and collects those that fail.
func (l *Loop) mine(ctx context.Context, p *opened, r *Report) error {
	r.Mined = Mined{First: mineSeed(p.Steps), Episodes: l.Mine, Failed: []uint64{}}
	seeds := make([]uint64, l.Mine)
	for i := range seeds {
		seeds[i] = r.Mined.First + uint64(i)
	}
	passed, err := l.passes(ctx, p, seeds)
	for i, ok := range passed {
		if ok == 0 {
			r.Mined.Failed = append(r.Mined.Failed, seeds[i])
		}
	}
	return err
}

// passes returns for each episode 1 if a policy passes it, else 0.
func (l *Loop) passes(ctx context.Context, p *opened, seeds []uint64) ([]float64, error) {
	episodes, err := evaluate.Episodes(ctx, l.Setup.New, p.Policy, seeds, l.Setup.Workers, func(n int) {
		if l.Done != nil {
			l.Done(n, len(seeds))
		}
	})
	return passed(episodes, slices.Index(p.Spec.Measures, success)), err
}

// passed returns 1 for each episode that passes, else 0. at is the index of the measure
// success, -1 for none.
func passed(episodes []evaluate.Episode, at int) []float64 {
	out := make([]float64, len(episodes))
	for i := range episodes {
		switch e := &episodes[i]; {
		case at >= 0:
			out[i] = e.Measures[at]
		case !e.Terminated:
			out[i] = 1
		}
	}
	return out
}

// train continues the training, or resumes that.
func (l *Loop) train(ctx context.Context, r *Report) (err error) {
	curriculum := learn.Curriculum{Share: l.Share, Seeds: r.Mined.Failed}
	var e *experiment.Experiment
	if l.Resume {
		if e, err = experiment.Resume(l.Out, l.Setup); err != nil {
			return err
		}
		if c := e.Recipe().Curriculum; c == nil || c.Share != l.Share || !slices.Equal(c.Seeds, curriculum.Seeds) {
			e.Close()
			return fmt.Errorf("the run in %s is not that of these failures of %s", l.Out, l.Run)
		}
	} else if e, err = experiment.Continue(l.Run, l.Out, l.Steps, curriculum, l.Setup); err != nil {
		return err
	}
	defer e.Close()
	if err := e.Train(ctx, l.Watch); err != nil {
		return err
	}
	r.Validation = e.Validations()
	return nil
}

// compare drives the held-out episodes with both policies and the baselines.
func (l *Loop) compare(ctx context.Context, old, fresh *opened, r *Report) error {
	c := Comparison{First: testSeed(old.Steps), Episodes: l.Episodes}
	e := evaluate.Evaluation{New: l.Setup.New, Seed: c.First, Episodes: l.Episodes, Workers: l.Setup.Workers, Replays: l.Replays, Done: l.Done,
		Candidates: []evaluate.Candidate{candidate("new", fresh), candidate("old", old)}}
	var err error
	if r.Evaluation, err = e.Run(ctx); err != nil {
		return err
	}
	now, before := r.Evaluation.Rows[0].Runs[0].Episodes, r.Evaluation.Rows[1].Runs[0].Episodes
	at := slices.Index(r.Evaluation.Measures, success)
	c.Return = analysis.CompareMeans("return", returns(before), returns(now))
	c.Passed = analysis.CompareMeans("passed", passed(before, at), passed(now, at))
	differences := returns(now)
	for i := range differences {
		differences[i] -= before[i].Return
	}
	c.P = analysis.RandomizationTest("return", differences)
	r.Comparison = &c
	return nil
}

func candidate(name string, p *opened) evaluate.Candidate {
	return evaluate.Candidate{Name: name, Actors: []policy.Actor{p.Policy}, Policies: []string{p.version.SHA256}}
}

func returns(episodes []evaluate.Episode) []float64 {
	out := make([]float64, len(episodes))
	for i := range episodes {
		out[i] = episodes[i].Return
	}
	return out
}

// judge decides whether the new policy replaces the old one.
func (r *Report) judge() {
	c := r.Comparison
	change := fmt.Sprintf("the mean return changes by %+.3f (95 %%: %+.3f to %+.3f, p = %.2g) over %s", c.Return.Difference, c.Return.Low, c.Return.High, c.P, english.Plural(c.Episodes, "paired episode", ""))
	switch {
	case c.Return.Finding != analysis.Higher || c.P >= .05:
		r.Reason = "The new policy is not shown to be better: " + change + "."
	case c.Passed.Finding == analysis.Lower:
		r.Reason = fmt.Sprintf("The new policy passes fewer episodes: %+.1f %% (95 %%: %+.1f to %+.1f %%), although %s.", 100*c.Passed.Difference, 100*c.Passed.Low, 100*c.Passed.High, change)
	default:
		r.Promoted, r.Reason = true, "The new policy is better: "+change+"."
	}
	r.Evaluation.Remark = r.Reason
}

// keep writes the policy that is to be used.
func (l *Loop) keep(p *opened) error {
	data, err := p.Encode()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(l.Out, 0o755); err != nil {
		return fmt.Errorf("folder of the new run: %w", err)
	}
	return fileio.Write(filepath.Join(l.Out, KeptFile), data)
}
