package report

import (
	"fmt"

	"roadloop/scenarios"
	"roadloop/sim"
	"roadloop/sim/clock"
)

// mark is something that happened, on the timeline and from above.
type mark struct {
	Time clock.Tick `json:"t"`
	Kind string     `json:"kind"` // of the event, or verdict
	Text string     `json:"text"`
	Bad  bool       `json:"bad,omitempty"`   // it failed the case
	With int        `json:"actor,omitempty"` // index of the other party
}

// marks are the events of a run and, where it failed, the verdict.
func marks(out *scenarios.Outcome) []mark {
	var list []mark
	names := out.Plan.Names
	for i := range out.Log.Events {
		e := &out.Log.Events[i]
		list = append(list, mark{Time: e.Time, Kind: e.Kind.String(), Text: eventText(e, names),
			Bad: !out.Verdict.Passed && e.Time == out.Verdict.At && e.Kind != sim.Scripted, With: int(e.Actor)})
	}
	if !out.Verdict.Passed {
		list = append(list, mark{Time: out.Verdict.At, Kind: "verdict", Text: out.Verdict.Reason, Bad: true})
	}
	return list
}

// eventText says what an event was, for a label.
func eventText(e *sim.Event, names []string) string {
	who := "someone"
	if int(e.Actor) < len(names) {
		who = names[e.Actor]
	}
	switch e.Kind {
	case sim.Scripted:
		return fmt.Sprintf("%s begins maneuver %.0f", who, e.Value+1)
	case sim.Collision:
		return fmt.Sprintf("collision with %s, closing at %.0f km/h, %s", who, 3.6*e.Value, e.Impact)
	}
	return e.Kind.String()
}
