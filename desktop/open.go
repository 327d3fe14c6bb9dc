package desktop

import (
	"context"
	"fmt"
	"strings"

	"roadloop/scenarios"
	"roadloop/scenarios/runner"
	"roadloop/scenarios/timeline"
	"roadloop/trace"
)

// Opening is what to show first: a case, a trace, or neither.
type Opening struct {
	Case  *scenarios.Case
	Trace *trace.Trace
}

// Find resolves an argument: a scenario of the library, a case such as cut-in/7, a
// scenario file or a trace.
func Find(arg string) (Opening, error) {
	if arg == "" {
		return Opening{}, nil
	}
	if strings.HasSuffix(arg, ".trace") {
		t, err := trace.ReadFile(arg)
		return Opening{Trace: t}, err
	}
	if _, _, found := scenarios.SplitCaseName(arg); !found {
		arg += "/1"
	}
	c, err := scenarios.FindCase(arg)
	if err != nil {
		return Opening{}, err
	}
	return Opening{Case: c}, runner.Check(context.Background(), c.Scenario)
}

// Setup is a case and its driver.
type Setup struct {
	Case   *scenarios.Case
	Driver trace.DriverID // as requested; see drivers.Registry.Resolve
	Manual bool           // a human drives
}

// newTimeline returns a timeline of a setup.
func (w *Window) newTimeline(u *Setup) (*timeline.Timeline, error) {
	id, err := w.config.Drivers.Resolve(u.Driver)
	if err != nil {
		return nil, err
	}
	factory, err := w.drivers.Open(id)
	if err != nil {
		return nil, err
	}
	plan, err := runner.Compile(u.Case)
	if err != nil {
		return nil, err
	}
	t, err := timeline.New(plan, factory.Driver)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", u.Case.ID(), err)
	}
	t.SetDriverID(id)
	return t, nil
}
