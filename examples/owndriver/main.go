// Command owndriver is roadloop with one more driver, "follower", which has no layers: from
// the messages of the sensors it makes a command. All commands know it:
//
//	owndriver run standing-lead --driver follower
package main

import (
	"context"
	"math"
	"os"

	"roadloop"
	"roadloop/cli"
	"roadloop/drivers"
	"roadloop/perception"
	"roadloop/sim/sensor"
	"roadloop/sim/vehicle"
)

func main() {
	r := drivers.New()
	r.Register("follower", newFollower)
	os.Exit(cli.Main(r))
}

// follower goes straight on, and brakes when its radar measures an object ahead with a time
// to collision below three seconds.
type follower struct{ braking bool }

// newFollower returns the driver. It needs no perception and nothing of the case.
func newFollower(*roadloop.Case, perception.Perceiver) (roadloop.Driver, error) {
	return new(follower), nil
}

// Drive makes a decision, every 50 ms.
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

// Clone returns a driver that goes on as this one would, for rewinds and forks.
func (f *follower) Clone() roadloop.Driver { c := *f; return &c }

// Stack returns nil: the driver has no layers.
func (f *follower) Stack() *roadloop.Stack { return nil }
