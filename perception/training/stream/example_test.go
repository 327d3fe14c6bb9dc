package stream_test

import (
	"fmt"

	"roadloop/perception/network"
	"roadloop/perception/training/stream"
)

// Frames are made by number: the same stream always shows the same.
func ExampleMaker() {
	s := stream.Stream{Config: network.DefaultConfig(), Seed: 1, Split: stream.Validation}
	maker, err := stream.NewMaker(s)
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
	fmt.Printf("%d×%d pixels; %d values in, %d wanted\n", frame.Image.Width, frame.Image.Height, len(input), len(target))
	// Output: 320×192 pixels; 184320 values in, 96000 wanted
}
