package drivetest

import (
	"testing"

	"roadloop/scenarios"
	"roadloop/scenarios/tape"
	"roadloop/sim/vehicle"
)

// Braked drives a plan with the oracle. A human brakes with decel, m/s², in the decisions
// [from, to).
func Braked(t testing.TB, p *scenarios.Plan, from, to int, decel float64) *tape.Tape {
	t.Helper()
	drive, err := tape.New(p, Driver(t, nil))
	if err != nil {
		t.Fatal(err)
	}
	drive.Sign(tape.Who{Driver: scenarios.Stack, Perception: scenarios.Oracle})
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
