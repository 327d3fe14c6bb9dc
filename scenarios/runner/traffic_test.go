package runner_test

import (
	"context"
	"strings"
	"testing"

	"roadloop/scenarios"
	"roadloop/scenarios/drivetest"
	"roadloop/scenarios/runner"
	"roadloop/sim/vehicle"
	"roadloop/trace"
)

// The results contain the numbers of requested and placed road users.
func TestResultsCountTraffic(t *testing.T) {
	for _, c := range []struct {
		traffic string
		full    bool
	}{{"{cars: 3, pedestrians: 2}", true}, {"{cars: 200, trucks: 200}", false}} {
		s := drivetest.Parse(t, `version: 1
name: dense
map: {kind: straight, lanes: 3, one_way: true, length: 600 m, speed_limit: 100 km/h}
ego: {lane: 1, s: 300 m, speed: 30 km/h}
traffic: `+c.traffic+`
until: {time: 1 s}
`)
		o := runner.Options{DriverID: trace.DriverID{Name: "stack", Perception: "oracle"}, NewFactory: runner.NewOracleFactory}
		err := runner.Run(context.Background(), []*scenarios.Case{drivetest.Case(t, s, "1")}, o, func(out *runner.Outcome) error {
			r := runner.NewResult(out, &o)
			if n := r.Traffic; n == nil || (n.Placed == n.Asked) != c.full || n.Placed != len(out.Spec.Names)-1 {
				t.Errorf("traffic %s: %+v, with %d actors", c.traffic, n, len(out.Spec.Names)-1)
			}
			return out.Err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// behind is a scenario with an actor behind a wreck, on a road with two lanes.
const behind = `version: 1
name: behind a wreck
map: {kind: straight, lanes: 2, one_way: true, length: 1500 m, speed_limit: 50 km/h}
ego: {lane: 1, s: 900 m, speed: 50 km/h}
actors:
  - {id: wreck, kind: car, lane: 0, s: 300 m}
  - {id: car, kind: car, lane: 0, s: 100 m, speed: 50 km/h, behavior: drive`

// An actor with behavior drive changes lanes like traffic, unless keep_lane or a script
// prevents it.
func TestDriveBehaviorChangesLanes(t *testing.T) {
	for rest, passes := range map[string]bool{
		"}":                   true,
		", keep_lane: true}":  false,
		", keep_lane: false}": true,
		`, do: [{when: {time: ">= 3 s"}, speed: {to: 40 km/h}}]}`:   false,
		`, do: [{when: {s: ">= 200 m"}, change_lane: {to: left}}]}`: true,
		`, do: [{when: {time: ">= 15 s"}, release: {}}]}`:           true,
	} {
		w := world(t, plan(t, behind+rest+"\nuntil: {time: 40 s}\n"))
		for range 4500 {
			w.Step(vehicle.Command{})
		}
		if x := w.Actors()[1].State.Pose.X; (x > 320) != passes {
			t.Errorf("%q: at x = %.1f m after 45 s, passes the wreck at 300 m: want %v", rest, x, passes)
		}
	}
}

func TestKeepLaneNeedsDriveBehavior(t *testing.T) {
	_, err := drivetest.ParseAndCheck("test.yaml", []byte(`version: 1
name: test
map: {kind: straight}
ego: {lane: 0, s: 20 m, speed: 10 m/s}
actors:
  - {id: lead, kind: car, lane: 0, s: 60 m, speed: 10 m/s, keep_lane: true}
until: {time: 5 s}
`))
	if err == nil || !strings.Contains(err.Error(), "keep_lane") {
		t.Errorf("keep_lane of a follower: error %v", err)
	}
}
