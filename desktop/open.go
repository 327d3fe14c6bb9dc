package desktop

import (
	"context"
	"strings"

	"roadloop/scenarios"
	"roadloop/scenarios/runner"
	"roadloop/trace"
)

// opening is what to show first: a case, a trace, or neither.
type opening struct {
	Case  *scenarios.Case
	Trace *trace.Trace
}

// find resolves an argument: a scenario of the library, a case such as cut-in/7, a
// scenario file or a trace.
func find(arg string) (opening, error) {
	if arg == "" {
		return opening{}, nil
	}
	if strings.HasSuffix(arg, ".trace") {
		t, err := trace.ReadFile(arg)
		return opening{Trace: t}, err
	}
	if _, _, found := scenarios.SplitCaseName(arg); !found {
		arg += "/1"
	}
	c, err := scenarios.FindCase(arg)
	if err != nil {
		return opening{}, err
	}
	return opening{Case: c}, runner.Check(context.Background(), c.Scenario)
}
