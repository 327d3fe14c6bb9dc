package sim_test

import (
	"bytes"
	"testing"

	"roadloop/sim"
	"roadloop/sim/vehicle"
)

// A world that shares the map data of another equals a world from New.
func TestNewOnEqualsNew(t *testing.T) {
	spec := busy(7)
	first := mustNew(t, spec)
	for range 100 {
		first.Step(vehicle.Command{})
	}
	shared, err := sim.NewOn(first, spec)
	if err != nil {
		t.Fatal(err)
	}
	alone := mustNew(t, spec)
	for range 300 {
		shared.Step(vehicle.Command{})
		alone.Step(vehicle.Command{})
	}
	if !bytes.Equal(shared.AppendState(nil), alone.AppendState(nil)) {
		t.Error("the worlds differ")
	}
}
