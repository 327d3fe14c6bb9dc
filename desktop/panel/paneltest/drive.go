// Package paneltest makes real drives for the tests of panels.
package paneltest

import (
	"testing"

	"roadloop/assets"
	"roadloop/desktop/panel"
	"roadloop/perception"
	"roadloop/perception/inference"
	"roadloop/scenarios"
	"roadloop/scenarios/tape"
)

// Case is a drive of the library.
type Case struct {
	Scenario string
	Seed     uint64
	Network  bool    // in the loop; else an oracle sees
	Until    float64 // s; 0 for the whole drive
}

// Drive drives a case.
func Drive(tb testing.TB, c Case) *tape.Tape {
	tb.Helper()
	p := plan(tb, c)
	crew := crew(tb, c.Network)
	t, err := tape.New(p, crew.Driver(p))
	if err != nil {
		tb.Fatal(err)
	}
	for more := true; more && (c.Until == 0 || t.Len() == 0 || t.Frame(t.Len()-1).Time.Seconds() < c.Until); {
		if more, err = t.Step(tb.Context(), nil); err != nil {
			tb.Fatal(err)
		}
	}
	return t
}

func plan(tb testing.TB, c Case) *scenarios.Plan {
	tb.Helper()
	s, err := scenarios.Find(c.Scenario)
	if err != nil {
		tb.Fatal(err)
	}
	k, err := s.Case(max(c.Seed, 1))
	if err != nil {
		tb.Fatal(err)
	}
	p, err := k.Compile()
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

func crew(tb testing.TB, network bool) scenarios.Crew {
	tb.Helper()
	var eyes perception.Detector
	if network {
		model, err := assets.Model()
		if err != nil {
			tb.Fatal(err)
		}
		if eyes, err = inference.Open(scenarios.CNN, model); err != nil {
			tb.Fatal(err)
		}
	}
	crew, err := scenarios.NewCrew(scenarios.Stack, eyes)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := crew.Close(); err != nil {
			tb.Error(err)
		}
	})
	return crew
}

// Feed returns a feed that shows the last frame of a drive.
func Feed(t *tape.Tape) *panel.Feed {
	return &panel.Feed{Tape: func() *tape.Tape { return t }, At: func() int { return t.Len() - 1 }}
}
