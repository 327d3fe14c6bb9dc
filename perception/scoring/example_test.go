package scoring_test

import (
	"fmt"

	"roadloop/perception"
	"roadloop/perception/scoring"
)

// Two cars, one of them found.
func ExamplePrecision() {
	p := scoring.Precision{Class: perception.Car, Range: scoring.Range{Far: 50}}
	box := perception.Box{X0: 100, Y0: 80, X1: 140, Y1: 110}
	p.Add([]scoring.Truth{
		{Class: perception.Car, Box: box, Distance: 20},
		{Class: perception.Car, Box: perception.Box{X0: 10, Y0: 80, X1: 30, Y1: 95}, Distance: 35},
	}, []perception.Detection{{Class: perception.Car, Box: box, Score: .9, Distance: 21}})
	precision, recall := p.At(.5)
	fmt.Printf("%d objects, precision %.2f, recall %.2f, AP50 %.3f\n", p.Truths(), precision, recall, p.AP50())
	// Output: 2 objects, precision 1.00, recall 0.50, AP50 0.505
}
