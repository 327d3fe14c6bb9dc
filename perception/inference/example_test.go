package inference_test

import (
	"fmt"

	"roadloop/perception"
	"roadloop/perception/inference"
	"roadloop/perception/network"
	"roadloop/sim/sensor"
)

// From an image to detections. The network here is untrained, so it detects nothing.
func ExampleDecode() {
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
	c := engine.Config()
	cal := sensor.FrontCamera()
	rgb := make([]byte, c.ImageSize()) // a black image
	input, heads := make([]float32, c.ImageSize()), make([]float32, c.HeadSize())
	network.Scale(input, rgb)
	if err := engine.Infer(input, heads); err != nil {
		fmt.Println(err)
		return
	}
	var im perception.Image
	inference.Decode(heads, &cal, &im)
	fmt.Println(len(im.Detections), "objects;", len(im.Drivable), "cells in rows of", im.GridWidth)
	// Output: 0 objects; 3840 cells in rows of 80
}
