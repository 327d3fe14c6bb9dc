package runner_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"roadloop/planning/refdriver"
	"roadloop/scenarios"
	"roadloop/scenarios/drivetest"
	"roadloop/scenarios/faults"
	"roadloop/scenarios/runner"
	"roadloop/trace"
)

// closeCutIn is a cut-in in front of an ego at 90 km/h by a car at 50 km/h, from 0.5 s to
// 2.5 s. The ego's front bumper is about 3.7 m ahead of its position on the lane, so the
// initial gap is the cutter's s minus 55 m.
const closeCutIn = `version: 1
name: close cut-in
map: {kind: straight, lanes: 3, one_way: true, length: 600 m, speed_limit: 100 km/h}
ego: {lane: 1, s: 50 m, speed: 90 km/h}
actors:
  - {id: cutter, kind: car, lane: 2, s: 70 m, speed: 50 km/h,
     do: [{when: {time: ">= 0.5 s"}, change_lane: {to: right, over: 2 s}}]}
until: {time: 6 s}
`

func label(t *testing.T, text string) runner.Preventability {
	t.Helper()
	l, err := runner.Preventable(t.Context(), drivetest.Case(t, drivetest.Parse(t, text), "1"))
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// The cutter is in the ego's lane about 1.5 s after the start, when the closing speed of
// 11.1 m/s has used up 15 m of the gap. From 70 m, no distance is left for braking. From
// 130 m, the ego has 60 m; it needs 8 m for braking from 11.1 m/s at 7.6 m/s² and 8 m for
// the reaction.
func TestPreventable(t *testing.T) {
	near := label(t, closeCutIn)
	if near.Preventable || near.By != "" || !strings.Contains(near.Why, "cc hits cutter at 1.") || !strings.Contains(near.Why, "fsm hits cutter at 1.") {
		t.Errorf("from close by: %+v", near)
	}
	if far := label(t, strings.Replace(closeCutIn, "s: 70 m", "s: 130 m", 1)); !far.Preventable || far.By != "cc" {
		t.Errorf("from afar: %+v", far)
	}
}

// The drivers can brake for a visible child that runs onto the road. If the child comes
// from behind a row of vans, only the stack with ground truth passes, because it knows
// about the child.
func TestReferenceDriversRespectOcclusion(t *testing.T) {
	const child = `version: 1
name: child
map: {kind: straight, length: 300 m, speed_limit: 50 km/h}
ego: {lane: 0, s: 20 m, speed: 50 km/h}
until: {time: 8 s}
actors:
  - {id: child, kind: child, lane: 0, s: 76 m, d: -9 m, speed: 4 m/s, path: [{s: 76 m, d: -9 m}, {s: 76 m, d: 8 m}],
     do: [{when: {ego_distance: "< 30 m"}, go: {}}]}
`
	vans := child
	for i, s := range []int{44, 51, 58, 65, 72} {
		vans += fmt.Sprintf("  - {id: van %d, kind: van, lane: 0, s: %d m, d: -3.2 m}\n", i, s)
	}
	if l := label(t, child); !l.Preventable || l.By == runner.ByGroundTruth {
		t.Errorf("in the open: %+v", l)
	}
	if l := label(t, vans); l.By != runner.ByGroundTruth {
		t.Errorf("from behind the vans: %+v", l)
	}
}

func TestScenarioOverridesReferenceDrivers(t *testing.T) {
	for _, c := range []struct {
		field string
		want  runner.Preventability
	}{
		{"preventable: true\n", runner.Preventability{Preventable: true, By: "scenario", Why: "the scenario says so"}},
		{"preventable: {is: true, because: the lane beside is free}\n",
			runner.Preventability{Preventable: true, By: "scenario", Why: "the lane beside is free"}},
		{"preventable: {is: false, because: even a champion crashes}\n", runner.Preventability{Why: "even a champion crashes"}},
	} {
		if got := label(t, c.field+closeCutIn); got != c.want {
			t.Errorf("%s: %+v, want %+v", c.field, got, c.want)
		}
	}
	for _, field := range []string{"preventable: {is: false}\n", "preventable: {because: so}\n", "preventable: perhaps\n", "preventable: {is: true, because: so, by: me}\n"} {
		if _, err := drivetest.ParseAndCheck("x.yaml", []byte(field+closeCutIn)); err == nil || !strings.Contains(err.Error(), "x.yaml:1") {
			t.Errorf("%s: %v", field, err)
		}
	}
}

func TestResultsMarkUnpreventable(t *testing.T) {
	o := runner.Options{DriverID: trace.DriverID{Name: runner.Stack, Perception: runner.Oracle}, NewFactory: runner.NewOracleFactory}
	r := driveAll(t, []*scenarios.Case{drivetest.Case(t, drivetest.Parse(t, closeCutIn), "1")}, o)
	c := r.Cases[0]
	if c.Passed || c.Preventable || c.PreventableBy != "" || r.Unpreventable != 1 || !strings.Contains(c.Reason, "; unpreventable: cc hits cutter") {
		t.Errorf("%+v", c)
	}
}

func TestLabelingEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := runner.Preventable(ctx, drivetest.Case(t, drivetest.Parse(t, closeCutIn), "1")); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

// The stack with ground truth changes lanes where the reference drivers only brake. In
// both cases of the library, cc, fsm, rss and reg157 fail and the stack passes.
func TestStackWithGroundTruthMakesCasePreventable(t *testing.T) {
	for _, seed := range []uint64{12, 16} {
		s, err := scenarios.Find("cut-in")
		if err != nil {
			t.Fatal(err)
		}
		l, err := runner.Preventable(t.Context(), drivetest.Case(t, s, strconv.FormatUint(seed, 10)))
		if err != nil {
			t.Fatal(err)
		}
		if !l.Preventable || l.By != runner.ByGroundTruth {
			t.Errorf("cut-in/%d: %+v", seed, l)
		}
	}
}

// A fault injected into the driver does not change the label of the case.
func TestFaultDoesNotChangeLabel(t *testing.T) {
	s, err := scenarios.Find("cut-in")
	if err != nil {
		t.Fatal(err)
	}
	fault, err := faults.Match("cars-ignored")
	if err != nil {
		t.Fatal(err)
	}
	o := runner.Options{DriverID: trace.DriverID{Name: runner.Stack, Perception: runner.Oracle}, Expert: runner.DriverIsExpert,
		NewFactory: runner.NewOracleFactory, Prepare: fault[0].Inject}
	c := driveAll(t, []*scenarios.Case{drivetest.Case(t, s, "16")}, o).Cases[0]
	if c.Passed || !c.Preventable || c.PreventableBy != runner.ByGroundTruth {
		t.Errorf("passed %v, preventable %v by %q: %s", c.Passed, c.Preventable, c.PreventableBy, c.Reason)
	}
}

// The drive of a reference driver serves its own label, which equals that of a new drive.
func TestReferenceDriverLabelsItself(t *testing.T) {
	all, err := scenarios.Library()
	if err != nil {
		t.Fatal(err)
	}
	list := []*scenarios.Scenario{drivetest.Parse(t, closeCutIn), drivetest.Parse(t, strings.Replace(closeCutIn, "s: 70 m", "s: 130 m", 1))}
	for i := 0; i < len(all); i += 6 {
		list = append(list, all[i])
	}
	human := refdriver.Models()[0]
	for _, s := range list {
		c := drivetest.Case(t, s, "1")
		want, err := runner.Preventable(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		o := runner.Options{NewFactory: func() (runner.DriverFactory, error) { return runner.NewReferenceFactory(human, nil), nil }}
		err = runner.Run(t.Context(), []*scenarios.Case{c}, o, func(out *runner.Outcome) error {
			if out.Preventability != want {
				t.Errorf("%s: %+v, want %+v", c.ID(), out.Preventability, want)
			}
			return out.Err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
