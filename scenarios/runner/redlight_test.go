package runner_test

import (
	"context"
	"strings"
	"testing"

	"roadloop/scenarios"
	"roadloop/scenarios/drivetest"
	"roadloop/scenarios/metrics/leaderboard"
	"roadloop/scenarios/runner"
)

// In beyondTheLine the ego starts with its front 2 m beyond the stop line, on the zebra
// crossing. A pedestrian stands at the curb and walks away at 11 s. The signal starts
// green and is amber at 6 s, red at 9 s and green again at 17 s.
const beyondTheLine = `version: 1
name: beyond the line
map: {kind: four-way, control: signals, crosswalks: true, urban: true, length: 120 m, speed_limit: 40 km/h}
ego: {lane: 0, s: 113 m, speed: 0, route: [straight]}
signal: {start: COLOR, green: 6 s, amber: 3 s, red: 8 s}
actors: [{id: walker, kind: pedestrian, lane: 0, s: 117.3 m, d: -3 m, speed: 5 km/h, path: [{d: -3 m}, {d: -9 m}], do: [{when: {time: ">= 11 s"}, go: {}}]}]
until: {time: 26 s}
expect: {LIGHT}
`

// After a standstill beyond the line, entering the junction on red fails. CARLA and
// NAVSIM count it as well. The stack waits for green.
func TestStartBeyondStopLineOnRed(t *testing.T) {
	begins := func(color, expect string) string {
		return strings.NewReplacer("COLOR", color, "LIGHT", expect).Replace(beyondTheLine)
	}
	setsOff := driveOne(t, begins("red", ""), 1)
	if v := setsOff.Verdict; v.First().Code != runner.CodeJunctionOnRed || !strings.Contains(v.Reason, "entered the junction on red at ") || !strings.Contains(v.Reason, "beyond the stop line") {
		t.Errorf("sets off on red: %+v", v)
	}
	// CARLA looks at the rear, which is over the line later than the verdict fails.
	setsOff = driveOne(t, begins("red", "red_light: allowed, off_road: allowed"), 1)
	if red := term(t, setsOff, leaderboard.CARLA20, "red_light"); red >= 1 {
		t.Errorf("CARLA forgives an ego that sets off on red: %g", red)
	}
	var waits *runner.Outcome
	c := drivetest.Case(t, drivetest.Parse(t, begins("green", "progress: 10 m")), "1")
	err := runner.Run(context.Background(), []*scenarios.Case{c}, runner.Options{NewFactory: runner.NewOracleFactory}, func(out *runner.Outcome) error {
		waits = out
		return out.Err
	})
	if err != nil {
		t.Fatal(err)
	}
	if !waits.Verdict.Passed {
		t.Errorf("the stack: %+v", waits.Verdict)
	}
	if red := term(t, waits, leaderboard.CARLA20, "red_light"); red != 1 {
		t.Errorf("CARLA counts a red light of an ego that waited: %g", red)
	}
	for _, out := range []*runner.Outcome{setsOff, waits} { // both are over the line on red
		if red := term(t, out, leaderboard.EPDMS, "traffic_lights"); red != 0 {
			t.Errorf("NAVSIM has %g for an ego that is over the line on red", red)
		}
	}
}

// term returns a term of a score of an outcome.
func term(t *testing.T, out *runner.Outcome, name, part string) float64 {
	t.Helper()
	for _, s := range out.Scores {
		if s.Name == name {
			x, _ := s.Term(part)
			return x.Value
		}
	}
	t.Fatalf("no score %s", name)
	return 0
}
