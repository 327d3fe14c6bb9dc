package dataset

import (
	"testing"

	"roadloop/perception"
	"roadloop/perception/training/synth"
	"roadloop/sim/label"
)

// A label that is read has the class that it was given.
func TestSetClass(t *testing.T) {
	for i := range perception.NumClasses {
		c := perception.Class(i)
		var o label.Object
		setClass(&o, c)
		if got := synth.Class(&o); got != c {
			t.Errorf("class %v is read as %v", c, got)
		}
	}
}
