package scenarios

import (
	"roadloop/scenarios/measure"
	"roadloop/scenarios/record"
	"roadloop/sim"
)

// Standing is how an expectation stands in a run that may go on.
type Standing struct {
	Asks  string // what is expected, in a few words
	State State
	// Failure is what is wrong, where it failed, or what is missing yet.
	Failure *Failure
}

// State tells how an expectation stands.
type State uint8

// States. What is met may yet fail; what is open may yet be met.
const (
	Met State = iota
	Open
	Failed
)

// rules are the events that an expectation may forbid, and how it asks for that.
var rules = [...]struct {
	kind sim.EventKind
	asks string
}{
	{sim.OffRoad, "stays on the road"}, {sim.RedLight, "runs no red light"}, {sim.StopSign, "stops at stop signs"},
	{sim.WrongWay, "drives on its own side"}, {sim.LaneDeparture, "does not leave its lane"}, {sim.Stranded, "keeps junctions clear"},
}

// asks says what the rule for collisions expects; "" where nothing is.
func (x *Impact) asks() string {
	return map[ImpactRule]string{Blameless: "causes no collision", Never: "no collision", Mitigated: "no hard collision"}[x.Rule]
}

// Standings returns how all expectations stand, those on events first. What can only
// be known at the end is open until the run is over.
func (p *Plan) Standings(l *record.Log, over bool) []Standing {
	e := &evidence{plan: p, log: l, set: measure.Of(l)}
	var out []Standing
	if text := p.Expect.Impact.asks(); text != "" {
		out = append(out, p.harmed(e, text))
	}
	for _, r := range rules {
		if !p.Expect.Allowed[r.kind] {
			out = append(out, p.ruled(l, r.asks, r.kind))
		}
	}
	for _, w := range p.Expect.wishes {
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

// harmed returns how the expectation on collisions stands.
func (p *Plan) harmed(e *evidence, asks string) Standing {
	for i := range e.set.Collisions {
		if f := p.Expect.Impact.offense(e.log, &e.set.Collisions[i]); f != nil {
			return Standing{Asks: asks, State: Failed, Failure: f}
		}
	}
	return Standing{Asks: asks}
}

// ruled returns how an expectation on a kind of event stands.
func (p *Plan) ruled(l *record.Log, asks string, kind sim.EventKind) Standing {
	s := Standing{Asks: asks}
	for i := range l.Events {
		if l.Events[i].Kind != kind {
			continue
		}
		if s.Failure = p.Expect.offense(l, &l.Events[i]); s.Failure != nil {
			s.State = Failed
			break
		}
	}
	return s
}
