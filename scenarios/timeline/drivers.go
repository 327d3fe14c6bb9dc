package timeline

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"roadloop/sim/clock"
	"roadloop/trace"
)

// DriverSpan is a part of a drive in which one driver had control.
type DriverSpan struct {
	// From is the first decision of the span, To the first one after it.
	From, To clock.Tick
	// Human reports whether a human's commands were executed. Who kept deciding
	// meanwhile, without effect.
	Human  bool
	Driver trace.DriverID
}

// DriverSpans returns the drivers in control with their times, in order and without
// gaps. A trace without records has none.
func DriverSpans(t *trace.Trace) []DriverSpan {
	var spans []DriverSpan
	h := &t.Header
	who := h.DriverID
	overrides, changes := t.Overrides, t.Header.Changes
	for i := range t.Records {
		for len(changes) > 0 && changes[0].Record <= i {
			who = afterChange(h, who, &changes[0])
			changes = changes[1:]
		}
		human := len(overrides) > 0 && int(overrides[0].Record) == i
		if human {
			overrides = overrides[1:]
		}
		from := t.Records[i].Time
		if n := len(spans); n == 0 || spans[n-1].Human != human || spans[n-1].Driver != who {
			spans = append(spans, DriverSpan{From: from, Human: human, Driver: who})
		}
		spans[len(spans)-1].To = from + clock.DriverPeriod
	}
	return spans
}

// afterChange returns the driver after a change. It ignores a change that cannot be
// read: opening the trace reports it.
func afterChange(h *trace.Header, who trace.DriverID, c *trace.Change) trace.DriverID {
	var next Handover
	if c.Kind != "handover" || json.Unmarshal(c.Value, &next) != nil {
		return who
	}
	return next.recordedIn(h)
}

// DrivenByHuman reports whether a human had control at any time.
func DrivenByHuman(spans []DriverSpan) bool {
	return slices.ContainsFunc(spans, func(s DriverSpan) bool { return s.Human })
}

// Name returns the driver in control, such as "human" or "stack, cnn".
func (s *DriverSpan) Name() string {
	if s.Human {
		return "human"
	}
	return s.Driver.String()
}

// maxNamedSpans is the number of spans that DriversText lists with their times.
const maxNamedSpans = 3

// DriversText lists the drivers in control. Up to maxNamedSpans spans have their times;
// for more, each driver has its total time.
func DriversText(spans []DriverSpan) string {
	switch {
	case len(spans) == 0:
		return "no driver"
	case len(spans) == 1:
		return spans[0].Name()
	}
	var parts []string
	if len(spans) <= maxNamedSpans {
		for i := range spans {
			s := &spans[i]
			parts = append(parts, fmt.Sprintf("%s %.2f to %v", s.Name(), s.From.Seconds(), s.To))
		}
		return strings.Join(parts, "; ")
	}
	total := make(map[string]clock.Tick)
	var names []string
	for i := range spans {
		name := spans[i].Name()
		if _, known := total[name]; !known {
			names = append(names, name)
		}
		total[name] += spans[i].To - spans[i].From
	}
	for _, name := range names {
		parts = append(parts, fmt.Sprintf("%s for %v", name, total[name]))
	}
	return strings.Join(parts, "; ")
}
