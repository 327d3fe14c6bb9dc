package evaluate

import (
	"bytes"
	"context"
	"errors"
	"math"
	"strings"
	"testing"

	"roadloop/policy"
	"roadloop/policy/highway"
)

func near(a, b float64) bool { return math.Abs(a-b) < 1e-9 }

// Statistics of a few scores, by hand.
func TestStatisticsByHand(t *testing.T) {
	s := scores{{1, 2, 3, 4}, {5, 6, 7, 100}}
	for _, tt := range []struct {
		name      string
		got, want float64
	}{
		{"mean", mean(s), 16},
		{"interquartile mean of 8, without 1, 2, 7 and 100", iqm(s), (3. + 4 + 5 + 6) / 4},
		{"interquartile mean of 5, without the first and the last", iqm(scores{{9, 1, 2, 0, 3}}), 2},
		{"interquartile mean of 3", iqm(scores{{1, 2, 6}}), 3},
		{"deviation", deviation(scores{{1, 3}, {5, 7}}), math.Sqrt(5)},
		{"share above 4", above(4)(s), .5},
		{"share above 100", above(100)(s), 0},
		{"quantile", quantile([]float64{0, 10, 20}, .25), 5},
		// Episode 0: 1 against 0 and 3 is one of two; 2 ties with 2 and loses to 4: a quarter.
		{"improvement", improvement(scores{{1, 2}}, scores{{0, 2}, {3, 4}}), (.5 + .25) / 2},
		{"improvement of itself", improvement(s, s), .5},
	} {
		if !near(tt.got, tt.want) {
			t.Errorf("%s: %g, want %g", tt.name, tt.got, tt.want)
		}
	}
}

// The bootstrap draws runs for each episode. With two runs of 0 and 1 in n episodes the mean
// of a sample is binomial, with the standard deviation 1/√(8n).
func TestStratifiedBootstrap(t *testing.T) {
	const n = 50
	s := scores{make([]float64, n), make([]float64, n)}
	for k := range n {
		s[1][k] = 1
	}
	e := s.estimates(mean)[0]
	want := 1.96 / math.Sqrt(8*n)
	if !near(e.Value, .5) || math.Abs(e.High-.5-want) > .1*want || math.Abs(.5-e.Low-want) > .1*want {
		t.Errorf("%+v, want 0.5 ± %.3f", e, want)
	}
	// Strata: if runs agree in every episode, there is no spread, whatever the episodes are.
	for k := range n {
		s[0][k], s[1][k] = float64(k), float64(k)
	}
	if e := s.estimates(mean, iqm); e[0] != (Estimate{24.5, 24.5, 24.5}) || e[1].Low != e[1].High {
		t.Errorf("%+v", e)
	}
	// A single run has the spread of its episodes: √((n²−1)/12)/√n.
	want = 1.96 * math.Sqrt((n*n-1.)/12/n)
	if e := s[:1].estimates(mean)[0]; math.Abs(e.High-24.5-want) > .1*want {
		t.Errorf("%+v, want 24.5 ± %.2f", e, want)
	}
}

func newEnv() (policy.Env, error) { return highway.New(highway.FastV0()) }

// slower is a policy that always gives the same action.
type slower struct{ action float32 }

func (s slower) Act(_ []policy.Array, n int, actions []float32) error {
	for i := range n {
		actions[i] = s.action
	}
	return nil
}

// A constant policy has the episodes of the constant baseline, and a tie with it in each.
func TestReport(t *testing.T) {
	e := Evaluation{New: newEnv, Seed: 10000, Episodes: 80, Workers: 2,
		Candidates: []Candidate{{Name: "mine", Actors: []policy.Actor{slower{4}, slower{4}}, Curves: []Curve{{"seed 1", []CurvePoint{{1000, 12}, {2000, 24}}}}}}}
	last := 0
	e.Done = func(n, total int) {
		if n < last || total != 80*10 {
			t.Errorf("%d of %d episodes after %d", n, total, last)
		}
		last = n
	}
	r, err := e.Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if last != 800 {
		t.Errorf("%d episodes, want 800", last)
	}
	byName := map[string]*Row{}
	for i := range r.Rows {
		byName[r.Rows[i].Name] = &r.Rows[i]
	}
	mine, same, random := byName["mine"], byName["always SLOWER"], byName["random"]
	if mine == nil || same == nil || random == nil || byName["lane following, IDM"] == nil || byName["IDM and MOBIL"] == nil {
		t.Fatalf("rows %v", byName)
	}
	if !near(mine.Mean.Value, same.Mean.Value) || !near(mine.IQM.Value, same.IQM.Value) || mine.Mean.Value < 20 {
		t.Errorf("mean %+v and %+v", mine.Mean, same.Mean)
	}
	if random.Mean.Value > 12 || random.Terminated.Value < .8 {
		t.Errorf("random: %+v", random.Mean)
	}
	for _, p := range mine.Improvements {
		if p.Over == "always SLOWER" && p.Probability != (Estimate{.5, .5, .5}) || p.Over == "random" && p.Probability.Low < .8 {
			t.Errorf("improvement over %s: %+v", p.Over, p.Probability)
		}
	}
	if p := mine.Profile; p[0].Share != 1 || p[len(p)-1].Share != 0 {
		t.Errorf("profile from %+v to %+v", p[0], p[len(p)-1])
	}
	var table bytes.Buffer
	if err := r.WriteTable(&table); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"highway-fast-v0, 80 held-out episodes for each training seed, seeds 10000 to 10079", "always SLOWER", "higher return than random"} {
		if !strings.Contains(table.String(), want) {
			t.Errorf("no %q in\n%s", want, table.String())
		}
	}
	page, err := r.Page()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Learning curves", "Performance profile", "always SLOWER", "Probability of improvement: mine"} {
		if !bytes.Contains(page, []byte(want)) {
			t.Errorf("no %q in the page", want)
		}
	}
}

// Episodes have the order of their seeds and do not depend on workers, nor on the number of
// environments.
func TestEpisodesDoNotDependOnWorkers(t *testing.T) {
	seeds := make([]uint64, 150)
	for i := range seeds {
		seeds[i] = uint64(1000 - i)
	}
	env, err := newEnv()
	if err != nil {
		t.Fatal(err)
	}
	many, err := episodes(context.Background(), newEnv, &random{space: env.Spec().Action}, seeds, 2, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := range seeds {
		one, err := episodes(context.Background(), newEnv, &random{space: env.Spec().Action}, seeds[i:i+1], 1, nil)
		if err != nil {
			t.Fatal(err)
		}
		if one[0].Seed != seeds[i] || many[i].Seed != seeds[i] || many[i].Return != one[0].Return || many[i].Steps != one[0].Steps {
			t.Errorf("seed %d: %+v alone, %+v among others", seeds[i], one[0], many[i])
		}
	}
}

func TestTrainingSeedsAreRefused(t *testing.T) {
	for _, first := range []uint64{policy.TrainingSeed(0), policy.TrainingSeed(0) - 5, math.MaxUint64} {
		e := Evaluation{New: newEnv, Seed: first, Episodes: 10, Workers: 1}
		if _, err := e.Run(context.Background()); !errors.Is(err, ErrTrainingSeed) {
			t.Errorf("seed %d: %v", first, err)
		}
	}
}

func TestCanceledEvaluation(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	e := Evaluation{New: newEnv, Episodes: 10, Workers: 1}
	if _, err := e.Run(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}
