package timeline

import (
	"fmt"
	"strings"

	"roadloop/scenarios/runner"
	"roadloop/sim/clock"
	"roadloop/trace"
)

// Diverge returns the first decision and the first layer at which two drives of the
// same case differ. parted is false if their common part is equal.
func Diverge(a, b *Timeline) (d trace.Difference, parted bool) {
	ta, tb := a.Trace(), b.Trace()
	n := min(len(ta.Records), len(tb.Records))
	if ta.Header.Cut && len(ta.Records) == n || tb.Header.Cut && len(tb.Records) == n {
		ta.Records, tb.Records = ta.Records[:n], tb.Records[:n] // the shorter one is unfinished
	}
	return trace.Compare(ta, tb)
}

// Comparison is the difference of two drives of the same case.
type Comparison struct {
	Differ bool
	Where  trace.Difference // the first difference
	// MaxDistance is the largest distance between the two egos at the same time, m. At is the
	// first time of it.
	MaxDistance float64
	At          clock.Tick
	Verdicts    [2]runner.Verdict // so far
}

// Compare compares the common part of two drives of the same case.
func Compare(a, b *Timeline) Comparison {
	c := Comparison{Verdicts: [2]runner.Verdict{a.Verdict(), b.Verdict()}}
	c.Where, c.Differ = Diverge(a, b)
	if !c.Differ {
		return c
	}
	la, lb := a.Log(), b.Log()
	for i := c.Where.Record; i < min(len(la.Steps), len(lb.Steps)); i++ {
		p, q := la.Steps[i].States[0].Pose.Pos(), lb.Steps[i].States[0].Pose.Pos()
		if d := p.Dist(q); d > c.MaxDistance {
			c.MaxDistance, c.At = d, la.Steps[i].Time
		}
	}
	return c
}

// String describes the first difference and the two verdicts.
func (c Comparison) String() string {
	if !c.Differ {
		return "equal in every layer"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%v", c.Where)
	if c.MaxDistance > 0 {
		fmt.Fprintf(&b, "; %.1f m apart at %v", c.MaxDistance, c.At)
	}
	one, other := outcome(&c.Verdicts[0]), outcome(&c.Verdicts[1])
	if one == other {
		return b.String() + "; both: " + one
	}
	return b.String() + "; one: " + one + "; the other: " + other
}

func outcome(v *runner.Verdict) string {
	if v.Passed {
		return "passed"
	}
	return v.Reason
}
