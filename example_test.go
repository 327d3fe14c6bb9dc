package roadloop_test

import (
	"context"
	"fmt"
	"log"
	"math"

	"roadloop"
	"roadloop/scenarios"
	"roadloop/scenarios/runner"
	"roadloop/sim/sensor"
	"roadloop/sim/vehicle"
)

// follower is a driver in ten lines: it goes straight on, and brakes when its radar measures
// an object ahead with a time to collision below three seconds.
type follower struct{ braking bool }

func (f *follower) Drive(_ context.Context, obs *sensor.Observation) (roadloop.Decision, error) {
	for _, scan := range obs.Radars {
		for _, t := range scan.Targets {
			f.braking = f.braking || math.Abs(t.Azimuth*t.Range) < 1 && t.Range < -3*t.RangeRate
		}
	}
	if f.braking {
		return roadloop.Decision{Command: vehicle.Command{Accel: -7}}, nil
	}
	return roadloop.Decision{Command: vehicle.Command{Accel: 0.5}}, nil
}

func (f *follower) Clone() roadloop.Driver { c := *f; return &c }
func (f *follower) Stack() *roadloop.Stack { return nil }

// This example drives a case of the library with a driver from outside and judges it.
func Example() {
	c, err := scenarios.FindCase("standing-lead/1")
	if err != nil {
		log.Fatal(err)
	}
	spec, err := runner.Compile(c)
	if err != nil {
		log.Fatal(err)
	}
	drive, err := runner.NewCaseRun(spec, func(*roadloop.Case) (d roadloop.Driver, blind bool, err error) { return new(follower), false, nil })
	if err != nil {
		log.Fatal(err)
	}
	verdict, err := drive.Finish(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("passed:", verdict.Passed)
	// Output: passed: true
}
