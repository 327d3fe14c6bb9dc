package improve

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"roadloop/policy"
	"roadloop/policy/evaluate"
	"roadloop/policy/experiment"
	"roadloop/policy/highway"
	"roadloop/policy/learn"
	"roadloop/scenarios/analysis"
)

func newEnv() (policy.Env, error) { return highway.New(highway.FastV0()) }

// harmless is an environment in which nothing terminates.
type harmless struct{ policy.Env }

func (h harmless) Step(action []float32) (policy.Result, error) {
	r, err := h.Env.Step(action)
	r.Truncated, r.Terminated = r.Done(), false
	return r, err
}

// trained trains a policy for a moment, in a folder.
func trained(t *testing.T) string {
	t.Helper()
	c := learn.DefaultDQN(600)
	c.Start, c.Batch, c.SetHidden, c.Hidden, c.Buffer = 32, 16, []int{8}, []int{8}, 600
	dir := filepath.Join(t.TempDir(), "run")
	e, err := experiment.Start(dir, learn.Recipe{Task: "highway-fast-v0", Environments: 4, DQN: &c}, experiment.Setup{New: newEnv, Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	if err := e.Train(t.Context(), experiment.Callbacks{}); err != nil {
		t.Fatal(err)
	}
	return dir
}

func read(t *testing.T, elem ...string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(elem...))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// A round trains on failures of training, compares on other episodes, keeps the better policy,
// and gives the same for any number of workers. The next round has other episodes.
func TestRound(t *testing.T) {
	run := trained(t)
	l := Loop{Run: run, Out: filepath.Join(t.TempDir(), "new"), Mine: 40, Steps: 200, Share: .5, Episodes: 30, Setup: experiment.Setup{New: newEnv, Workers: 1}}
	r, err := l.Do(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Mined.Failed) == 0 || r.Old.Steps != 600 || r.New.Steps != 800 {
		t.Fatalf("failures %v, %d steps before and %d now", r.Mined.Failed, r.Old.Steps, r.New.Steps)
	}
	for _, s := range r.Mined.Failed {
		if !policy.IsTraining(s) || s < r.Mined.First || s >= r.Mined.First+40 {
			t.Errorf("failed seed %d is none of the search", s)
		}
	}
	if policy.IsTraining(r.Comparison.First) || policy.IsTraining(r.Comparison.First+MaxEpisodes) || r.Evaluation.Seed != r.Comparison.First {
		t.Errorf("compared on episodes from %d on", r.Comparison.First)
	}
	recipe, err := experiment.ReadRecipe(l.Out)
	if err != nil {
		t.Fatal(err)
	}
	if c := recipe.Curriculum; c == nil || c.Share != .5 || len(c.Seeds) != len(r.Mined.Failed) || recipe.Steps() != 800 {
		t.Errorf("recipe of %d steps with the curriculum %+v", recipe.Steps(), c)
	}
	want := read(t, run, experiment.PolicyFile)
	if r.Promoted {
		want = read(t, l.Out, experiment.PolicyFile)
	}
	if kept := read(t, l.Out, KeptFile); !bytes.Equal(kept, want) {
		t.Errorf("promoted: %v, and the other policy is kept", r.Promoted)
	}
	again := l
	again.Out, again.Setup.Workers = filepath.Join(t.TempDir(), "again"), 2
	if _, err := again.Do(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(read(t, l.Out, experiment.PolicyFile), read(t, again.Out, experiment.PolicyFile)) {
		t.Error("two workers train another policy")
	}
	if _, err := again.Do(t.Context()); err == nil || !strings.Contains(err.Error(), "exists: resume it") {
		t.Errorf("a round in the folder of another: error %v", err)
	}
	again.Resume = true
	if _, err := again.Do(t.Context()); err != nil {
		t.Errorf("resuming a round that is over: %v", err)
	}
	again.Share = .25
	if _, err := again.Do(t.Context()); err == nil || !strings.Contains(err.Error(), "is not that of these failures") {
		t.Errorf("resuming another round: error %v", err)
	}
	if testSeed(600) == testSeed(800) || mineSeed(600) == mineSeed(800) || testSeed(600)+MaxEpisodes > testSeed(601) {
		t.Error("the next round has the same episodes")
	}
}

// Without a failure there is no training.
func TestNothingToLearnFrom(t *testing.T) {
	run := trained(t)
	l := Loop{Run: run, Out: filepath.Join(t.TempDir(), "new"), Mine: 10, Steps: 200, Share: .5, Episodes: 10, Setup: experiment.Setup{Workers: 1, New: func() (policy.Env, error) {
		e, err := newEnv()
		return harmless{e}, err
	}}}
	r, err := l.Do(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if r.New != nil || r.Promoted || r.Comparison != nil || !bytes.Equal(read(t, l.Out, KeptFile), read(t, run, experiment.PolicyFile)) {
		t.Errorf("%+v", r)
	}
	var b bytes.Buffer
	if err := r.WriteText(&b); err != nil || !strings.HasPrefix(b.String(), "KEPT OLD  The policy passes all of 10 episodes") {
		t.Errorf("error %v, text %s", err, b.String())
	}
}

// Only what is significant in the return by both tests, and not worse in passed episodes, is
// promoted.
func TestJudge(t *testing.T) {
	for _, tt := range []struct {
		name        string
		ret, passed analysis.Finding
		p           float64
		promoted    bool
		reason      string
	}{
		{"better", analysis.Higher, analysis.Unclear, .01, true, "is better"},
		{"better, with the same passed", analysis.Higher, analysis.Same, .01, true, "is better"},
		{"the tests disagree", analysis.Higher, analysis.Same, .06, false, "is not shown to be better"},
		{"unclear", analysis.Unclear, analysis.Higher, .2, false, "is not shown to be better"},
		{"worse", analysis.Lower, analysis.Lower, .01, false, "is not shown to be better"},
		{"few changes", analysis.TooFew, analysis.TooFew, .03, false, "is not shown to be better"},
		{"the same policy", analysis.Same, analysis.Same, 1, false, "is not shown to be better"},
		{"more return, fewer passed", analysis.Higher, analysis.Lower, .01, false, "passes fewer episodes"},
	} {
		r := Report{Comparison: &Comparison{Return: analysis.Change{Finding: tt.ret}, Passed: analysis.Change{Finding: tt.passed}, P: tt.p}, Evaluation: new(evaluate.Report)}
		r.judge()
		if r.Promoted != tt.promoted || !strings.Contains(r.Reason, tt.reason) || r.Evaluation.Remark != r.Reason {
			t.Errorf("%s: promoted %v, %s", tt.name, r.Promoted, r.Reason)
		}
	}
}
