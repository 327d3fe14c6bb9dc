package runner_test

import (
	"fmt"
	"testing"

	"roadloop/planning/refdriver"
	"roadloop/scenarios"
	"roadloop/scenarios/drivetest"
	"roadloop/scenarios/runner"
	"roadloop/trace"
)

// cutIn is a case of the UN R157 cut-ins as a scenario. The ego's front bumper is 3.7 m
// ahead of its position, the cutter's rear bumper 2.3 m behind its position. In the grid,
// the sides meet after 1.6 m of lateral motion at constant speed. Here they meet at 0.472
// of the duration of the lane change.
func cutIn(c refdriver.R157Case) string {
	return fmt.Sprintf(`version: 1
name: cut-in of a grid
map: {kind: straight, lanes: 2, one_way: true, length: 600 m, speed_limit: 60 km/h}
ego: {lane: 0, s: 20 m, speed: %g km/h}
actors:
  - {id: cutter, kind: car, lane: 1, s: %g m, speed: %g km/h,
     do: [{when: {time: ">= 0 s"}, change_lane: {to: right, over: %g s}}]}
until: {time: 7 s}
`, c.Ego, 20+3.7+2.3+c.Gap, c.Other, 1.6/c.Lateral/0.472)
}

// On a real road, with brake lag and a smooth lane change, the human model crashes in the
// same cases as in the grid, except for cases at the boundary. FSM is not compared: it
// predicts a cut-in with constant lateral speed from the first moment.
func TestHumanModelCrashesAsInGrid(t *testing.T) {
	human := refdriver.NewHuman()
	o := runner.Options{DriverID: trace.DriverID{Name: human.Name(), Perception: runner.Oracle}, NewFactory: func() (runner.DriverFactory, error) {
		return runner.NewReferenceFactory(human, nil), nil
	}}
	astray := 0
	var ends [2]int // without and with a crash in the grid
	for _, lateral := range []float64{0.8, 1.4} {
		for ahead := 1.0; ahead < 36; ahead += 5 { // gap when the sides meet, m
			c := refdriver.R157Case{Ego: 60, Other: 20, Gap: ahead + (60-20)/3.6*1.6/lateral, Lateral: lateral}
			passed := driveAll(t, []*scenarios.Case{drivetest.Case(t, drivetest.Parse(t, cutIn(c)), "1")}, o).Cases[0].Passed
			crash := c.CutIn(human).Crash
			if passed == crash {
				astray++
				t.Logf("%+v: crashes %v, in the grid %v", c, !passed, crash)
			}
			if crash {
				ends[1]++
			} else {
				ends[0]++
			}
		}
	}
	if astray > 1 || ends[0] < 5 || ends[1] < 5 {
		t.Errorf("%d cases end otherwise than in the grid, of which %d crash there and %d do not", astray, ends[1], ends[0])
	}
}
