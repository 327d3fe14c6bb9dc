package network

import "fmt"

// Layer is a description of a layer for display.
type Layer struct {
	Name   string
	Op     string   // operation
	Inputs []string // names of the input layers
	Shape  []int    // of its output for one image, [1, height, width, channels]
}

// Layers describes the network, the image first.
func (c *Config) Layers() []Layer {
	list := c.layers()
	out := make([]Layer, len(list))
	for i := range list {
		l := &list[i]
		out[i] = Layer{Name: l.name, Op: l.describe(), Shape: []int{1, l.h, l.w, l.c}}
		if i == 0 {
			out[i].Op = "Image"
			continue
		}
		out[i].Inputs = []string{list[l.in[0]].name}
		if l.kind == upConcat || l.kind == addReLU {
			out[i].Inputs = append(out[i].Inputs, list[l.in[1]].name)
		}
	}
	return out
}

// describe returns the name of the layer's operation.
func (l *layer) describe() string {
	size := fmt.Sprintf("%dx%d", l.k, l.k)
	switch l.kind {
	case upConcat:
		return "UpsampleConcat"
	case addReLU:
		return "AddReLU"
	case maxPool:
		return "MaxPool" + size
	case avgPool:
		return "AveragePool" + size
	case head:
		return "Conv" + size
	}
	op := "Conv" + size + "Norm"
	if l.groups > 1 {
		op = "Depthwise" + op
	}
	if !l.linear {
		op += "ReLU"
	}
	return op
}
