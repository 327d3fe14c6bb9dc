// Package onnx writes models in the ONNX format, without its libraries.
package onnx

import (
	"encoding/binary"
	"math"

	"google.golang.org/protobuf/encoding/protowire"
)

// Field numbers of the messages of ONNX (onnx.proto, IR version 8).
const (
	ModelIRVersion, ModelProducer, ModelGraph, ModelOpset = 1, 2, 7, 8
	ModelMetadata, EntryKey, EntryValue                   = 14, 1, 2
	OpsetVersion                                          = 2
	GraphNode, GraphName, GraphInit, GraphIn, GraphOut    = 1, 2, 5, 11, 12
	NodeIn, NodeOut, NodeName, NodeType, NodeAttr         = 1, 2, 3, 4, 5
	AttrName, AttrFloat, AttrInt, AttrString              = 1, 2, 3, 4
	AttrInts, AttrType                                    = 8, 20
	TensorDims, TensorElem, TensorName, TensorRaw         = 1, 2, 8, 9
	ValueName, ValueType                                  = 1, 2
	TypeTensor, TypeElem, TypeShape                       = 1, 1, 2
	ShapeDim, DimValue, DimParam                          = 1, 1, 2
)

// Types of the elements of tensors.
const (
	Float32 = 1
	Int64   = 7
)

// Batch is the size of an axis that is free: the number of images.
const Batch = -1

// batchName names the free axis.
const batchName = "N"

// Values of enumerations.
const (
	elemFloat, elemInt64     = Float32, Int64
	attrIsFloat, attrIsInt   = 1, 2
	attrIsString, attrIsInts = 3, 7
)

// Graph is a model in construction. Its parts are written in the order of the calls.
type Graph struct {
	b        []byte
	metadata []byte // entries of the model
}

// Node adds an operator with one output, which also names the node.
func (g *Graph) Node(op string, in []string, out string, attrs ...[]byte) {
	g.Nodes(op, in, []string{out}, attrs...)
}

// Nodes adds an operator with several outputs. The first one also names the node.
func (g *Graph) Nodes(op string, in, out []string, attrs ...[]byte) {
	var b []byte
	for _, s := range in {
		b = text(b, NodeIn, s)
	}
	for _, s := range out {
		b = text(b, NodeOut, s)
	}
	b = text(b, NodeName, out[0])
	b = text(b, NodeType, op)
	for _, a := range attrs {
		b = message(b, NodeAttr, a)
	}
	g.b = message(g.b, GraphNode, b)
}

// Floats adds a constant tensor.
func (g *Graph) Floats(name string, dims []int, data []float32) {
	raw := make([]byte, 0, 4*len(data))
	for _, v := range data {
		raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(v))
	}
	g.tensor(name, elemFloat, dims, raw)
}

// Ints adds a constant vector of integers.
func (g *Graph) Ints(name string, data ...int) {
	var raw []byte
	for _, v := range data {
		raw = binary.LittleEndian.AppendUint64(raw, uint64(v))
	}
	g.tensor(name, elemInt64, []int{len(data)}, raw)
}

// Integer adds a constant integer, without axes.
func (g *Graph) Integer(name string, v int) {
	g.tensor(name, elemInt64, nil, binary.LittleEndian.AppendUint64(nil, uint64(v)))
}

// Metadata adds an entry to the properties of the model, which runtimes show.
func (g *Graph) Metadata(key, value string) {
	g.metadata = message(g.metadata, ModelMetadata, text(text(nil, EntryKey, key), EntryValue, value))
}

func (g *Graph) tensor(name string, elem int, dims []int, raw []byte) {
	var b []byte
	for _, d := range dims {
		b = number(b, TensorDims, d)
	}
	b = number(b, TensorElem, elem)
	b = text(b, TensorName, name)
	g.b = message(g.b, GraphInit, message(b, TensorRaw, raw))
}

// Name names the graph.
func (g *Graph) Name(name string) { g.b = text(g.b, GraphName, name) }

// Input declares an input of floats. An axis may be Batch.
func (g *Graph) Input(name string, dims ...int) {
	g.b = message(g.b, GraphIn, value(name, elemFloat, dims))
}

// Output declares an output of floats. An axis may be Batch.
func (g *Graph) Output(name string, dims ...int) { g.TypedOutput(name, elemFloat, dims...) }

// TypedOutput declares an output with the given type of elements.
func (g *Graph) TypedOutput(name string, elem int, dims ...int) {
	g.b = message(g.b, GraphOut, value(name, elem, dims))
}

// Model returns the model, for a version of the set of operators.
func (g *Graph) Model(opset int) []byte {
	var m []byte
	m = number(m, ModelIRVersion, 6)
	m = text(m, ModelProducer, "roadloop")
	m = message(m, ModelGraph, g.b)
	m = message(m, ModelOpset, number(nil, OpsetVersion, opset))
	return append(m, g.metadata...)
}

// Int returns an attribute of a node.
func Int(name string, v int) []byte {
	return number(number(text(nil, AttrName, name), AttrInt, v), AttrType, attrIsInt)
}

// Float returns an attribute of a node.
func Float(name string, v float32) []byte {
	b := protowire.AppendTag(text(nil, AttrName, name), AttrFloat, protowire.Fixed32Type)
	return number(protowire.AppendFixed32(b, math.Float32bits(v)), AttrType, attrIsFloat)
}

// Ints returns an attribute that is a list.
func Ints(name string, vs ...int) []byte {
	b := text(nil, AttrName, name)
	for _, v := range vs {
		b = number(b, AttrInts, v)
	}
	return number(b, AttrType, attrIsInts)
}

// String returns an attribute that is a text.
func String(name, v string) []byte {
	return number(text(text(nil, AttrName, name), AttrString, v), AttrType, attrIsString)
}

func value(name string, elem int, dims []int) []byte {
	var shape []byte
	for _, d := range dims {
		dim := number(nil, DimValue, d)
		if d == Batch {
			dim = text(nil, DimParam, batchName)
		}
		shape = message(shape, ShapeDim, dim)
	}
	t := message(number(nil, TypeElem, elem), TypeShape, shape)
	return message(text(nil, ValueName, name), ValueType, message(nil, TypeTensor, t))
}

func message(b []byte, field protowire.Number, m []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(b, field, protowire.BytesType), m)
}

func text(b []byte, field protowire.Number, s string) []byte { return message(b, field, []byte(s)) }

func number(b []byte, field protowire.Number, v int) []byte {
	return protowire.AppendVarint(protowire.AppendTag(b, field, protowire.VarintType), uint64(v))
}
