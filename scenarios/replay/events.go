package replay

import (
	"fmt"
	"slices"

	"roadloop/scenarios/runner"
	"roadloop/sim"
	"roadloop/sim/clock"
)

// event is an event on the time bar and in the top view.
type event struct {
	Time clock.Tick `json:"t"`
	Kind string     `json:"kind"` // of the event, or verdict
	Text string     `json:"text"`
	Bad  bool       `json:"bad,omitempty"`   // it failed the case
	With int        `json:"actor,omitempty"` // index of the other party
}

// events returns the events of a run and the failed expectations.
func events(out *runner.Outcome) []event {
	var list []event
	failed := out.Verdict.Failures
	for i := range out.Log.Events {
		e := &out.Log.Events[i]
		bad := slices.ContainsFunc(failed, func(f runner.Failure) bool { return clock.FromSeconds(f.At) == e.Time })
		list = append(list, event{Time: e.Time, Kind: e.Kind.String(), Text: eventText(e, out.Spec.Names),
			Bad: bad && e.Kind != sim.Scripted, With: int(e.Actor)})
	}
	for _, f := range failed {
		list = append(list, event{Time: clock.FromSeconds(f.At), Kind: "verdict", Text: f.Message, Bad: true})
	}
	return list
}

// eventText describes an event, for a label.
func eventText(e *sim.Event, names []string) string {
	who := "a road user"
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
