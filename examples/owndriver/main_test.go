package main

import (
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"roadloop"
	"roadloop/layertest"
	"roadloop/scenarios"
	"roadloop/scenarios/runner"
	"roadloop/sim/clock"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"owndriver": main})
}

// The commands know the driver.
func TestCommands(t *testing.T) { testscript.Run(t, testscript.Params{Dir: "testdata"}) }

// The driver keeps the contract of all drivers.
func TestFollower(t *testing.T) {
	c, err := scenarios.FindCase("standing-lead/1")
	if err != nil {
		t.Fatal(err)
	}
	spec, err := runner.Compile(c)
	if err != nil {
		t.Fatal(err)
	}
	drive := spec.Drive
	drive.Duration = 3 * clock.PerSecond
	layertest.Driver(t, &drive, func() (roadloop.Driver, error) { return newFollower(&drive, nil) })
}
