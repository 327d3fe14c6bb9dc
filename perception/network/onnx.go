package network

import (
	"fmt"

	"roadloop/internal/onednn"
	"roadloop/internal/onnx"
)

// ONNX returns the network as an ONNX model (opset 11) with normalizations folded
// in: input "image" [1, 3, Height, Width], scaled by Scale, output "heads"
// [1, HeadChannels, Height/4, Width/4], both NCHW.
func (w *Weights) ONNX() ([]byte, error) {
	var g onnx.Graph
	if err := w.AddONNX(&g); err != nil {
		return nil, err
	}
	g.Name("roadloop")
	gw, gh := w.Config.Grid()
	g.Input("image", 1, 3, w.Config.Height, w.Config.Width)
	g.Output("heads", 1, HeadChannels, gh, gw)
	return g.Model(Opset), nil
}

// Opset is the version of ONNX's operators.
const Opset = 11

// AddONNX adds the layers of the network to a graph, from "image" to "heads", for any number
// of images, and declares neither inputs nor outputs.
func (w *Weights) AddONNX(g *onnx.Graph) error {
	layers := w.Config.layers()
	for i := 1; i < len(layers); i++ {
		if err := w.onnxLayer(g, layers, i); err != nil {
			return err
		}
	}
	g.Floats("upscale", []int{4}, []float32{1, 1, 2, 2})
	g.Floats("roi", []int{0}, nil)
	return nil
}

// onnxLayer adds layer i.
func (w *Weights) onnxLayer(g *onnx.Graph, layers []layer, i int) error {
	l := &layers[i]
	in := layers[l.in[0]].name
	switch l.kind {
	case upConcat:
		g.Node("Resize", []string{in, "roi", "upscale"}, l.name+".up", onnx.String("mode", "nearest"),
			onnx.String("coordinate_transformation_mode", "asymmetric"), onnx.String("nearest_mode", "floor"))
		g.Node("Concat", []string{l.name + ".up", layers[l.in[1]].name}, l.name, onnx.Int("axis", 1))
		return nil
	case addReLU:
		g.Node("Add", []string{in, layers[l.in[1]].name}, l.name+".sum")
		g.Node("Relu", []string{l.name + ".sum"}, l.name)
		return nil
	case maxPool, avgPool:
		op := "AveragePool"
		if l.kind == maxPool {
			op = "MaxPool"
		}
		shape := onednn.PoolShape{K: l.k}
		g.Node(op, []string{in}, l.name, windowAttrs(l, shape.Pad())...)
		return nil
	}
	return w.onnxConv(g, l, in)
}

// onnxConv adds the convolution of a layer with its weights, and its ReLU if any.
func (w *Weights) onnxConv(g *onnx.Graph, l *layer, in string) error {
	kernel, bias, err := w.folded(l)
	if err != nil {
		return err
	}
	relu := l.kind == convNorm && !l.linear
	out := l.name
	if relu {
		out += ".conv"
	}
	attrs := append(windowAttrs(l, l.k/2), onnx.Int("group", l.groups))
	g.Node("Conv", []string{in, l.name + ".kernel", l.name + ".bias"}, out, attrs...)
	if relu {
		g.Node("Relu", []string{out}, l.name)
	}
	g.Floats(l.name+".kernel", []int{l.c, len(kernel) / (l.c * l.k * l.k), l.k, l.k}, kernel)
	g.Floats(l.name+".bias", []int{l.c}, bias)
	return nil
}

// windowAttrs returns the attributes of a layer's kernel, stride and padding.
func windowAttrs(l *layer, pad int) [][]byte {
	return [][]byte{onnx.Ints("kernel_shape", l.k, l.k), onnx.Ints("strides", l.stride, l.stride), onnx.Ints("pads", pad, pad, pad, pad)}
}

// String describes the architecture.
func (c Config) String() string {
	s := fmt.Sprintf("%d×%d, widths %v", c.Width, c.Height, c.Widths)
	if c.Block != "" {
		s += ", " + c.Block
	}
	return s
}
