package tape

import "roadloop"

// Diverge returns the first decision, and in it the first layer, in which two drives
// of the same case part; parted is false where they agree as far as both have come.
func Diverge(a, b *Tape) (d roadloop.Difference, parted bool) {
	ta, tb := a.Trace(), b.Trace()
	if n := min(len(ta.Records), len(tb.Records)); ta.Header.Cut && len(ta.Records) == n || tb.Header.Cut && len(tb.Records) == n {
		ta.Records, tb.Records = ta.Records[:n], tb.Records[:n] // one may still come as far as the other
	}
	return roadloop.Compare(ta, tb)
}
