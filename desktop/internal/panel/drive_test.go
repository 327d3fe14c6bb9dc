package panel

import (
	"fmt"
	"testing"

	"roadloop/perception"
	"roadloop/scenarios/drivetest"
	"roadloop/scenarios/runner"
	"roadloop/scenarios/timeline"
	"roadloop/sim/rig"
	"roadloop/trace"
)

// driveCase is a drive of the library.
type driveCase struct {
	Scenario string
	Seed     uint64
	Network  bool    // drive with the network; otherwise with oracle perception
	Until    float64 // s; 0 for the whole drive
	Rig      string  // "" for the default rig
}

// driveOf drives a case.
func driveOf(tb testing.TB, c driveCase) *timeline.Timeline {
	tb.Helper()
	p := drivetest.Plan(tb, fmt.Sprintf("%s/%d", c.Scenario, max(c.Seed, 1)))
	if c.Rig != "" {
		sensors, err := rig.Named(c.Rig)
		if err != nil {
			tb.Fatal(err)
		}
		p.Drive.Rig = sensors
	}
	var eyes perception.Detector
	who := trace.DriverID{Name: runner.Stack, Perception: runner.Oracle}
	if c.Network {
		eyes, who.Perception = drivetest.Detector(tb), runner.CNN
	}
	t, err := timeline.New(p, drivetest.Driver(eyes))
	if err != nil {
		tb.Fatal(err)
	}
	t.SetDriverID(who)
	for more := true; more && (c.Until == 0 || t.Len() == 0 || t.StepAt(t.Len()-1).Time.Seconds() < c.Until); {
		if more, err = t.Step(tb.Context(), nil); err != nil {
			tb.Fatal(err)
		}
	}
	return t
}

// feedOf returns a feed that shows the last frame of a drive.
func feedOf(t *timeline.Timeline) *Feed {
	return &Feed{Timeline: func() *timeline.Timeline { return t }, At: func() int { return t.Len() - 1 }}
}
