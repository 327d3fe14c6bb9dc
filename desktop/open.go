package desktop

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"roadloop/scenarios"
	"roadloop/scenarios/tape"
	"roadloop/trace"
)

// Opening is what to show first: a case to drive, a recorded drive, or neither.
type Opening struct {
	Case  *scenarios.Case
	Trace *trace.Trace
}

// Find returns what an argument names: a scenario of the library, a case of one such
// as cut-in/7, a scenario file or a trace.
func Find(arg string) (Opening, error) {
	if arg == "" {
		return Opening{}, nil
	}
	if strings.HasSuffix(arg, ".trace") {
		t, err := readTrace(arg)
		return Opening{Trace: t}, err
	}
	if _, _, found := scenarios.CutCase(arg); found {
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
		return nil, fmt.Errorf("%s: %w; drive its scenario again with this program, or open it with the one that wrote it", path, err)
	case err != nil:
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return t, nil
}

// Setup is what is to be driven, and by whom.
type Setup struct {
	Case       *scenarios.Case
	Driver     string // as scenarios.NewCrew names it
	Perception string // scenarios.CNN, small or scenarios.Oracle
	Hands      bool   // whoever sits before the screen drives
}

// begin returns a tape of a setup.
func (c *crews) begin(u *Setup) (*tape.Tape, error) {
	crew, who, err := c.get(u.Driver, u.Perception)
	if err != nil {
		return nil, err
	}
	plan, err := u.Case.Compile()
	if err != nil {
		return nil, err
	}
	t, err := tape.New(plan, crew.Driver)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", u.Case.ID(), err)
	}
	t.Sign(who)
	return t, nil
}
