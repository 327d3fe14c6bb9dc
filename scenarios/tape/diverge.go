package tape

import (
	"fmt"
	"strings"

	"roadloop/scenarios"
	"roadloop/sim/clock"
	"roadloop/trace"
)

// Diverge returns the first decision, and in it the first layer, in which two drives
// of the same case part; parted is false where they agree as far as both have come.
func Diverge(a, b *Tape) (d trace.Difference, parted bool) {
	ta, tb := a.Trace(), b.Trace()
	n := min(len(ta.Records), len(tb.Records))
	if ta.Header.Cut && len(ta.Records) == n || tb.Header.Cut && len(tb.Records) == n {
		ta.Records, tb.Records = ta.Records[:n], tb.Records[:n] // one may still come as far as the other
	}
	return trace.Compare(ta, tb)
}

// Comparison is how two drives of the same case part.
type Comparison struct {
	Parted bool
	Where  trace.Difference // where they part
	// Apart is the greatest distance between the two egos at the same time, m, and At
	// the first time of it.
	Apart    float64
	At       clock.Tick
	Verdicts [2]scenarios.Verdict // so far
}

// Compare returns how two drives of the same case part, as far as both have come.
func Compare(a, b *Tape) Comparison {
	c := Comparison{Verdicts: [2]scenarios.Verdict{a.Verdict(), b.Verdict()}}
	c.Where, c.Parted = Diverge(a, b)
	if !c.Parted {
		return c
	}
	la, lb := a.Log(), b.Log()
	for i := c.Where.Record; i < min(len(la.Steps), len(lb.Steps)); i++ {
		p, q := la.Steps[i].States[0].Pose.Pos(), lb.Steps[i].States[0].Pose.Pos()
		if d := p.Dist(q); d > c.Apart {
			c.Apart, c.At = d, la.Steps[i].Time
		}
	}
	return c
}

// String tells in words how the two part, and how their verdicts differ.
func (c Comparison) String() string {
	if !c.Parted {
		return "the two agree in every layer"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%v", c.Where)
	if c.Apart > 0 {
		fmt.Fprintf(&b, "; %.1f m apart at %v", c.Apart, c.At)
	}
	one, other := outcome(&c.Verdicts[0]), outcome(&c.Verdicts[1])
	if one == other {
		return b.String() + "; both: " + one
	}
	return b.String() + "; one: " + one + "; the other: " + other
}

func outcome(v *scenarios.Verdict) string {
	if v.Passed {
		return "passed"
	}
	return v.Reason
}
