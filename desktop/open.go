package desktop

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"roadloop/scenarios"
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
		t, err := readTrace(arg)
		return Opening{Trace: t}, err
	}
	if _, _, found := scenarios.SplitCaseName(arg); found {
		c, err := scenarios.FindCase(arg)
		return Opening{Case: c}, err
	}
	s, err := scenarios.Find(arg)
	if err != nil {
		return Opening{}, err
	}
	c, err := s.Case(1)
	return Opening{Case: c}, err
}

func readTrace(path string) (*trace.Trace, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("opening the trace: %w", err)
	}
	defer f.Close()
	t, err := trace.Read(f)
	switch {
	case errors.Is(err, trace.ErrVersion):
		return nil, fmt.Errorf("%s: %w; record the scenario again with this version, or open the trace with the version that wrote it", path, err)
	case err != nil:
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return t, nil
}

// Setup is a case and its driver.
type Setup struct {
	Case       *scenarios.Case
	Driver     string // as in scenarios.NewDriverFactory
	Perception string // scenarios.CNN, small or scenarios.Oracle
	Manual     bool   // a human drives
}

// begin returns a timeline of a setup.
func (c *driverPool) begin(u *Setup) (*timeline.Timeline, error) {
	crew, who, err := c.get(u.Driver, u.Perception)
	if err != nil {
		return nil, err
	}
	plan, err := u.Case.Compile()
	if err != nil {
		return nil, err
	}
	t, err := timeline.New(plan, crew.Driver)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", u.Case.ID(), err)
	}
	t.SetDriverID(who)
	return t, nil
}
