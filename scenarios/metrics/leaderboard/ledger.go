package leaderboard

import (
	"cmp"
	"math"
	"slices"
)

// fault is a cause of a deduction. amount multiplies a factor, or is the lost part of a
// share.
type fault struct {
	at     float64 // s
	amount float64
	reason string
}

// ledger builds a score from terms and their faults.
type ledger struct {
	Score
	lost    []entry
	factors []entry
}

// entry is a fault with its term.
type entry struct {
	fault
	term   string
	weight float64
}

func newLedger(name, version string, best float64) *ledger {
	return &ledger{Score: Score{Name: name, Version: version, Best: best}}
}

// factor adds a term that multiplies the score; its value is the product of the
// faults' amounts.
func (l *ledger) factor(t Term, faults ...fault) {
	t.Role, t.Value = Factor, 1
	for _, f := range faults {
		t.Value *= f.amount
		l.factors = append(l.factors, entry{f, t.Name, 0})
	}
	l.Terms = append(l.Terms, t)
}

// share adds a term that is averaged; its value is 1 minus the faults' amounts.
func (l *ledger) share(t Term, faults ...fault) {
	t.Role, t.Value = Share, 1
	for _, f := range faults {
		t.Value -= f.amount
		l.lost = append(l.lost, entry{f, t.Name, t.Weight})
	}
	t.Value = snapToZero(t.Value)
	l.Terms = append(l.Terms, t)
}

// missing adds a term that could not be measured.
func (l *ledger) missing(name, why string) {
	l.Terms = append(l.Terms, Term{Name: name, Role: Detail, Missing: why})
}

// signal adds a signal that a term depends on, with its peak.
func (l *ledger) signal(name string, peak float64, unit string, series []float64) {
	l.Terms = append(l.Terms, Term{Name: name, Role: Signal, Value: peak, Unit: unit, Series: series})
}

// detail adds a term for information only.
func (l *ledger) detail(name string, value float64, unit string, series []float64) {
	l.Terms = append(l.Terms, Term{Name: name, Role: Detail, Value: value, Unit: unit, Series: series})
}

// finish computes the score: first the losses of shares, then the factors in order of
// time, each applied to the remaining value.
func (l *ledger) finish() Score {
	weights := 0.0
	for i := range l.Terms {
		weights += l.Terms[i].Weight
	}
	l.Value = l.Best
	for _, e := range l.lost {
		l.deduct(e, 1, l.Best*e.weight/weights*e.amount)
	}
	l.Value = snapToZero(l.Value)
	slices.SortStableFunc(l.factors, func(a, b entry) int { return cmp.Compare(a.at, b.at) })
	for _, e := range l.factors {
		l.deduct(e, e.amount, l.Value*(1-e.amount))
	}
	l.Value = snapToZero(l.Value)
	slices.SortStableFunc(l.Deductions, func(a, b Deduction) int { return cmp.Compare(a.Time, b.Time) })
	return l.Score
}

func (l *ledger) deduct(e entry, factor, lost float64) {
	l.Value -= lost
	l.Deductions = append(l.Deductions, Deduction{Time: e.at, Term: e.term, Factor: factor, Lost: lost, Reason: e.reason})
}

// snapToZero returns 0 for a value that differs from 0 only by rounding.
func snapToZero(x float64) float64 {
	if math.Abs(x) < 1e-12 {
		return 0
	}
	return x
}

// product returns the product of amounts.
func product(faults []fault) float64 {
	p := 1.0
	for _, f := range faults {
		p *= f.amount
	}
	return p
}
