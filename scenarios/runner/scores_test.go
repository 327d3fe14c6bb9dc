package runner_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"roadloop/scenarios"
	"roadloop/scenarios/metrics/leaderboard"
	"roadloop/scenarios/runner"
	"roadloop/trace"
)

// withScore returns a document of cases with one score each, with the value completion
// times penalty.
func withScore(version string, parts ...[2]float64) *runner.Results {
	r := runner.NewResults()
	for _, p := range parts {
		r.Append(runner.Result{Passed: true, Scores: map[string]runner.Score{leaderboard.CARLA20: {
			Version: version, Value: 100 * p[0] * p[1], Terms: map[string]float64{"route_completion": p[0], "penalty": p[1]},
		}}})
	}
	return r
}

// CARLA averages driving score, completion and penalty separately: the mean of the
// product is not the product of the means.
func TestMeansOfScores(t *testing.T) {
	got := withScore("v", [2]float64{1, 0.5}, [2]float64{0.5, 1}).Means()
	want := []runner.ScoreMean{{Name: leaderboard.CARLA20, Version: "v", Cases: 2, Mean: 50, Terms: map[string]float64{"route_completion": 0.75, "penalty": 0.75}}}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	got = withScore("v", [2]float64{1, 1}, [2]float64{0, 1}, [2]float64{1, 1}).Means()
	if m, s := 200./3, 100/math.Sqrt(3); math.Abs(got[0].Mean-m) > 1e-12 || math.Abs(got[0].Std-s) > 1e-12 {
		t.Errorf("mean %g and deviation %g, want %g and %g", got[0].Mean, got[0].Std, m, s)
	}
}

func TestMeansKeepVersionsApart(t *testing.T) {
	r := withScore("2", [2]float64{1, 1})
	for _, c := range withScore("1", [2]float64{0, 1}, [2]float64{1, 1}).Cases {
		r.Append(c)
	}
	got := r.Means()
	if len(got) != 2 || got[0].Version != "1" || got[0].Cases != 2 || got[0].Mean != 50 || got[1].Mean != 100 {
		t.Errorf("means of two versions: %+v", got)
	}
}

// The results contain the scores, with an expert and without.
func TestResultsContainScores(t *testing.T) {
	s, err := scenarios.Find("cut-in")
	if err != nil {
		t.Fatal(err)
	}
	c, err := s.Case(1)
	if err != nil {
		t.Fatal(err)
	}
	scored := func(e runner.Expert) *runner.Results {
		o := runner.Options{DriverID: trace.DriverID{Name: runner.Stack, Perception: runner.Oracle}, Expert: e,
			NewFactory: runner.NewOracleFactory}
		r := runner.NewResults()
		err := runner.Run(t.Context(), []*scenarios.Case{c}, o, func(out *runner.Outcome) error {
			r.Append(runner.NewResult(out, &o))
			return out.Err
		})
		if err != nil {
			t.Fatal(err)
		}
		validateResults(t, r)
		return r
	}
	alone, itself, expert := scored(runner.NoExpert), scored(runner.DriverIsExpert), scored(runner.GroundTruth)
	if len(itself.Cases[0].Scores) != 7 {
		t.Errorf("%d scores: %+v", len(itself.Cases[0].Scores), itself.Cases[0].Scores)
	}
	if d := cmp.Diff(itself.Cases[0].Scores, expert.Cases[0].Scores); d != "" {
		t.Errorf("the expert differs from the driver itself: %s", d)
	}
	if m := alone.Cases[0].Scores[leaderboard.NuPlan].Missing; m["progress"] == "" {
		t.Errorf("nothing is missing without an expert: %v", m)
	}
	data, err := json.Marshal(itself)
	if err != nil {
		t.Fatal(err)
	}
	if text := string(data); !strings.Contains(text, `"mean":`) || strings.Contains(text, "longitudinal jerk") {
		t.Errorf("the document lacks the means, or contains signals: %s", text)
	}
}

// With ground truth, every road user in sight is tracked at its position, except for the
// motion since the last decision.
func TestResultsContainPerception(t *testing.T) {
	s, err := scenarios.Find("zebra")
	if err != nil {
		t.Fatal(err)
	}
	c, err := s.Case(1)
	if err != nil {
		t.Fatal(err)
	}
	o := runner.Options{NewFactory: runner.NewOracleFactory}
	r := runner.NewResults()
	err = runner.Run(t.Context(), []*scenarios.Case{c}, o, func(out *runner.Outcome) error {
		r.Append(runner.NewResult(out, &o))
		return out.Err
	})
	if err != nil {
		t.Fatal(err)
	}
	validateResults(t, r)
	got := r.Cases[0].PerceptionMetrics
	if got == nil || len(got.Recall) == 0 || got.Tracking == nil {
		t.Fatalf("seen: %+v", got)
	}
	for _, x := range got.Recall {
		if x.Found != x.InSight {
			t.Errorf("found %d of %d %ss from %g to %g m", x.Found, x.InSight, x.Class, x.Near, x.Far)
		}
	}
	if *got.PositionError > 0.01 || got.Tracking.HOTA < 0.999 || got.Ghosts > 0 {
		t.Errorf("position error %g m, %d ghosts, %+v", *got.PositionError, got.Ghosts, *got.Tracking)
	}
}
