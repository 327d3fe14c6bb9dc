package timeline_test

import (
	"strings"
	"testing"

	"roadloop/scenarios/drivetest"
	"roadloop/scenarios/runner"
	"roadloop/scenarios/timeline"
	"roadloop/sim/vehicle"
	"roadloop/trace"
)

// A drive with overrides is re-simulated; a drive with a change of the world is
// rejected.
func TestOverridesAreResimulated(t *testing.T) {
	p := drivetest.Plan(t, "cut-in/1")
	ride, err := runner.NewCaseRun(p, drivetest.Driver(nil))
	if err != nil {
		t.Fatal(err)
	}
	for i := range 60 {
		var override *vehicle.Command
		if i >= 20 && i < 40 {
			override = &vehicle.Command{Accel: -3}
		}
		if _, err := ride.StepOverride(t.Context(), override); err != nil {
			t.Fatal(err)
		}
	}
	recorded := ride.Session.Trace().Clone()
	recorded.Header = p.Header()
	r := beginResim(t, recorded)
	for i := range 60 {
		if _, err := r.Next(); err != nil {
			t.Fatalf("decision %d: %v", i, err)
		}
	}
	recorded.Header.Changes = []trace.Change{{Record: 3, Kind: "weather"}}
	if _, err := timeline.NewCommandLog(recorded); err == nil || !strings.Contains(err.Error(), "weather was changed during the drive") {
		t.Errorf("a drive with a weather change: %v", err)
	}
}
