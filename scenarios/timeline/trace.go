package timeline

import (
	"encoding/json"
	"fmt"
	"reflect"

	"roadloop/trace"
)

// kinds are the changes that a trace stores. A held command is stored as overrides.
var kinds = map[string]func() Change{
	"speed":    func() Change { return new(Speed) },
	"weather":  func() Change { return new(Weather) },
	"miss":     func() Change { return new(Miss) },
	"silence":  func() Change { return new(Blackout) },
	"handover": func() Change { return new(Handover) },
}

// kindOf returns the name of a change in traces, "" for one that is not stored.
func kindOf(c Change) string {
	for name, zero := range kinds {
		if reflect.TypeOf(zero()).Elem() == reflect.TypeOf(c) {
			return name
		}
	}
	return ""
}

// Trace returns the trace of the drive so far. It contains overrides and changes, so
// that Open and Verify can re-simulate it.
func (t *Timeline) Trace() *trace.Trace {
	t.mu.Lock()
	defer t.mu.Unlock()
	out := t.trace.Clone()
	h := &out.Header
	*h = t.plan.Header()
	h.DriverID = t.began
	h.Cut = !t.over
	for _, m := range t.changes {
		if kind := kindOf(m.change); kind != "" {
			value, err := json.Marshal(m.change)
			if err != nil { // changes are numbers, checked to be finite, and names
				continue
			}
			h.Changes = append(h.Changes, trace.Change{Record: m.at, Kind: kind, Value: value})
		}
	}
	return out
}

// decodeChange decodes a change of a trace.
func decodeChange(h *trace.Header, c trace.Change, drivers OpenDriver) (Change, error) {
	zero, ok := kinds[c.Kind]
	if !ok {
		return nil, fmt.Errorf("the trace contains a change of unknown kind %q", c.Kind)
	}
	change := zero()
	if err := json.Unmarshal(c.Value, change); err != nil {
		return nil, fmt.Errorf("reading change %q of the trace: %w", c.Kind, err)
	}
	out := reflect.ValueOf(change).Elem().Interface().(Change)
	next, ok := out.(Handover)
	if !ok {
		return out, nil
	}
	next.DriverID = next.recordedIn(h)
	var err error
	next.Factory, err = drivers(next.DriverID)
	return next, err
}
