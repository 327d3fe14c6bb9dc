package synth_test

import (
	"fmt"

	"roadloop/perception/network"
	"roadloop/perception/training/synth"
)

// Frames have numbers: the same stream and number always give the same frame.
func ExampleGenerator() {
	s := synth.Stream{Config: network.DefaultConfig(), Seed: 1, Split: synth.Validation}
	maker, err := synth.NewGenerator(s)
	if err != nil {
		fmt.Println(err)
		return
	}
	frame, err := maker.Frame(42)
	if err != nil {
		fmt.Println(err)
		return
	}
	input, target := make([]float32, s.Config.ImageSize()), make([]float32, s.Config.TargetSize())
	maker.Encode(frame, input, target)
	fmt.Printf("%d×%d pixels; %d input values, %d target values\n", frame.Image.Width, frame.Image.Height, len(input), len(target))
	// Output: 320×192 pixels; 184320 input values, 96000 target values
}
