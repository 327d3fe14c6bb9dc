package synth_test

import (
	"fmt"

	"roadloop/perception/training/synth"
	"roadloop/sim/rng"
)

func Example() {
	frame := make([]byte, 3*320*192)
	r := rng.New(1, "frame/0", "augment")
	synth.NewAugmenter(synth.Augmentation{Noise: 1}).Apply(&r, frame, 320)
	quiet := true
	for _, v := range frame {
		quiet = quiet && v == 0
	}
	fmt.Println(quiet)
	// Output: false
}
