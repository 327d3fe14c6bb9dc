package scoring

// Area accumulates the agreement of a predicted area with the true one.
type Area struct{ both, either, all int }

// Add counts one cell.
func (a *Area) Add(truth, found bool) {
	a.all++
	if truth && found {
		a.both++
	}
	if truth || found {
		a.either++
	}
}

// Merge adds the counts of b.
func (a *Area) Merge(b Area) {
	a.both, a.either, a.all = a.both+b.both, a.either+b.either, a.all+b.all
}

// IoU returns the Jaccard index of the area, NaN if both are empty.
func (a *Area) IoU() float64 { return float64(a.both) / float64(a.either) }

// MeanIoU returns the mean of the Jaccard indices of the area and of the rest, as in
// segmentation (Cordts et al. 2016), NaN if either has no cell.
func (a *Area) MeanIoU() float64 {
	rest := float64(a.all-a.either) / float64(a.all-a.both)
	return (a.IoU() + rest) / 2
}
