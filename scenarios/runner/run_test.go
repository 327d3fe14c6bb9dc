package runner_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"roadloop"
	"roadloop/scenarios"
	"roadloop/scenarios/drivetest"
	"roadloop/scenarios/runner"
	"roadloop/scenarios/timeline"
	"roadloop/sim/clock"
	"roadloop/sim/sensor"
	"roadloop/sim/vehicle"
	"roadloop/trace"
)

// pedal drives straight with constant acceleration and ignores its observations.
type pedal float64

func (p pedal) Drive(context.Context, *sensor.Observation) (roadloop.Decision, error) {
	return roadloop.Decision{Command: vehicle.Command{Accel: float64(p)}}, nil
}
func (p pedal) Clone() roadloop.Driver { return p }
func (p pedal) Stack() *roadloop.Stack { return nil }

// pedalCrew creates pedal drivers without sensors.
type pedalCrew struct{ pedal }

func (c pedalCrew) Driver(*roadloop.Case) (d roadloop.Driver, blind bool, err error) {
	return c.pedal, true, nil
}

func (pedalCrew) Close() error { return nil }

func pedals(accel float64, jobs int) runner.Options {
	return runner.Options{Jobs: jobs, DriverID: trace.DriverID{Name: "pedal", Perception: "none"},
		NewFactory: func() (runner.DriverFactory, error) { return pedalCrew{pedal(accel)}, nil }}
}

// driveOne returns the outcome of one case of a scenario.
func driveOne(t *testing.T, text string, accel float64) *runner.Outcome {
	t.Helper()
	var got *runner.Outcome
	err := runner.Run(context.Background(), []*scenarios.Case{drivetest.Case(t, drivetest.Parse(t, text), "1")}, pedals(accel, 1),
		func(out *runner.Outcome) error { got = out; return out.Err })
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// emptyRoad is a straight road with the ego alone.
const emptyRoad = `version: 1
name: alone
map: {kind: straight, length: 300 m}
ego: {lane: 0, s: 20 m, speed: 10 m/s}
until: {time: 5 s}
expect: {}
`

func TestVerdicts(t *testing.T) {
	still := "actors: [{id: wall, kind: car, lane: 0, s: 60 m}]\nuntil:"
	for _, c := range []struct {
		name, old, new string
		accel          float64
		want           string // in the reason; empty for passed
	}{
		{"passes", "", "", 0, ""},
		{"collision", "until:", still, 0, "collision with wall at "},
		{"collision allowed", "until: {time: 5 s}\nexpect: {}", strings.Replace(still, "until:", "until: {time: 5 s}\nexpect: {collision: allowed}", 1), 0, ""},
		{"progress", "expect: {}", "expect: {progress: 60 m}", 0, "came 50 m far, less than 60 m"},
		{"enough progress", "expect: {}", "expect: {progress: 45 m}", 0, ""},
		{"too slow", "expect: {}", "expect: {mean_speed: 50 km/h}", 0, "drove 36 km/h on average, less than 50 km/h"},
		{"too fast", "expect: {}", "expect: {max_speed: 40 km/h}", 2, "more than 40"},
		{"does not stop", "expect: {}", "expect: {stops: true}", 0, "never came to a standstill"},
		{"stops", "expect: {}", "expect: {stops: true}", -4, ""},
		{"gap", "until: {time: 5 s}\nexpect: {}", strings.Replace(still, "until:", "until: {time: 3 s}\nexpect: {min_gap: 20 m}", 1), 0, "closer than 20.00 m"},
		{"ttc", "until: {time: 5 s}\nexpect: {}", strings.Replace(still, "until:", "until: {time: 3 s}\nexpect: {min_ttc: 2 s}", 1), 0, "time to collision fell to "},
		{"off the middle", "speed: 10 m/s}", "speed: 10 m/s, d: 0.5 m}", 0, ""},
		{"too far off the middle", "speed: 10 m/s}\nuntil: {time: 5 s}\nexpect: {}", "speed: 10 m/s, d: 0.5 m}\nuntil: {time: 5 s}\nexpect: {max_lateral_error: 0.4 m}", 0, "was 0.50 m off the middle of the lane at 0.00 s, more than 0.40 m"},
		{"off the road", "kind: straight, length: 300 m}\nego: {lane: 0, s: 20 m, speed: 10 m/s}\nuntil: {time: 5 s}",
			"kind: arc, radius: 40 m, angle: 90 deg, length: 300 m}\nego: {lane: 0, s: 100 m, speed: 10 m/s}\nuntil: {time: 20 s}", 0, "left the road at "},
	} {
		t.Run(c.name, func(t *testing.T) {
			out := driveOne(t, strings.Replace(emptyRoad, c.old, c.new, 1), c.accel)
			v := out.Verdict
			if v.Passed != (c.want == "") || !strings.Contains(v.Reason, c.want) {
				t.Errorf("passed %v, reason %q; want %q", v.Passed, v.Reason, c.want)
			}
			if len(out.Measures.Times) == 0 || out.Trace == nil {
				t.Error("no measures or no trace")
			}
		})
	}
}

// The wall's rear is at 60 m minus half its length; the ego's front starts at 20 m plus
// its overhang. At 10 m/s the boxes touch after about 3.5 s.
func TestCollisionEndsRun(t *testing.T) {
	out := driveOne(t, strings.Replace(emptyRoad, "until:", "actors: [{id: wall, kind: car, lane: 0, s: 60 m}]\nuntil:", 1), 0)
	at := out.Verdict.At.Seconds()
	if at < 3 || at > 4 {
		t.Errorf("collision at %g s, want about 3.5 s", at)
	}
	if last := out.Measures.Times[len(out.Measures.Times)-1]; last-at > .05 {
		t.Errorf("the run went on until %g s", last)
	}
	r := runner.NewResults()
	o := pedals(0, 1)
	r.Append(runner.NewResult(out, &o))
	if r.Failed != 1 || r.Cases[0].Passed || !r.Cases[0].Preventable {
		t.Errorf("results %+v", r)
	}
	validateResults(t, r)
}

func seeds(t *testing.T, n int) []*scenarios.Case {
	t.Helper()
	s := drivetest.Parse(t, varied)
	var cases []*scenarios.Case
	for seed := range uint64(n) {
		cases = append(cases, drivetest.Case(t, s, strconv.FormatUint(seed, 10)))
	}
	return cases
}

// Order, verdicts and traces do not depend on the number of workers.
func TestResultsIndependentOfWorkers(t *testing.T) {
	results := func(jobs int) *runner.Results {
		r, o := runner.NewResults(), pedals(.5, jobs)
		err := runner.Run(context.Background(), seeds(t, 12), o, func(out *runner.Outcome) error { r.Append(runner.NewResult(out, &o)); return nil })
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	one, four := results(1), results(4)
	if d := cmp.Diff(one, four, cmpopts.IgnoreFields(runner.Result{}, "WallSeconds")); d != "" {
		t.Error(d)
	}
	if len(one.Cases) != 12 || one.Cases[11].Seed != 11 {
		t.Errorf("%d cases, the last with seed %d", len(one.Cases), one.Cases[len(one.Cases)-1].Seed)
	}
	validateResults(t, one)
}

func TestInterruptionKeepsFinishedCases(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	n := 0
	err := runner.Run(ctx, seeds(t, 20), pedals(0, 2), func(*runner.Outcome) error {
		if n++; n == 3 {
			cancel()
		}
		return nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want %v", err, context.Canceled)
	}
	if n < 3 || n == 20 {
		t.Errorf("%d of 20 cases were handed over", n)
	}
}

func TestRunStopsWhenItsSinkFails(t *testing.T) {
	full := errors.New("disk full")
	if err := runner.Run(context.Background(), seeds(t, 5), pedals(0, 2), func(*runner.Outcome) error { return full }); !errors.Is(err, full) {
		t.Errorf("error %v, want %v", err, full)
	}
	o := runner.Options{Jobs: 2, NewFactory: func() (runner.DriverFactory, error) { return nil, full }}
	if err := runner.Run(context.Background(), seeds(t, 5), o, func(*runner.Outcome) error { return nil }); !errors.Is(err, full) {
		t.Errorf("error %v of a crew that cannot be made, want %v", err, full)
	}
}

// The stack with ground truth passes the whole library, with the same traces, byte for
// byte, as in the golden file. To change its behavior on purpose, run this test with
// -update; the diff then shows which drives changed.
func TestOraclePassesTheLibrary(t *testing.T) {
	all, err := scenarios.Library()
	if err != nil {
		t.Fatal(err)
	}
	var cases []*scenarios.Case
	for _, s := range all {
		cases = append(cases, drivetest.Case(t, s, "1"))
	}
	o := runner.Options{Jobs: 2, NewFactory: runner.NewOracleFactory}
	var traces strings.Builder
	err = runner.Run(context.Background(), cases, o, func(out *runner.Outcome) error {
		if !out.Verdict.Passed {
			t.Errorf("%s: %s", out.Case.Scenario.Slug(), out.Verdict.Reason)
		}
		if out.Err == nil {
			fmt.Fprintf(&traces, "%s  %s\n", out.Trace.SHA256(), out.Case.ID())
		}
		return out.Err
	})
	if err != nil {
		t.Fatal(err)
	}
	const path = "../testdata/traces.sha256"
	if *update {
		if err := os.WriteFile(path, []byte(traces.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if runtime.GOARCH != "amd64" {
		return // compilers for others round products and sums at once
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(traces.String(), "\n")); d != "" {
		t.Errorf("the drives in %s differ: %s", path, d)
	}
}

var update = flag.Bool("update", false, "rewrite the golden file")

// always returns the same factory for every driver.
func always(crew func() (runner.DriverFactory, error)) timeline.OpenDriver {
	return func(trace.DriverID) (runner.DriverFactory, error) { return crew() }
}

func TestVerify(t *testing.T) {
	c := drivetest.Case(t, drivetest.Parse(t, varied), "4")
	o := runner.Options{DriverID: trace.DriverID{Name: "stack", Perception: "oracle"}, NewFactory: runner.NewOracleFactory}
	var recorded *trace.Trace
	if err := runner.Run(context.Background(), []*scenarios.Case{c}, o, func(out *runner.Outcome) error { recorded = out.Trace; return out.Err }); err != nil {
		t.Fatal(err)
	}
	if d, differ, err := timeline.Verify(context.Background(), recorded, always(o.NewFactory)); err != nil || differ {
		t.Errorf("the same drive: %v, %v, %v", d, differ, err)
	}
	recorded.End[0] ^= 1
	end := recorded.Records[len(recorded.Records)-1].Time + clock.DriverPeriod
	if d, differ, err := timeline.Verify(context.Background(), recorded, always(o.NewFactory)); err != nil || !differ || d.Layer != trace.LayerWorld || d.Time != end {
		t.Errorf("a changed end: %v, %v, %v", d, differ, err)
	}
	recorded.End = trace.Digest{}
	if d, differ, err := timeline.Verify(context.Background(), recorded, always(o.NewFactory)); err != nil || differ {
		t.Errorf("a trace from before there were ends: %v, %v, %v", d, differ, err)
	}
	recorded.Records[9].Layers[trace.LayerPlanning][0] ^= 1
	d, differ, err := timeline.Verify(context.Background(), recorded, always(o.NewFactory))
	if err != nil || !differ || d.Layer != trace.LayerPlanning || d.Time != recorded.Records[9].Time {
		t.Errorf("a changed plan: %v, %v, %v", d, differ, err)
	}
	fsm := func() (runner.DriverFactory, error) { return drivetest.Factory(t, "fsm", nil), nil }
	if d, differ, err = timeline.Verify(context.Background(), recorded, always(fsm)); err != nil || !differ || d.Layer != trace.LayerPlanning {
		t.Errorf("another driver: %v, %v, %v", d, differ, err)
	}
	recorded.Header.Source = "version: 9"
	if _, _, err := timeline.Verify(context.Background(), recorded, always(o.NewFactory)); err == nil {
		t.Error("verified a trace of a broken scenario")
	}
}

// While the first case takes long, only a bounded number of outcomes waits.
func TestPendingOutcomesAreBounded(t *testing.T) {
	const jobs = 2
	var begun, handed, most atomic.Int64
	o := pedals(0, jobs)
	held := make(chan struct{})
	o.Watch = func(p *runner.Spec) func(*roadloop.Step) {
		n := begun.Add(1)
		most.Store(max(most.Load(), n-handed.Load()))
		if p.Case.Seed == 0 {
			return func(*roadloop.Step) {
				<-held // until the other worker has no room left
			}
		}
		return func(m *roadloop.Step) {
			if n == 8 && m.Time == 0 {
				close(held)
			}
		}
	}
	err := runner.Run(context.Background(), seeds(t, 40), o, func(*runner.Outcome) error { handed.Add(1); return nil })
	if err != nil || handed.Load() != 40 {
		t.Fatalf("%d handed over, %v", handed.Load(), err)
	}
	if most.Load() > 4*jobs {
		t.Errorf("%d outcomes at once, want at most %d", most.Load(), 4*jobs)
	}
}
