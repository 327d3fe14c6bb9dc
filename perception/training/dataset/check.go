package dataset

import (
	"fmt"

	"roadloop/sim/label"
)

// What labels may state at most: no road user is larger, and no camera labels farther.
const (
	maxSize = 200.0 // m
	maxFar  = 1e4   // m
	// halfTurnPlus is π and a little for rounding, as in 3.15.
	halfTurnPlus = 3.16 // rad
)

// bounded is a value of a label and what it may be.
type bounded struct {
	name      string
	v, lo, hi float64
	unit      string
}

// checkBounds reports the first value that is outside of its bounds, or not a number.
func checkBounds(values ...bounded) error {
	for _, b := range values {
		if !(b.v >= b.lo && b.v <= b.hi) {
			return fmt.Errorf("%s: %g%s, want %.4g to %.4g", b.name, b.v, b.unit, b.lo, b.hi)
		}
	}
	return nil
}

// checkShares checks the fractions of a label.
func checkShares(o *label.Object) error {
	return checkBounds(bounded{"visible", o.Visible, 0, 1, ""}, bounded{"truncated", o.Truncated, 0, 1, ""}, bounded{"veil", o.Veil, 0, 1, ""})
}

// checkPlace checks where an object is.
func checkPlace(o *label.Object) error {
	return checkBounds(
		bounded{"distance", o.Distance, 0, maxFar, " m"}, bounded{"heading", o.Heading, -halfTurnPlus, halfTurnPlus, " rad"},
		bounded{"position", o.Pos.X, -maxFar, maxFar, " m"}, bounded{"position", o.Pos.Y, -maxFar, maxFar, " m"},
	)
}

// checkExtent checks how large an object is and at which height it stands.
func checkExtent(o *label.Object) error {
	return checkBounds(
		bounded{"length", o.Length, 0, maxSize, " m"}, bounded{"width", o.Width, 0, maxSize, " m"},
		bounded{"bottom", o.Bottom, -maxFar, maxFar, " m"}, bounded{"top", o.Top, o.Bottom, o.Bottom + maxSize, " m"},
	)
}
