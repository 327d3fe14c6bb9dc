package runner

import (
	"roadloop/scenarios/metrics"
	"roadloop/sim"
)

// ExpectationStatus is the status of an expectation in a run that may continue.
type ExpectationStatus struct {
	Text  string // the expectation, in a few words
	State State
	// Failure explains a failed or a pending expectation.
	Failure *Failure
}

// State is the state of an expectation.
type State uint8

// States. A met expectation may still fail. A pending one may still be met.
const (
	Met State = iota
	Pending
	Failed
)

// eventRules are the event kinds that an expectation can forbid, with their descriptions.
var eventRules = [...]struct {
	kind sim.EventKind
	asks string
}{
	{sim.OffRoad, "stays on the road"}, {sim.RedLight, "runs no red light"}, {sim.StopSign, "stops at stop signs"},
	{sim.WrongWay, "drives on its own side"}, {sim.LaneDeparture, "does not leave its lane"}, {sim.Stranded, "keeps junctions clear"},
}

// text describes the rule for collisions, or returns "" if it allows all of them.
func (x *CollisionPolicy) text() string {
	return map[CollisionRule]string{Blameless: "causes no collision", Never: "no collision", Mitigated: "no hard collision"}[x.Rule]
}

// Statuses returns the status of all expectations, events first. Expectations that are
// decided at the end are pending until then.
func (p *Spec) Statuses(l *metrics.DriveLog, over bool) []ExpectationStatus {
	e := &evidence{plan: p, log: l, set: metrics.ComputeSafety(l)}
	var out []ExpectationStatus
	if text := p.Expect.Collisions.text(); text != "" {
		out = append(out, p.collisionStatus(e, text))
	}
	for _, r := range eventRules {
		if !p.Expect.Allowed[r.kind] {
			out = append(out, p.eventStatus(l, r.asks, r.kind))
		}
	}
	for _, w := range p.Expect.requirements {
		s := ExpectationStatus{Text: w.text, Failure: w.check(e)}
		switch {
		case s.Failure == nil:
		case !over && s.Failure.At >= e.end():
			s.State = Pending
		default:
			s.State = Failed
		}
		out = append(out, s)
	}
	return out
}

// collisionStatus returns the status of the expectation on collisions.
func (p *Spec) collisionStatus(e *evidence, asks string) ExpectationStatus {
	for i := range e.set.Collisions {
		if f := p.Expect.Collisions.violation(e.log, &e.set.Collisions[i]); f != nil {
			return ExpectationStatus{Text: asks, State: Failed, Failure: f}
		}
	}
	return ExpectationStatus{Text: asks}
}

// eventStatus returns the status of an expectation on an event kind.
func (p *Spec) eventStatus(l *metrics.DriveLog, asks string, kind sim.EventKind) ExpectationStatus {
	s := ExpectationStatus{Text: asks}
	for i := range l.Events {
		if l.Events[i].Kind != kind {
			continue
		}
		if s.Failure = p.Expect.violation(l, &l.Events[i]); s.Failure != nil {
			s.State = Failed
			break
		}
	}
	return s
}
