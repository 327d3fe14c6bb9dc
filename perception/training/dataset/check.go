package dataset

import (
	"fmt"

	"roadloop/sim/label"
)

// Upper bounds of labels, above the size of any road user and the range of any
// camera.
const (
	maxSize = 200.0 // m
	maxFar  = 1e4   // m
	// maxAngle is π with a tolerance for rounding, for example to 3.15.
	maxAngle = 3.16 // rad
)

// bounded is a value of a label with its bounds.
type bounded struct {
	name      string
	v, lo, hi float64
	unit      string
}

// checkBounds returns an error for the first value that is out of bounds or NaN.
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
	return checkBounds(bounded{"visible", o.Visible, 0, 1, ""}, bounded{"truncated", o.Truncated, 0, 1, ""}, bounded{"veil", o.FogLoss, 0, 1, ""})
}

// checkPlace checks the position of an object.
func checkPlace(o *label.Object) error {
	return checkBounds(
		bounded{"distance", o.Distance, 0, maxFar, " m"}, bounded{"heading", o.Heading, -maxAngle, maxAngle, " rad"},
		bounded{"position", o.Pos.X, -maxFar, maxFar, " m"}, bounded{"position", o.Pos.Y, -maxFar, maxFar, " m"},
	)
}

// checkExtent checks the size of an object and its height above the ground.
func checkExtent(o *label.Object) error {
	return checkBounds(
		bounded{"length", o.Length, 0, maxSize, " m"}, bounded{"width", o.Width, 0, maxSize, " m"},
		bounded{"bottom", o.Bottom, -maxFar, maxFar, " m"}, bounded{"top", o.Top, o.Bottom, o.Bottom + maxSize, " m"},
	)
}
