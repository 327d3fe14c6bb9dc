package sim_test

import (
	"testing"

	"roadloop/sim"
	"roadloop/sim/road"
	"roadloop/sim/vehicle"
)

// A stop in a junction is reported once, after one second. A stop before it is not
// reported.
func TestStranded(t *testing.T) {
	m, err := road.Generate(road.Params{Kind: road.KindFourWay, Length: 100})
	if err != nil {
		t.Fatal(err)
	}
	end := m.Lanes[0].Center.Length()
	for _, c := range []struct {
		s      float64
		events int
	}{{end - 2, 1}, {end - 8, 0}} {
		w := mustNew(t, &sim.Spec{Map: m, Ego: atRest(0, c.s)})
		got := only(run(w, 3, vehicle.Command{Accel: -1}), sim.Stranded)
		if len(got) != c.events || c.events == 1 && got[0].Time.Seconds() != 1 {
			t.Errorf("front %.1f m before the junction: %+v", end-c.s-4, got)
		}
	}
}
