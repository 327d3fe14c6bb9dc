package eval

import (
	"testing"

	"roadloop/perception"
	"roadloop/perception/scoring"
)

// Frames in which every car is found have the interval [1, 1]; a mixture has one around its
// average precision, and the same every time; too few frames have none.
func TestBootstrap(t *testing.T) {
	box := perception.Box{X0: 10, Y0: 10, X1: 30, Y1: 20}
	frame := func(found bool) *observation {
		o := &observation{onDisk: true, truths: []scoring.Truth{{Class: perception.Car, Box: box, Visible: 1}}}
		if found {
			o.found = []perception.Detection{{Class: perception.Car, Score: .9, Box: box}}
		}
		return o
	}
	var all, half, few bootstrap
	for i := range 20 {
		all.add(frame(true))
		half.add(frame(i%2 == 0))
	}
	few.add(frame(true))
	if got := all.ap50(perception.Car, false); got == nil || *got != (Interval{1, 1}) {
		t.Errorf("all found: %v", got)
	}
	got := half.ap50(perception.Car, false)
	if got == nil || got.Low < .2 || got.Low > .4 || got.High < .6 || got.High > .8 {
		t.Errorf("half found: %v, want about 0.3 to 0.7", got)
	}
	if again := half.ap50(perception.Car, false); *again != *got {
		t.Errorf("the second time: %v, was %v", again, got)
	}
	if got := few.ap50(perception.Car, false); got != nil {
		t.Errorf("one frame: %v", got)
	}
	if got := all.ap50(perception.Cyclist, false); got != nil {
		t.Errorf("no cyclists: %v", got)
	}
	all.add(&observation{}) // a simulated frame
	if len(all.frames) != 20 {
		t.Error("a simulated frame was kept")
	}
}
