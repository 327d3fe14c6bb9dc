package scoring

// Area accumulates the intersection over union of a predicted with a true area.
type Area struct{ both, either int }

// Add counts one cell.
func (a *Area) Add(truth, found bool) {
	if truth && found {
		a.both++
	}
	if truth || found {
		a.either++
	}
}

// IoU returns the Jaccard index, NaN when neither area has a cell.
func (a *Area) IoU() float64 { return float64(a.both) / float64(a.either) }
