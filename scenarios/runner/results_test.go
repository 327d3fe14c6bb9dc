package runner_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"roadloop/scenarios"
	"roadloop/scenarios/drivetest"
	"roadloop/scenarios/metrics/leaderboard"
	"roadloop/scenarios/runner"
	"roadloop/scenarios/timeline"
	"roadloop/sim/clock"
	"roadloop/trace"
)

// driveAll returns the results of cases.
func driveAll(t *testing.T, cases []*scenarios.Case, o runner.Options) *runner.Results {
	t.Helper()
	r := runner.NewResults()
	err := runner.Run(context.Background(), cases, o, func(out *runner.Outcome) error { r.Append(runner.NewResult(out, &o)); return nil })
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func encode(t testing.TB, r *runner.Results) []byte {
	t.Helper()
	data, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// varied is a scenario with 75 grid cases.
const varied = `version: 1
name: test
map: {kind: straight}
ego: {lane: 0, s: 20 m, speed: 36 km/h}
actors:
  - {id: lead, kind: car, lane: 0, s: 60 m, speed: 10 m/s}
vary:
  lead.speed: {from: 8 m/s, to: 12 m/s, steps: 5}
  lead.s: {from: 50 m, to: 90 m, steps: 5}
  weather.rain: {any: [0, 0.3, 0.6]}
until: {time: 5 s}
`

// Writing and reading a document gives the same bytes.
func TestResultsRoundTrip(t *testing.T) {
	s := drivetest.Parse(t, varied)
	cases := []*scenarios.Case{drivetest.Case(t, s, "7"), drivetest.Case(t, s, "g003"), drivetest.Case(t, s, "g050")}
	r := driveAll(t, cases, pedals(.5, 1))
	r.Suite = &runner.SuiteID{Name: "seeds", Cases: 3, SHA256: strings.Repeat("ab", 32), Scenarios: map[string]string{"test": "cd"}}
	r.Setup, r.Shard = &runner.RunConfig{DriverID: trace.DriverID{Name: "pedal", Perception: "none"}, TimeoutSeconds: 3}, "1/2"
	validateResults(t, r)
	data := encode(t, r)
	again, err := runner.ParseResults("r.json", data)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(data), string(encode(t, again))); d != "" {
		t.Error(d)
	}
	if got := r.Cases[1]; got.Case != "test/g003" || got.Label() != "g003" || got.File != "test.yaml" {
		t.Errorf("case %+v", got)
	}
}

func TestInvalidResults(t *testing.T) {
	good := string(encode(t, driveAll(t, seeds(t, 2), pedals(0, 1))))
	for _, c := range []struct{ name, old, new, want string }{
		{"empty", good, "", "r.json:1: "},
		{"truncated", good[len(good)/2:], "", "r.json:"},
		{"another schema", "roadloop.results/1", "roadloop.results/2", `r.json: results of another schema: "roadloop.results/2", this program reads roadloop.results/1`},
		{"no schema", `"schema"`, `"scheme"`, "results of another schema"},
		{"type", `"seed": 0`, `"seed": "first"`, "r.json:"},
		{"list", good, "[]", "r.json:1: "},
		{"twice", `"test/1"`, `"test/0"`, "cases[1].case: duplicate case test/0"},
		{"no scenario", `"scenario": "test"`, `"scenery": "test"`, "cases[0].scenario: is missing"},
		{"count", `"passed": 2`, `"passed": 3`, "counts are 3 passed, 0 failed and 0 invalid, but the cases are 2, 0 and 0"},
		{"time", `"sim_seconds": `, `"sim_seconds": -`, "s of simulation"},
		{"wall time", `"wall_seconds": `, `"wall_seconds": -`, "s of wall time, want times ≥ 0"},
		{"contradiction", `"passed": true`, `"passed": true, "invalid": true`, "cases[0]: test/0 has passed and is invalid"},
	} {
		text := strings.Replace(good, c.old, c.new, 1)
		if text == good {
			t.Fatalf("%s: %q is not in the document", c.name, c.old)
		}
		if _, err := runner.ParseResults("r.json", []byte(text)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", c.name, err, c.want)
		}
	}
	if _, err := runner.ParseResults("r.json", []byte(`{"schema": "x"}`)); !errors.Is(err, runner.ErrResultsSchema) {
		t.Errorf("error %v is not ErrResultsSchema", err)
	}
	if _, err := runner.ReadResults(filepath.Join(t.TempDir(), "none.json")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error %v for a missing file", err)
	}
}

// Documents from before case names are read as results of sampled cases.
func TestOldResultsAreRead(t *testing.T) {
	r, err := runner.ParseResults("old.json", []byte(`{"schema": "roadloop.results/1", "passed": 0, "failed": 1, "invalid": 1, "cases": [
		{"scenario": "cut-in", "seed": 7, "passed": false, "preventable": false, "trace_sha256": "00", "scores": {}},
		{"scenario": "zebra", "seed": 2, "passed": false, "preventable": true, "scores": {}}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if r.Cases[0].Case != "cut-in/7" || r.Unpreventable != 1 || !r.Cases[1].Invalid {
		t.Errorf("%+v", r)
	}
}

// A failed case has its time of failure and the command that drives it alone.
func TestFailureHasCommand(t *testing.T) {
	o := pedals(0, 1)
	o.Repeat.Flags = "--perception oracle"
	failing := strings.Replace(emptyRoad, "expect: {}", "expect: {progress: 60 m}", 1)
	r := driveAll(t, []*scenarios.Case{drivetest.Case(t, drivetest.Parse(t, failing), "1")}, o)
	c := r.Cases[0]
	if c.FailedAt == nil || *c.FailedAt != 5 || c.Command != "roadloop run test.yaml/1 --perception oracle" {
		t.Errorf("%+v", c)
	}
	if !c.Failing() {
		t.Error("a preventable failure does not count as failing")
	}
	r = driveAll(t, []*scenarios.Case{drivetest.Case(t, drivetest.Parse(t, "preventable: false\n"+failing), "1")}, o)
	if c := r.Cases[0]; c.Failing() || r.Failed != 1 || r.Unpreventable != 1 {
		t.Errorf("an unpreventable failure: %+v", r)
	}
}

func TestTimeoutIsSimulatedTime(t *testing.T) {
	o := pedals(0, 1)
	o.Timeout = clock.FromSeconds(2)
	r := driveAll(t, []*scenarios.Case{drivetest.Case(t, drivetest.Parse(t, emptyRoad), "1")}, o)
	if c := r.Cases[0]; c.Passed || c.Code != runner.CodeTimeout || c.Reason != "was not over after 2.00 s, the limit of simulated time" || c.SimSeconds != 2 {
		t.Errorf("%+v", c)
	}
	if got := r.Cases[0].Scores[leaderboard.CARLA20].Terms["scenario_timeout"]; got != 0.7 {
		t.Errorf("CARLA's factor for it is %g, want 0.7", got)
	}
	o.Timeout = clock.FromSeconds(5)
	if r := driveAll(t, []*scenarios.Case{drivetest.Case(t, drivetest.Parse(t, emptyRoad), "1")}, o); r.Passed != 1 {
		t.Errorf("a case that ends at its limit: %+v", r.Cases[0])
	}
}

func TestQuote(t *testing.T) {
	for word, want := range map[string]string{
		"cut-in/g012": "cut-in/g012", "my file.yaml/7": "'my file.yaml/7'", "": "''", "it's/7": `'it'\''s/7'`, "$HOME/7": "'$HOME/7'",
	} {
		if got := runner.ShellQuote(word); got != want {
			t.Errorf("%s: %s, want %s", word, got, want)
		}
	}
}

func FuzzParseResults(f *testing.F) {
	f.Add([]byte(`{"schema": "roadloop.results/1", "passed": 1, "failed": 0, "invalid": 0, "cases": [{"scenario": "a", "seed": 1, "passed": true, "scores": {}}]}`))
	f.Add([]byte(`{"schema": "roadloop.results/1", "cases": [{"case": "a/g001", "scenario": "a"}]}`))
	f.Add([]byte(`{"schema": "roadloop.results/2"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := runner.ParseResults("fuzz.json", data)
		if err != nil {
			return
		}
		text := encode(t, r)
		again, err := runner.ParseResults("fuzz.json", text)
		if err != nil {
			t.Fatalf("read, but not what was written of it: %v", err)
		}
		if d := cmp.Diff(string(text), string(encode(t, again))); d != "" {
			t.Error(d)
		}
	})
}

// validateResults checks the results, as printed, against the schema of results.
func validateResults(t *testing.T, r *runner.Results) {
	t.Helper()
	data, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	if err := drivetest.ValidateYAML(t, drivetest.Schema(t, scenarios.ResultsJSONSchema), data); err != nil {
		t.Errorf("%v in %s", err, data)
	}
}

// A trace names its grid case, and Verify drives that case again.
func TestTraceOfAGridCaseVerifies(t *testing.T) {
	c := drivetest.Case(t, drivetest.Parse(t, varied), "g031")
	o := runner.Options{DriverID: trace.DriverID{Name: "stack", Perception: "oracle"}, NewFactory: runner.NewOracleFactory}
	var trace *trace.Trace
	err := runner.Run(context.Background(), []*scenarios.Case{c}, o, func(out *runner.Outcome) error { trace = out.Trace; return out.Err })
	if err != nil || trace.Header.Case != "g031" {
		t.Fatalf("header %+v, %v", trace.Header.Case, err)
	}
	if d, differ, err := timeline.Verify(context.Background(), trace, always(o.NewFactory)); err != nil || differ {
		t.Errorf("driven again: %v, %v, %v", d, differ, err)
	}
	trace.Header.Case = "g000"
	if _, differ, err := timeline.Verify(context.Background(), trace, always(o.NewFactory)); err != nil || !differ {
		t.Errorf("another case of the grid does not differ: %v", err)
	}
}
