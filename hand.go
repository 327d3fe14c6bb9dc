package roadloop

import (
	"cmp"
	"fmt"
	"slices"

	"roadloop/sim/vehicle"
)

// Hand is a command that was carried out in place of the driver's: somebody had
// the wheel. The driver went on deciding, and its record tells what it would have done.
type Hand struct {
	Record  uint32 // index of the decision that it replaced
	Command vehicle.Command
}

// HandAt returns the command by hand that replaced the decision of a record; held is
// false where the driver's own was carried out.
func (t *Trace) HandAt(record int) (c vehicle.Command, held bool) {
	i, held := slices.BinarySearchFunc(t.Hands, record, func(h Hand, r int) int { return cmp.Compare(int(h.Record), r) })
	if !held {
		return c, false
	}
	return t.Hands[i].Command, true
}

// checkHands reports hands that belong to no record or are out of order.
func checkHands(t *Trace) error {
	for i, h := range t.Hands {
		if int(h.Record) >= len(t.Records) || i > 0 && h.Record <= t.Hands[i-1].Record {
			return fmt.Errorf("trace hands: number %d is of decision %d of %d", i, h.Record, len(t.Records))
		}
	}
	return nil
}

// Fork returns a trace that goes on by itself. The two share what was recorded so
// far, which nobody changes.
func (t *Trace) Fork() *Trace {
	return &Trace{Header: t.Header, Records: slices.Clip(t.Records), Hands: slices.Clip(t.Hands), End: t.End}
}
