package scenarios_test

import (
	"context"
	"testing"

	"roadloop/scenarios"
)

// Results say how many road users the traffic asks for and how many were placed.
func TestResultsCountTraffic(t *testing.T) {
	for _, c := range []struct {
		traffic string
		full    bool
	}{{"{cars: 3, pedestrians: 2}", true}, {"{cars: 200, trucks: 200}", false}} {
		s := parse(t, `version: 1
name: dense
map: {kind: straight, lanes: 3, one_way: true, length: 600 m, speed_limit: 100 km/h}
ego: {lane: 1, s: 300 m, speed: 30 km/h}
traffic: `+c.traffic+`
until: {time: 1 s}
`)
		o := scenarios.Options{Driver: "stack", Perception: "oracle", Crew: scenarios.OracleCrew}
		err := scenarios.Run(context.Background(), []*scenarios.Case{sample(t, s, 1)}, o, func(out *scenarios.Outcome) error {
			r := scenarios.NewResult(out, &o)
			if n := r.Traffic; n == nil || (n.Placed == n.Asked) != c.full || n.Placed != len(out.Plan.Names)-1 {
				t.Errorf("traffic %s: %+v, with %d actors", c.traffic, n, len(out.Plan.Names)-1)
			}
			return out.Err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
