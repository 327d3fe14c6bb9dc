// Command ownsensor drives a scenario with one more sensor in the car: an ultrasonic ranger at
// the rear bumper, modeled in ranger.go. The stack believes what it measures. Nothing in
// roadloop knows this sensor.
package main

import (
	"context"
	_ "embed"
	"fmt"
	"io"
	"os"

	"roadloop"
	"roadloop/oracle"
	"roadloop/scenarios"
	"roadloop/scenarios/runner"
	"roadloop/sim/clock"
	"roadloop/sim/sensor"
)

//go:embed tailgater.yaml
var tailgater []byte

func main() {
	if err := run(os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "ownsensor:", err)
		os.Exit(1)
	}
}

// newDrive returns the case of the scenario and its driver. No other sensor of the car looks
// back.
func newDrive() (*roadloop.Case, *roadloop.Stack, error) {
	s, err := scenarios.Parse("tailgater.yaml", tailgater)
	if err != nil {
		return nil, nil, err
	}
	c, err := s.Case(1)
	if err != nil {
		return nil, nil, err
	}
	spec, err := runner.Compile(c)
	if err != nil {
		return nil, nil, err
	}
	drive := spec.Drive
	drive.Rig = drive.Rig.Only(sensor.DefaultCamera, sensor.DefaultRadar, sensor.DefaultOdometry, sensor.DefaultGNSS)
	drive.Rig.Sensors = append(drive.Rig.Sensors, Rear())
	stack, err := newDriver(&drive)
	return &drive, stack, err
}

// newDriver returns the modular driver with true detections and the layer of the ranger.
func newDriver(c *roadloop.Case) (*roadloop.Stack, error) {
	detector, err := oracle.NewDetector(c.World.Map, &c.Rig)
	if err != nil {
		return nil, err
	}
	pipeline, err := roadloop.NewPerception(c, detector)
	if err != nil {
		return nil, err
	}
	return roadloop.NewStack(c, NewBehind(pipeline))
}

// run drives and writes what the ranger measured, twice a second.
func run(out io.Writer) error {
	drive, stack, err := newDrive()
	if err != nil {
		return err
	}
	_, err = roadloop.Drive(context.Background(), drive, stack, func(s *roadloop.Step) bool {
		for _, m := range s.Obs.Other {
			if m.Time%(clock.PerSecond/2) == 0 {
				fmt.Fprintf(out, "%s at %v: %.2f m, tracks: %d\n", m.Sensor, m.Time, m.Value, len(s.Scene.Tracks))
			}
		}
		return true
	})
	return err
}
