package scenarios

import (
	"roadloop/scenarios/measure"
	"roadloop/scenarios/record"
	"roadloop/sim"
)

// Standing is the status of an expectation in a run that may continue.
type Standing struct {
	Asks  string // the expectation, in a few words
	State State
	// Failure explains a failed or an open expectation.
	Failure *Failure
}

// State is the state of an expectation.
type State uint8

// States. A met expectation may still fail. An open expectation may still be met.
const (
	Met State = iota
	Open
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
func (x *Impact) text() string {
	return map[ImpactRule]string{Blameless: "causes no collision", Never: "no collision", Mitigated: "no hard collision"}[x.Rule]
}

// Standings returns the status of all expectations, events first. Expectations that are
// decided at the end stay open until then.
func (p *Plan) Standings(l *record.Log, over bool) []Standing {
	e := &evidence{plan: p, log: l, set: measure.Of(l)}
	var out []Standing
	if text := p.Expect.Impact.text(); text != "" {
		out = append(out, p.collisionStatus(e, text))
	}
	for _, r := range eventRules {
		if !p.Expect.Allowed[r.kind] {
			out = append(out, p.eventStatus(l, r.asks, r.kind))
		}
	}
	for _, w := range p.Expect.requirements {
		s := Standing{Asks: w.text, Failure: w.check(e)}
		switch {
		case s.Failure == nil:
		case !over && s.Failure.At >= e.end():
			s.State = Open
		default:
			s.State = Failed
		}
		out = append(out, s)
	}
	return out
}

// collisionStatus returns the status of the expectation on collisions.
func (p *Plan) collisionStatus(e *evidence, asks string) Standing {
	for i := range e.set.Collisions {
		if f := p.Expect.Impact.violation(e.log, &e.set.Collisions[i]); f != nil {
			return Standing{Asks: asks, State: Failed, Failure: f}
		}
	}
	return Standing{Asks: asks}
}

// eventStatus returns the status of an expectation on an event kind.
func (p *Plan) eventStatus(l *record.Log, asks string, kind sim.EventKind) Standing {
	s := Standing{Asks: asks}
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
