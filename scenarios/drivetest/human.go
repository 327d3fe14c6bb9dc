package drivetest

import (
	"testing"

	"roadloop/scenarios/runner"
	"roadloop/scenarios/timeline"
	"roadloop/sim/vehicle"
	"roadloop/trace"
)

// DriveWithHumanBraking drives a plan with the oracle. A human brakes with decel, m/s², in the decisions
// [from, to).
func DriveWithHumanBraking(t testing.TB, p *runner.Spec, from, to int, decel float64) *timeline.Timeline {
	t.Helper()
	drive, err := timeline.New(p, Driver(nil))
	if err != nil {
		t.Fatal(err)
	}
	drive.SetDriverID(trace.DriverID{Name: runner.Stack, Perception: runner.Oracle})
	for more := true; more; {
		var override *vehicle.Command
		if n := drive.Len(); n >= from && n < to {
			override = &vehicle.Command{Accel: -decel}
		}
		if more, err = drive.Step(t.Context(), override); err != nil {
			t.Fatal(err)
		}
	}
	return drive
}
