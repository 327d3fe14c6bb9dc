// Package paneltest creates real drives for the tests of panels.
package paneltest

import (
	"fmt"
	"testing"

	"roadloop/desktop/panel"
	"roadloop/perception"
	"roadloop/scenarios"
	"roadloop/scenarios/drivetest"
	"roadloop/scenarios/tape"
)

// Case is a drive of the library.
type Case struct {
	Scenario string
	Seed     uint64
	Network  bool    // drive with the network; otherwise with oracle perception
	Until    float64 // s; 0 for the whole drive
}

// Drive drives a case.
func Drive(tb testing.TB, c Case) *tape.Tape {
	tb.Helper()
	p := drivetest.Plan(tb, fmt.Sprintf("%s/%d", c.Scenario, max(c.Seed, 1)))
	var eyes perception.Detector
	who := tape.Who{Driver: scenarios.Stack, Perception: scenarios.Oracle}
	if c.Network {
		eyes, who.Perception = drivetest.Eyes(tb), scenarios.CNN
	}
	t, err := tape.New(p, drivetest.Driver(tb, eyes))
	if err != nil {
		tb.Fatal(err)
	}
	t.Sign(who)
	for more := true; more && (c.Until == 0 || t.Len() == 0 || t.Frame(t.Len()-1).Time.Seconds() < c.Until); {
		if more, err = t.Step(tb.Context(), nil); err != nil {
			tb.Fatal(err)
		}
	}
	return t
}

// Feed returns a feed that shows the last frame of a drive.
func Feed(t *tape.Tape) *panel.Feed {
	return &panel.Feed{Tape: func() *tape.Tape { return t }, At: func() int { return t.Len() - 1 }}
}
