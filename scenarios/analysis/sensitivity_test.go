package analysis_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"roadloop/scenarios"
	"roadloop/scenarios/analysis"
	"roadloop/scenarios/runner"
)

// grid returns the results of a grid over a pedestrian's coat, the time of day and the
// lane width. A white coat is always seen from 10 m farther away than a black one. At
// dusk the case with the white coat passes and that with the black coat fails.
func grid() *runner.Results {
	r := runner.NewResults()
	for i := range 32 {
		coat, hour, lane := "black", "day", fmt.Sprint(i/4)
		dist, passed := 30.0+float64(i/4), true
		if i&1 == 1 {
			coat, dist = "white", dist+10
		}
		if i&2 == 2 {
			hour, passed = "dusk", coat == "white"
		}
		r.Append(runner.Result{
			Case: fmt.Sprintf("walk/g%03d", i), Scenario: "walk", Seed: 1, Passed: passed, Preventable: true,
			Parameters:        []scenarios.Parameter{{Name: "her.coat", Value: coat}, {Name: "lane.width", Value: lane}, {Name: "weather.time", Value: hour}},
			Measures:          map[string]float64{"impact_speed": 0},
			PerceptionMetrics: &runner.PerceptionResult{Actors: []runner.ActorRecallResult{{Name: "her", InSight: 10, Found: 5 + i%2, Distance: &dist}, {Name: "bus", InSight: 30}}},
		})
	}
	return r
}

func study(t *testing.T) map[string]analysis.Effect {
	t.Helper()
	s, err := analysis.ComputeSensitivity(grid())
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]analysis.Effect{}
	for _, e := range s.Effects {
		out[fmt.Sprintf("%s %s-%s %s", e.Factor, e.From, e.To, e.Name)] = e
	}
	return out
}

func TestEffects(t *testing.T) {
	all := study(t)
	for name, want := range map[string]struct {
		pairs, moved int
		before, now  float64
		p            float64
		finding      analysis.Finding
	}{
		// Analyze sixteen pairs the eight at dusk flip, all in one direction: 2/2⁸.
		"her.coat black-white passed": {16, 8, .5, 1, 2. / 256, analysis.Higher},
		// Analyze the pedestrian alone, not of the bus, which is never tracked.
		"her.coat black-white recall":           {16, 16, .5, .6, 1e-4, analysis.Higher},
		"her.coat black-white first_tracked_at": {16, 16, 33.5, 43.5, 1e-4, analysis.Higher},
		"her.coat black-white impact_speed":     {16, 0, 0, 0, 1, analysis.Same},
		// The time of day belongs to no actor: recall is over all actors, 5.5 of 40.
		"weather.time day-dusk recall": {16, 0, 5.5 / 40, 5.5 / 40, 1, analysis.Same},
		"weather.time day-dusk passed": {16, 8, 1, .5, 2. / 256, analysis.Lower},
		"lane.width 0-7 passed":        {4, 0, .75, .75, 1, analysis.Same},
	} {
		e, ok := all[name]
		if !ok {
			t.Errorf("no effect of %s", name)
			continue
		}
		if e.Pairs != want.pairs || e.Moved != want.moved || math.Abs(e.Before-want.before) > 1e-12 || math.Abs(e.Now-want.now) > 1e-12 {
			t.Errorf("%s: %+v, want %+v", name, e, want)
		}
		if math.Abs(e.P-want.p) > 1e-6 || e.Finding != want.finding {
			t.Errorf("%s: p = %g, %s; want %g, %s", name, e.P, e.Finding, want.p, want.finding)
		}
	}
	if _, ok := all["weather.time day-dusk first_tracked_at"]; ok {
		t.Error("the time of day has a first tracked distance")
	}
}

// Every p-value is corrected for the four samples that can be significant.
func TestCorrection(t *testing.T) {
	s, err := analysis.ComputeSensitivity(grid())
	if err != nil {
		t.Fatal(err)
	}
	if s.Comparisons != 4 {
		t.Fatalf("%d comparisons, want 4", s.Comparisons)
	}
	for _, e := range s.Effects {
		if e.Factor == "weather.time" && e.Name == "passed" && math.Abs(e.Corrected-2*2./256) > 1e-12 {
			t.Errorf("the third smallest of four p-values is %g corrected, want twice 2/256", e.Corrected)
		}
	}
}

func TestNoPairs(t *testing.T) {
	r := grid()
	for i := range r.Cases {
		r.Cases[i].Seed = uint64(i)
	}
	if _, err := analysis.ComputeSensitivity(r); err == nil || !strings.Contains(err.Error(), "no pair among 32 cases differs in exactly one parameter") {
		t.Errorf("cases of different seeds: %v", err)
	}
	s, err := analysis.ComputeSensitivity(grid())
	if err != nil {
		t.Fatal(err)
	}
	if err := s.CheckFactors("her.coat", "her.hat"); err == nil || !strings.Contains(err.Error(), `"her.hat" alone: want one of her.coat, lane.width, weather.time`) {
		t.Errorf("an unknown factor: %v", err)
	}
}
