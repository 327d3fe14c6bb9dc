package policy_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"roadloop/policy"
)

// counter is an environment that counts its steps: it ends after as many as its seed says,
// terminated if that is even. The reward is the action.
type counter struct {
	spec       policy.Spec
	seed, step int
}

func newCounter() (policy.Env, error) {
	return &counter{spec: policy.Spec{
		Task:        "counter",
		Observation: []policy.Space{{Name: "step", Kind: policy.Box, Shape: []int{2}, Low: 0, High: 100}},
		Action:      policy.Space{Name: "number", Kind: policy.Box, Shape: []int{1}, Low: -1, High: 9},
		Measures:    []string{"steps"},
	}}, nil
}

func (c *counter) Spec() *policy.Spec { return &c.spec }
func (c *counter) Reset(seed uint64) error {
	c.seed, c.step = int(seed%7)+2, 0
	return nil
}
func (c *counter) Step(a []float32) (policy.Result, error) {
	if err := c.spec.Action.Check(a); err != nil {
		return policy.Result{}, err
	}
	c.step++
	end := c.step >= c.seed
	return policy.Result{Reward: float64(a[0]), Terminated: end && c.seed%2 == 0, Truncated: end && c.seed%2 == 1}, nil
}
func (c *counter) Observe(dst []policy.Array) {
	dst[0].Floats[0], dst[0].Floats[1] = float32(c.step), float32(c.seed)
}
func (c *counter) Measure(dst []float64) { dst[0] = float64(c.step) }

func newVector(t *testing.T, n, workers int, mode policy.Autoreset) *policy.Vector {
	t.Helper()
	v, err := policy.NewVector(n, workers, mode, newCounter)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(v.Close)
	if err := v.Reset(0); err != nil {
		t.Fatal(err)
	}
	return v
}

// The episode of seed 0 has two steps, and the third one resets: no reward, no end.
func TestNextStepResets(t *testing.T) {
	v := newVector(t, 1, 1, policy.NextStep)
	var got []string
	for range 4 {
		if err := v.Step([]float32{5}); err != nil {
			t.Fatal(err)
		}
		got = append(got, fmt.Sprintf("step %g reward %g done %t", v.Obs[0].Floats[0], v.Results[0].Reward, v.Results[0].Done()))
	}
	want := []string{"step 1 reward 5 done false", "step 2 reward 5 done true", "step 0 reward 0 done false", "step 1 reward 5 done false"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestSameStepKeepsTheLastObservation(t *testing.T) {
	v := newVector(t, 1, 1, policy.SameStep)
	for range 2 {
		if err := v.Step([]float32{5}); err != nil {
			t.Fatal(err)
		}
	}
	if !v.Results[0].Terminated || v.Obs[0].Floats[0] != 0 || v.Final[0].Floats[0] != 2 || v.Measures[0] != 2 {
		t.Errorf("%+v, observation %v, last one %v, measures %v", v.Results[0], v.Obs[0].Floats, v.Final[0].Floats, v.Measures)
	}
}

func TestManualRefusesAStepAfterTheEnd(t *testing.T) {
	v := newVector(t, 2, 1, policy.Manual) // of two and three steps
	step := func() error { return v.Step([]float32{0, 0}) }
	if err := step(); err != nil {
		t.Fatal(err)
	}
	if err := step(); err != nil {
		t.Fatal(err)
	}
	if err := step(); err == nil || !strings.Contains(err.Error(), "environment 0: the episode is over") {
		t.Errorf("error %v", err)
	}
	if err := v.ResetSome([]bool{true, false}, []uint64{1, 0}); err != nil {
		t.Fatal(err)
	}
	if v.Obs[0].Floats[0] != 0 || v.Obs[0].Floats[2] != 3 {
		t.Errorf("observations %v, want the start of one and the end of the other", v.Obs[0].Floats)
	}
}

func TestResultsDoNotDependOnWorkers(t *testing.T) {
	run := func(workers int) string {
		v := newVector(t, 7, workers, policy.SameStep)
		var b strings.Builder
		for i := range 50 {
			a := make([]float32, 7)
			for k := range a {
				a[k] = float32((i * (k + 1)) % 9)
			}
			if err := v.Step(a); err != nil {
				t.Fatal(err)
			}
			fmt.Fprintln(&b, v.Obs[0].Floats, v.Results, v.Measures)
		}
		return b.String()
	}
	want := run(1)
	for _, workers := range []int{2, 3, 16} {
		if run(workers) != want {
			t.Errorf("%d workers differ from one", workers)
		}
	}
}

func TestBadActionsAreRefused(t *testing.T) {
	nan := float32(0)
	nan /= nan
	v := newVector(t, 2, 2, policy.NextStep)
	for _, tt := range []struct {
		actions []float32
		want    string
	}{
		{[]float32{1}, "1 values of actions, want 2"},
		{[]float32{1, 10}, "environment 1: value 0 of action number is 10, want -1 to 9"},
		{[]float32{nan, 1}, "environment 0: value 0 of action number is NaN, want -1 to 9"},
	} {
		if err := v.Step(tt.actions); err == nil || err.Error() != tt.want {
			t.Errorf("actions %v: error %v, want %s", tt.actions, err, tt.want)
		}
	}
}

// Seeds after the first are drawn from it, and stay on their side.
func TestTrainingSeedsStayApart(t *testing.T) {
	for _, first := range []uint64{3, policy.TrainingSeed(3)} {
		seen := map[uint64]bool{}
		v, err := policy.NewVector(1, 1, policy.SameStep, func() (policy.Env, error) {
			e, err := newCounter()
			return &recorder{Env: e, seen: seen}, err
		})
		if err != nil {
			t.Fatal(err)
		}
		defer v.Close()
		if err := v.Reset(first); err != nil {
			t.Fatal(err)
		}
		for range 300 {
			if err := v.Step([]float32{0}); err != nil {
				t.Fatal(err)
			}
		}
		if len(seen) < 30 {
			t.Errorf("%d seeds in 300 steps", len(seen))
		}
		for seed := range seen {
			if policy.IsTraining(seed) != policy.IsTraining(first) {
				t.Errorf("seed %d after %d", seed, first)
			}
		}
	}
}

type recorder struct {
	policy.Env
	seen map[uint64]bool
}

func (r *recorder) Reset(seed uint64) error {
	r.seen[seed] = true
	return r.Env.Reset(seed)
}

// A vector that resumes goes on as the other one does, in the middle of episodes and at
// their ends.
func TestResumedVectorGoesOn(t *testing.T) {
	for _, mode := range []policy.Autoreset{policy.NextStep, policy.SameStep} {
		for steps := range 12 {
			v, other := newVector(t, 5, 2, mode), newVector(t, 5, 1, mode)
			step := func(v *policy.Vector, k int) {
				t.Helper()
				if err := v.Step([]float32{float32(k % 9), 1, 2, 3, 4}); err != nil {
					t.Fatal(err)
				}
			}
			for k := range steps {
				step(v, k)
			}
			if err := other.Resume(v.Episodes()); err != nil {
				t.Fatal(err)
			}
			for k := range 20 {
				if !slices.Equal(v.Obs[0].Floats, other.Obs[0].Floats) {
					t.Fatalf("mode %d, %d steps and %d more: observations %v, want %v", mode, steps, k, other.Obs[0].Floats, v.Obs[0].Floats)
				}
				step(v, k)
				step(other, k)
				if !slices.Equal(v.Results, other.Results) || !slices.Equal(v.Measures, other.Measures) {
					t.Fatalf("mode %d, %d steps and %d more: results %v, want %v", mode, steps, k, other.Results, v.Results)
				}
			}
		}
	}
}

func TestResumeRefusesOtherEpisodes(t *testing.T) {
	v := newVector(t, 1, 1, policy.SameStep)
	for _, tt := range []struct {
		episodes []policy.Episode
		want     string
	}{
		{nil, "0 episodes for 1 environments"},
		{[]policy.Episode{{Actions: []float32{1, 1, 1}}}, "environment 0: the episode of seed 0 ends after 2 of 3 steps: it is of another version of counter"},
		{[]policy.Episode{{Actions: []float32{10}}}, "environment 0: repeating the episode of seed 0: value 0 of action number is 10, want -1 to 9"},
	} {
		if err := v.Resume(tt.episodes); err == nil || err.Error() != tt.want {
			t.Errorf("error %v, want %s", err, tt.want)
		}
	}
}

func TestStepDoesNotAllocate(t *testing.T) {
	v := newVector(t, 8, 2, policy.SameStep)
	actions := make([]float32, 8)
	if n := testing.AllocsPerRun(100, func() {
		if err := v.Step(actions); err != nil {
			t.Fatal(err)
		}
	}); n > 0 {
		t.Errorf("%g allocations a step", n)
	}
}

// A share of the episodes of training has preferred seeds, each equally often; others and
// those of evaluation are as without.
func TestPreferredSeeds(t *testing.T) {
	run := func(first uint64, prefer bool) map[uint64]int {
		v := newVector(t, 4, 2, policy.SameStep)
		if prefer {
			v.Prefer(.5, []uint64{policy.TrainingSeed(7), policy.TrainingSeed(8)})
		}
		if err := v.Reset(first); err != nil {
			t.Fatal(err)
		}
		count := map[uint64]int{}
		for range 4000 {
			if err := v.Step(make([]float32, 4)); err != nil {
				t.Fatal(err)
			}
			for i, r := range v.Results {
				if r.Done() {
					count[v.Episodes()[i].Seed]++
				}
			}
		}
		return count
	}
	total, drawn := 0, run(policy.TrainingSeed(100), true)
	for s, n := range drawn {
		if !policy.IsTraining(s) {
			t.Errorf("seed %d is none of training", s)
		}
		total += n
	}
	for _, s := range []uint64{policy.TrainingSeed(7), policy.TrainingSeed(8)} {
		if n := drawn[s]; n < total/5 || n > total*3/10 {
			t.Errorf("seed %d begins %d of %d episodes, want a quarter", s, n, total)
		}
	}
	plain, other := run(100, false), run(100, true)
	for s, n := range plain {
		if other[s] != n {
			t.Errorf("evaluation has seed %d %d times, and %d times without preferred seeds", s, other[s], n)
		}
	}
}

// Each visits every environment once, and returns the error of the first one that has one.
func TestEachVisitsAll(t *testing.T) {
	for _, workers := range []int{1, 3} {
		v := newVector(t, 7, workers, policy.SameStep)
		visits := make([]int, 7)
		err := v.Each(func(i int) error {
			visits[i]++
			if v.Seed(i) != uint64(i) {
				return fmt.Errorf("seed %d", v.Seed(i))
			}
			if i >= 3 {
				return fmt.Errorf("number %d", i)
			}
			return nil
		})
		if err == nil || !strings.Contains(err.Error(), "number 3") || !slices.Equal(visits, []int{1, 1, 1, 1, 1, 1, 1}) {
			t.Errorf("%d workers: error %v, visits %v", workers, err, visits)
		}
		if err := v.Each(func(int) error { return nil }); err != nil {
			t.Errorf("an error is returned twice: %v", err)
		}
	}
}

// A policy fits its task, and the variants of its task in either direction. A client may know
// the name of a variant alone.
func TestVariantsFit(t *testing.T) {
	spec := func(task, variantOf string) *policy.Spec {
		return &policy.Spec{Task: task, VariantOf: variantOf, Action: policy.Space{Name: "go", Kind: policy.Discrete, N: 2}, Rate: 10}
	}
	for _, tt := range []struct {
		policy, env *policy.Spec
		fits        bool
	}{
		{spec("a", ""), spec("a", ""), true},
		{spec("a", ""), spec("b", ""), false},
		{spec("a", ""), spec("b", "a"), true},
		{spec("b", "a"), spec("a", ""), true},
		{spec("b", "a"), spec("c", "a"), true},
		{spec("b", "a"), spec("c", "d"), false},
		{spec("b", ""), spec("b", "a"), true},
	} {
		if err := tt.policy.Fits(tt.env); (err == nil) != tt.fits {
			t.Errorf("a policy of %s (%s) in %s (%s): %v", tt.policy.Task, tt.policy.VariantOf, tt.env.Task, tt.env.VariantOf, err)
		}
	}
}
