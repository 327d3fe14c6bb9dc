package trace

import (
	"cmp"
	"fmt"
	"slices"

	"roadloop/sim/vehicle"
)

// Override is a command of a human that was carried out in place of the driver's. The
// driver went on deciding: its record has the command that it would have given.
type Override struct {
	Record  uint32 // index of the decision that it replaced
	Command vehicle.Command
}

// OverrideAt returns the command that replaced the one of a record; ok is false where the
// driver's own command was carried out.
func (t *Trace) OverrideAt(record int) (c vehicle.Command, ok bool) {
	i, ok := slices.BinarySearchFunc(t.Overrides, record, func(o Override, r int) int { return cmp.Compare(int(o.Record), r) })
	if !ok {
		return c, false
	}
	return t.Overrides[i].Command, true
}

// checkOverrides reports overrides that belong to no record or are out of order.
func checkOverrides(t *Trace) error {
	for i, o := range t.Overrides {
		if int(o.Record) >= len(t.Records) || i > 0 && o.Record <= t.Overrides[i-1].Record {
			return fmt.Errorf("trace overrides: number %d is of decision %d of %d", i, o.Record, len(t.Records))
		}
	}
	return nil
}

// Clone returns a trace that goes on by itself. The two share what was recorded so far,
// which does not change.
func (t *Trace) Clone() *Trace {
	return &Trace{Header: t.Header, Records: slices.Clip(t.Records), Overrides: slices.Clip(t.Overrides), End: t.End}
}
