package cruise_test

import (
	"testing"

	"roadloop"
	"roadloop/examples/ownplanner/cruise"
	"roadloop/layertest"
	"roadloop/oracle"
	"roadloop/scenarios"
	"roadloop/scenarios/runner"
	"roadloop/sim/clock"
)

// The driver keeps the contract of all drivers.
func TestCruise(t *testing.T) {
	c, err := scenarios.FindCase("unprotected-left/1")
	if err != nil {
		t.Fatal(err)
	}
	spec, err := runner.Compile(c)
	if err != nil {
		t.Fatal(err)
	}
	drive := spec.Drive
	drive.Blind, drive.Duration = true, 3*clock.PerSecond
	layertest.Driver(t, &drive, func() (roadloop.Driver, error) { return cruise.New(&drive, oracle.NewPerceiver(&drive.Rig)) })
}
