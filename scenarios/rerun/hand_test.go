package rerun_test

import (
	"strings"
	"testing"

	"roadloop"
	"roadloop/scenarios"
	"roadloop/scenarios/drivetest"
	"roadloop/scenarios/rerun"
	"roadloop/sim/vehicle"
)

// A drive in which hands took the wheel happens again as they drove it; one whose world
// was changed on the way is refused.
func TestHandsHappenAgain(t *testing.T) {
	p := drivetest.Plan(t, "cut-in/1")
	ride, err := scenarios.NewRide(p, drivetest.Driver(t, p, nil))
	if err != nil {
		t.Fatal(err)
	}
	for i := range 60 {
		var hands *vehicle.Command
		if i >= 20 && i < 40 {
			hands = &vehicle.Command{Accel: -3}
		}
		if _, err := ride.StepBy(t.Context(), hands); err != nil {
			t.Fatal(err)
		}
	}
	trace := ride.Session.Trace().Fork()
	trace.Header = p.Header()
	r := begin(t, trace)
	for i := range 60 {
		if _, err := r.Next(); err != nil {
			t.Fatalf("decision %d: %v", i, err)
		}
	}
	trace.Header.Changes = []roadloop.TracedChange{{Record: 3, Kind: "weather"}}
	if _, err := rerun.NewReel(trace); err == nil || !strings.Contains(err.Error(), "weather was changed on the way") {
		t.Errorf("a drive whose weather was changed: %v", err)
	}
}
