package replay

import (
	"encoding/json"
	"math"
	"strconv"
)

// Units of the numbers on the page: a column holds integers of these.
const (
	centi = 100  // lengths in cm, times in 0.01 s
	deci  = 10   // plans in dm, velocities in dm/s
	milli = 1000 // angles in mrad
)

// column returns n values as a JSON array of integers: differences of successive values
// times scale. A value that is not finite becomes null and does not count as a previous
// value. Slow changes give small numbers, which compress well.
func column(n int, scale float64, at func(int) float64) json.RawMessage {
	b := make([]byte, 0, 3*n+2)
	b = append(b, '[')
	last := int64(0)
	for i := range n {
		if i > 0 {
			b = append(b, ',')
		}
		x := math.Round(at(i) * scale)
		if math.IsNaN(x) || math.Abs(x) > 1<<52 {
			b = append(b, "null"...)
			continue
		}
		b = strconv.AppendInt(b, int64(x)-last, 10)
		last = int64(x)
	}
	return append(b, ']')
}
