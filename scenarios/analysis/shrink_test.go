package analysis_test

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"roadloop/scenarios"
	"roadloop/scenarios/analysis"
	"roadloop/scenarios/drivetest"
	"roadloop/scenarios/faults"
	"roadloop/scenarios/runner"
)

// crowded is a case in which only the braking lead matters to a driver that ignores cars.
const crowded = `version: 1
name: crowded
tags: [road:straight]
map: {kind: straight, lanes: 2, length: 500 m, speed_limit: 60 km/h}
ego: {lane: 0, s: 20 m, speed: 50 km/h}
actors:
  - {id: left, kind: van, lane: 1, s: 40 m, speed: 50 km/h}
  - {id: lead, kind: car, lane: 0, s: 60 m, speed: 50 km/h, do: [{when: {time: ">= 2 s"}, brake: {decel: 5 m/s2, to: 0 m/s}}, {when: {since: ">= 9 s"}, speed: {to: 40 km/h}}]}
  - {id: oncoming, kind: truck, lane: 3, s: 10 m, speed: 40 km/h}
weather: {time: night, rain: 0.3}
vary:
  lead.s: {from: 70 m, to: 90 m}
  lead.speed: {from: 40 km/h, to: 45 km/h}
until: {time: 15 s}
expect: {progress: 50 m}
`

// with returns options with the oracle and an injected fault.
func with(t *testing.T, fault string) analysis.ShrinkOptions {
	t.Helper()
	crew, err := runner.NewOracleFactory()
	if err != nil {
		t.Fatal(err)
	}
	o := analysis.ShrinkOptions{Factory: crew}
	if fault != "" {
		found, err := faults.Match(fault)
		if err != nil {
			t.Fatal(err)
		}
		o.Prepare = found[0].Inject
	}
	return o
}

func TestShrinkKeepsWhatFailureNeeds(t *testing.T) {
	r, err := analysis.Shrink(t.Context(), drivetest.Case(t, drivetest.Parse(t, crowded), "7"), with(t, "cars-ignored"))
	if err != nil {
		t.Fatal(err)
	}
	actors, _ := r.Document["actors"].([]any)
	if len(actors) != 1 || actors[0].(map[string]any)["id"] != "lead" {
		t.Fatalf("actors %v", actors)
	}
	for _, gone := range []string{"weather", "expect", "vary"} {
		if _, ok := r.Document[gone]; ok {
			t.Errorf("%s is still there", gone)
		}
	}
	for path, want := range map[string]string{"lead.s": "60 m", "lead.speed": "50 km/h", "map.lanes": "2"} {
		if got, _ := r.Document.Get(path); got != want {
			t.Errorf("%s is %q, want %q", path, got, want)
		}
	}
	if n := len(actors[0].(map[string]any)["do"].([]any)); n != 1 {
		t.Errorf("%d maneuvers of the lead, want only the braking", n)
	}
	if r.Seed != 1 || r.Code != runner.CodeCollision || !strings.HasPrefix(r.Reason, "collision with lead") {
		t.Errorf("seed %d, %q, which was %q", r.Seed, r.Reason, r.Was)
	}
	again, err := analysis.Shrink(t.Context(), drivetest.Case(t, drivetest.Parse(t, crowded), "7"), with(t, "cars-ignored"))
	if err != nil || cmp.Diff(r, again) != "" {
		t.Errorf("a second time: %v, %s", err, cmp.Diff(r, again))
	}
}

// The encoded document can be read and driven, and fails with the reason of the result.
func TestShrunkFileFails(t *testing.T) {
	text := strings.Replace(crowded, "expect: {progress: 50 m}", "expect: {max_speed: 52 km/h, progress: 50 m}", 1)
	o := with(t, "")
	r, err := analysis.Shrink(t.Context(), drivetest.Case(t, drivetest.Parse(t, text), "3"), o)
	if err != nil {
		t.Fatal(err)
	}
	data, err := r.Document.Encode()
	if err != nil {
		t.Fatal(err)
	}
	var v runner.Verdict
	crew := runner.NewOracleFactory
	err = runner.Run(t.Context(), []*scenarios.Case{drivetest.Case(t, drivetest.Parse(t, string(data)), strconv.FormatUint(r.Seed, 10))}, runner.Options{NewFactory: crew}, func(out *runner.Outcome) error {
		v = out.Verdict
		return out.Err
	})
	if err != nil || v.Passed || v.Reason != r.Reason {
		t.Errorf("%v: passed %v, %q, want %q\n%s", err, v.Passed, v.Reason, r.Reason, data)
	}
	if _, ok := r.Document["actors"]; ok {
		t.Errorf("a speeding ego needs no other actors:\n%s", data)
	}
	if got, _ := r.Document.Get("ego.speed"); got != "50 km/h" {
		t.Errorf("the car starts at %q", got)
	}
}

// A driver that is too slow fails with any earlier end: the case keeps the time that it
// needs.
func TestShrinkKeepsNeededTime(t *testing.T) {
	text := strings.Replace(crowded, "progress: 50 m", "progress: 60 m", 1)
	r, err := analysis.Shrink(t.Context(), drivetest.Case(t, drivetest.Parse(t, text), "7"), with(t, "plan-slow"))
	if err != nil {
		t.Fatal(err)
	}
	if until := r.Document["until"].(map[string]any)["time"]; until == "15 s" || until == "0.5 s" || until == "1 s" {
		t.Errorf("%q is left with %v", r.Reason, until)
	}
}

func TestShrinkPassingCase(t *testing.T) {
	if _, err := analysis.Shrink(t.Context(), drivetest.Case(t, drivetest.Parse(t, crowded), "7"), with(t, "")); !errors.Is(err, analysis.ErrPasses) {
		t.Errorf("error %v", err)
	}
}

// An interrupted search returns the smallest case so far.
func TestInterruptedShrinkReturnsSmallest(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	o := with(t, "cars-ignored")
	steps := 0
	o.OnStep = func(_ string, fails bool) {
		if fails {
			steps++
		}
		if steps == 2 {
			cancel()
		}
	}
	r, err := analysis.Shrink(ctx, drivetest.Case(t, drivetest.Parse(t, crowded), "7"), o)
	if !errors.Is(err, context.Canceled) || r == nil || len(r.Done) != 2 {
		t.Fatalf("%+v, error %v", r, err)
	}
	if _, err := r.Document.Encode(); err != nil {
		t.Error(err)
	}
}
