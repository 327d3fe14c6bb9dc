package eval_test

import (
	"context"
	"fmt"

	"roadloop/perception/inference"
	"roadloop/perception/network"
	"roadloop/perception/training/eval"
	"roadloop/perception/training/synth"
)

// Evaluation of an untrained network.
func ExampleEvaluate() {
	weights, err := network.NewWeights(network.DefaultConfig(), 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	engine, err := inference.NewOneDNN(weights)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer engine.Close()
	s := synth.Stream{Config: weights.Config, Seed: 1, Split: synth.HeldOut}
	report, err := eval.Evaluate(context.Background(), engine, s, 8)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(report.Frames, "frames of the", report.Split, "split;", len(report.Classes), "classes")
	// Output: 8 frames of the held-out split; 8 classes
}
