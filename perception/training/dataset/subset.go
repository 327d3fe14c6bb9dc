package dataset

import "fmt"

// Subset is the list of a data set that a frame is in, in formats with lists.
type Subset string

// Subsets. All frames of a map are in one of them.
const (
	SubsetTrain Subset = "train"
	SubsetVal   Subset = "val"
	SubsetTest  Subset = "test"
)

// subsets returns all subsets, in the order in which formats list them.
func subsets() []Subset { return []Subset{SubsetTrain, SubsetVal, SubsetTest} }

// shares are the percentages of maps in the subsets val and test; the others are in
// train.
type shares struct{ val, test int }

func (s shares) check() error {
	if s.val < 0 || s.test < 0 || s.val+s.test > 100 {
		return fmt.Errorf("%d %% of the maps for validation and %d %% for test: want percentages from 0 to 100 together", s.val, s.test)
	}
	return nil
}

// subset returns the subset of the n-th map. It depends on the number of the map alone, so
// that more frames can be added. The first maps go to one subset each. Then the subset
// that lacks most maps gets the next one. The sequence repeats after 100 maps.
func (s shares) subset(n int) Subset {
	percent := [...]int{100 - s.val - s.test, s.val, s.test}
	var count [len(percent)]int
	best := 0
	for i := range n%100 + 1 {
		most := 0
		for k, p := range percent {
			lack := p*(i+1) - 100*count[k]
			if p > 0 && count[k] == 0 {
				lack = 100 * 100 // more than any other
			}
			if lack > most {
				best, most = k, lack
			}
		}
		count[best]++
	}
	return subsets()[best]
}
