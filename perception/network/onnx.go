package network

import (
	"encoding/binary"
	"fmt"
	"math"

	"google.golang.org/protobuf/encoding/protowire"

	"roadloop/internal/onednn"
)

// Field numbers of the messages of ONNX (onnx.proto, IR version 8).
const (
	modelIRVersion, modelProducer, modelGraph, modelOpset = 1, 2, 7, 8
	opsetVersion                                          = 2
	graphNode, graphName, graphInit, graphIn, graphOut    = 1, 2, 5, 11, 12
	nodeIn, nodeOut, nodeName, nodeType, nodeAttr         = 1, 2, 3, 4, 5
	attrName, attrInt, attrString, attrInts               = 1, 3, 4, 8
	attrType                                              = 20
	tensorDims, tensorElem, tensorName, tensorRaw         = 1, 2, 8, 9
	valueName, valueType                                  = 1, 2
	typeTensor, typeElem, typeShape                       = 1, 1, 2
	shapeDim, dimValue                                    = 1, 1
	onnxFloat                                             = 1
	attrIsInt, attrIsString, attrIsInts                   = 2, 3, 7
)

// ONNX returns the network as an ONNX model (opset 11) with normalizations folded
// in: input "image" [1, 3, Height, Width], scaled by Scale, output "heads"
// [1, HeadChannels, Height/4, Width/4], both NCHW.
func (w *Weights) ONNX() ([]byte, error) {
	var g []byte
	layers := w.Config.layers()
	for i := 1; i < len(layers); i++ {
		node, err := w.onnxLayer(layers, i)
		if err != nil {
			return nil, err
		}
		g = append(g, node...)
	}
	g = text(g, graphName, "roadloop")
	scales := tensorMessage("upscale", []int{4}, []float32{1, 1, 2, 2})
	g = message(g, graphInit, scales)
	g = message(g, graphInit, tensorMessage("roi", []int{0}, nil))
	gw, gh := w.Config.Grid()
	g = message(g, graphIn, valueMessage("image", 1, 3, w.Config.Height, w.Config.Width))
	g = message(g, graphOut, valueMessage("heads", 1, HeadChannels, gh, gw))

	var m []byte
	m = number(m, modelIRVersion, 6)
	m = text(m, modelProducer, "roadloop")
	m = message(m, modelGraph, g)
	return message(m, modelOpset, number(nil, opsetVersion, 11)), nil
}

// onnxLayer returns the fields of the graph for layer i.
func (w *Weights) onnxLayer(layers []layer, i int) ([]byte, error) {
	l := &layers[i]
	in := layers[l.in[0]].name
	if l.kind == upConcat {
		up := nodeMessage("Resize", []string{in, "roi", "upscale"}, l.name+".up",
			textAttr("mode", "nearest"), textAttr("coordinate_transformation_mode", "asymmetric"), textAttr("nearest_mode", "floor"))
		join := nodeMessage("Concat", []string{l.name + ".up", layers[l.in[1]].name}, l.name, intAttr("axis", 1))
		return message(message(nil, graphNode, up), graphNode, join), nil
	}
	switch l.kind {
	case addReLU:
		sum := nodeMessage("Add", []string{in, layers[l.in[1]].name}, l.name+".sum")
		relu := nodeMessage("Relu", []string{l.name + ".sum"}, l.name)
		return message(message(nil, graphNode, sum), graphNode, relu), nil
	case maxPool, avgPool:
		op := "AveragePool"
		if l.kind == maxPool {
			op = "MaxPool"
		}
		shape := onednn.PoolShape{K: l.k}
		return message(nil, graphNode, nodeMessage(op, []string{in}, l.name, windowAttrs(l, shape.Pad())...)), nil
	}
	return w.onnxConv(l, in)
}

// onnxConv returns the convolution of a layer with its weights, and its ReLU if any.
func (w *Weights) onnxConv(l *layer, in string) ([]byte, error) {
	kernel, bias, err := w.folded(l)
	if err != nil {
		return nil, err
	}
	relu := l.kind == convNorm && !l.linear
	out := l.name
	if relu {
		out += ".conv"
	}
	attrs := append(windowAttrs(l, l.k/2), intAttr("group", l.groups))
	g := message(nil, graphNode, nodeMessage("Conv", []string{in, l.name + ".kernel", l.name + ".bias"}, out, attrs...))
	if relu {
		g = message(g, graphNode, nodeMessage("Relu", []string{out}, l.name))
	}
	shape := []int{l.c, len(kernel) / (l.c * l.k * l.k), l.k, l.k}
	g = message(g, graphInit, tensorMessage(l.name+".kernel", shape, kernel))
	return message(g, graphInit, tensorMessage(l.name+".bias", []int{l.c}, bias)), nil
}

// windowAttrs returns the attributes of a layer's kernel, stride and padding.
func windowAttrs(l *layer, pad int) [][]byte {
	return [][]byte{intsAttr("kernel_shape", l.k, l.k), intsAttr("strides", l.stride, l.stride), intsAttr("pads", pad, pad, pad, pad)}
}

func message(b []byte, field protowire.Number, m []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(b, field, protowire.BytesType), m)
}

func text(b []byte, field protowire.Number, s string) []byte { return message(b, field, []byte(s)) }

func number(b []byte, field protowire.Number, v int) []byte {
	return protowire.AppendVarint(protowire.AppendTag(b, field, protowire.VarintType), uint64(v))
}

func nodeMessage(op string, in []string, out string, attrs ...[]byte) []byte {
	var b []byte
	for _, s := range in {
		b = text(b, nodeIn, s)
	}
	b = text(b, nodeOut, out)
	b = text(b, nodeName, out)
	b = text(b, nodeType, op)
	for _, a := range attrs {
		b = message(b, nodeAttr, a)
	}
	return b
}

func intAttr(name string, v int) []byte {
	return number(number(text(nil, attrName, name), attrInt, v), attrType, attrIsInt)
}

func intsAttr(name string, vs ...int) []byte {
	b := text(nil, attrName, name)
	for _, v := range vs {
		b = number(b, attrInts, v)
	}
	return number(b, attrType, attrIsInts)
}

func textAttr(name, v string) []byte {
	return number(text(text(nil, attrName, name), attrString, v), attrType, attrIsString)
}

func tensorMessage(name string, dims []int, data []float32) []byte {
	var b []byte
	for _, d := range dims {
		b = number(b, tensorDims, d)
	}
	b = number(b, tensorElem, onnxFloat)
	b = text(b, tensorName, name)
	raw := make([]byte, 0, 4*len(data))
	for _, v := range data {
		raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(v))
	}
	return message(b, tensorRaw, raw)
}

func valueMessage(name string, dims ...int) []byte {
	var shape []byte
	for _, d := range dims {
		shape = message(shape, shapeDim, number(nil, dimValue, d))
	}
	t := message(number(nil, typeElem, onnxFloat), typeShape, shape)
	return message(text(nil, valueName, name), valueType, message(nil, typeTensor, t))
}

// String describes the architecture.
func (c Config) String() string {
	s := fmt.Sprintf("%d×%d, widths %v", c.Width, c.Height, c.Widths)
	if c.Block != "" {
		s += ", " + c.Block
	}
	return s
}
