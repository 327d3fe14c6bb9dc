package analysis_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"roadloop"
	"roadloop/scenarios"
	"roadloop/scenarios/analysis"
	"roadloop/scenarios/faults"
	"roadloop/scenarios/runner"
)

// lead is a case in which a car ahead brakes.
const lead = `version: 1
name: lead
map: {kind: straight, length: 400 m, speed_limit: 70 km/h}
ego: {lane: 0, s: 20 m, speed: 70 km/h}
actors:
  - {id: lead, kind: car, lane: 0, s: 65 m, speed: 70 km/h, do: [{when: {time: ">= 2 s"}, brake: {decel: 5 m/s2, to: 0 m/s}}]}
until: {time: 8 s}
`

// bend is a case on a curve.
const bend = `version: 1
name: bend
map: {kind: curve, length: 400 m, radius: 80 m, angle: 60 deg, speed_limit: 50 km/h}
ego: {lane: 0, s: 60 m, speed: 40 km/h}
until: {time: 8 s}
expect: {max_lateral_error: 1 m}
`

// explainCase explains the first case of a scenario text, with the oracle and injected
// faults.
func explainCase(t *testing.T, text string, faults ...string) *analysis.Cause {
	t.Helper()
	s, err := scenarios.Parse("test.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	c, err := s.Case(1)
	if err != nil {
		t.Fatal(err)
	}
	cause, err := analysis.Explain(t.Context(), c, options(t, faults...))
	if err != nil {
		t.Fatal(err)
	}
	return cause
}

// options returns options with the oracle and injected faults.
func options(t *testing.T, names ...string) analysis.ExplainOptions {
	t.Helper()
	crew, err := runner.NewOracleFactory()
	if err != nil {
		t.Fatal(err)
	}
	found, err := faults.Match(names...)
	if err != nil {
		t.Fatal(err)
	}
	return analysis.ExplainOptions{Factory: crew, Prepare: func(s *roadloop.Session) error {
		for i := range found {
			if len(names) > 0 {
				if err := found[i].Inject(s); err != nil {
					return err
				}
			}
		}
		return nil
	}}
}

func TestExplainNamesFaultyLayers(t *testing.T) {
	for _, c := range []struct {
		text   string
		faults []string
		want   []string
	}{
		{lead, []string{"cars-ignored"}, []string{"tracking"}},
		{lead, []string{"plan-fast"}, []string{"planning"}},
		{lead, []string{"brakes-weak"}, []string{"control"}},
		{lead, []string{"cars-ignored", "brakes-weak"}, []string{"tracking", "control"}},
		{bend, []string{"heading-believed-left"}, []string{"tracking"}},
		{bend, []string{"plan-shifted"}, []string{"planning"}},
		{bend, []string{"steering-biased"}, []string{"control"}},
	} {
		cause := explainCase(t, c.text, c.faults...)
		if !slices.Equal(cause.Layers, c.want) {
			t.Errorf("%v: %s\n%+v", c.faults, cause.Sentence, cause.Tried)
		}
		if single := len(c.want) == 1; single != (cause.Layer == c.want[0]) {
			t.Errorf("%v: the layer is %q", c.faults, cause.Layer)
		}
	}
}

// The sentence, the time and all trials of one search: ground truth helps as long as
// there is time to brake.
func TestExplainFindsLatestTime(t *testing.T) {
	cause := explainCase(t, lead, "cars-ignored")
	if cause.Passed || cause.At < 4 || cause.At > 7 || cause.Since < 2 || cause.Since >= cause.At {
		t.Errorf("failed at %g s, truth helps from %g s on", cause.At, cause.Since)
	}
	for i, x := range cause.Tried[:len(cause.Tried)-1] {
		if !x.Passed || i > 0 && x.Since <= cause.Tried[i-1].Since || !slices.Equal(x.Layers, []string{"tracking"}) {
			t.Errorf("trial %d: %+v", i, x)
		}
	}
	if last := cause.Tried[len(cause.Tried)-1]; last.Passed || last.Since <= cause.Since || last.Reason == "" {
		t.Errorf("the last trial: %+v", last)
	}
	for _, part := range []string{"collision with lead", "because of tracking", "with the true scene"} {
		if !strings.Contains(cause.Sentence, part) {
			t.Errorf("%q does not contain %q", cause.Sentence, part)
		}
	}
}

func TestExplainRepeats(t *testing.T) {
	if d := cmp.Diff(explainCase(t, bend, "steering-biased"), explainCase(t, bend, "steering-biased")); d != "" {
		t.Error(d)
	}
}

func TestExplainPassingCase(t *testing.T) {
	if cause := explainCase(t, lead); !cause.Passed || len(cause.Tried) > 0 || !strings.Contains(cause.Sentence, "passes") {
		t.Errorf("%+v", cause)
	}
}

// No driver can drive 900 m in 8 s.
func TestExplainUnpreventableFailure(t *testing.T) {
	cause := explainCase(t, strings.Replace(lead, "until", "expect: {progress: 900 m}\nuntil", 1))
	if cause.Passed || len(cause.Layers) > 0 || cause.Layer != "" || !strings.Contains(cause.Sentence, "fails too") {
		t.Errorf("%+v", cause)
	}
	all := []string{"tracking", "planning", "control"} // prediction is idle before a true plan
	if !slices.ContainsFunc(cause.Tried, func(x analysis.Trial) bool { return slices.Equal(x.Layers, all) }) {
		t.Error("truth in all layers was not tried")
	}
}

func TestExplainStopsWhenContextEnds(t *testing.T) {
	s, err := scenarios.Parse("test.yaml", []byte(lead))
	if err != nil {
		t.Fatal(err)
	}
	c, err := s.Case(1)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	o := options(t, "cars-ignored")
	o.OnTrial = func(analysis.Trial) { cancel() }
	if _, err := analysis.Explain(ctx, c, o); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}
