// Package graph runs gorgonia graphs of custom operators: gorgonia builds the graph and
// differentiates it, and an Executor computes it with operators that mostly call oneDNN. A
// step allocates nothing.
package graph

import (
	"fmt"
	"hash"
	"hash/fnv"

	"github.com/chewxy/hm"
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Operator is a custom operation in a gorgonia graph. It implements gorgonia's Op and
// SDOp. Its result is in a buffer that the next run overwrites, so that a step
// allocates nothing.
type Operator struct {
	Name  string
	Dims  []int        // numbers of dimensions of the inputs
	Shape tensor.Shape // of the result; scalar if empty
	// Out is the buffer of the result. If nil, the executor assigns a shared buffer.
	Out []float32
	// InPlace is 1 + the input with the buffer that the result may reuse; 0 means none.
	InPlace int

	// Compute computes the result from the inputs.
	Compute func(in [][]float32, out []float32) error
	// Gradient returns the gradient nodes of the inputs, nil for inputs without gradient;
	// WRT reports which inputs have one.
	Gradient func(in G.Nodes, output, grad *G.Node) (G.Nodes, error)
	WRT      []bool

	id   int     // unique in its graph, so that gorgonia does not merge it with others
	in   G.Nodes // its inputs
	args [][]float32
}

var _ G.SDOp = (*Operator)(nil)

// Arity returns the number of inputs.
func (o *Operator) Arity() int { return len(o.Dims) }

// Type returns the type of the operation, tensors of fixed dimensions.
func (o *Operator) Type() hm.Type {
	var ts []hm.Type
	for _, d := range o.Dims {
		ts = append(ts, tensorType(d))
	}
	return hm.NewFnType(append(ts, tensorType(len(o.Shape)))...)
}

func tensorType(dims int) hm.Type {
	if dims == 0 {
		return tensor.Float32
	}
	return G.TensorType{Dims: dims, Of: tensor.Float32}
}

// InferShape returns the shape of the result, which does not depend on the inputs.
func (o *Operator) InferShape(...G.DimSizer) (tensor.Shape, error) { return o.Shape.Clone(), nil }

// Do runs the operation in one of gorgonia's machines.
func (o *Operator) Do(in ...G.Value) (G.Value, error) {
	o.args = o.args[:0]
	for i, v := range in {
		data, err := values(v)
		if err != nil {
			return nil, fmt.Errorf("%s: input %d: %w", o.Name, i, err)
		}
		o.args = append(o.args, data)
	}
	if o.Out == nil {
		o.Out = make([]float32, o.size())
	}
	if err := o.Compute(o.args, o.Out); err != nil {
		return nil, fmt.Errorf("%s: %w", o.Name, err)
	}
	if len(o.Shape) == 0 {
		return G.NewF32(o.Out[0]), nil
	}
	return tensor.New(tensor.WithShape(o.Shape...), tensor.WithBacking(o.Out)), nil
}

// size returns the number of values of the result.
func (o *Operator) size() int {
	if len(o.Shape) == 0 {
		return 1
	}
	return o.Shape.TotalSize()
}

// values returns the memory of a value, or a copy of it if it is a scalar.
func values(v G.Value) ([]float32, error) {
	switch d := v.Data().(type) {
	case []float32:
		return d, nil
	case float32:
		return []float32{d}, nil
	default:
		return nil, fmt.Errorf("the value is %T, want float32", d)
	}
}

// ReturnsPtr returns true: the result is not copied.
func (o *Operator) ReturnsPtr() bool { return true }

// CallsExtern returns false although oneDNN is called: true only makes gorgonia
// flush.
func (o *Operator) CallsExtern() bool { return false }

// OverwritesInput returns -1: no input is overwritten.
func (o *Operator) OverwritesInput() int { return -1 }

// WriteHash writes the operation's name and ID, which are unique in the graph.
func (o *Operator) WriteHash(h hash.Hash) { fmt.Fprintf(h, "roadloop/%s#%d", o.Name, o.id) }

// Hashcode returns the hash of WriteHash.
func (o *Operator) Hashcode() uint32 {
	h := fnv.New32a()
	o.WriteHash(h)
	return h.Sum32()
}

// String returns the name of the operation.
func (o *Operator) String() string { return fmt.Sprintf("%s#%d", o.Name, o.id) }

// DiffWRT reports which inputs have a gradient.
func (o *Operator) DiffWRT(inputs int) []bool {
	if o.WRT == nil {
		return make([]bool, inputs)
	}
	return o.WRT
}

// SymDiff returns the nodes of the gradients.
func (o *Operator) SymDiff(in G.Nodes, output, grad *G.Node) (G.Nodes, error) {
	if o.Gradient == nil {
		return nil, fmt.Errorf("%s has no gradient", o.Name)
	}
	return o.Gradient(in, output, grad)
}

// Identity does nothing; it is for operators with a result that another operator has
// computed.
func Identity([][]float32, []float32) error { return nil }

// Builder adds operators to a graph, and keeps what must be freed with it.
type Builder struct {
	next  int // id of the next operator
	close []func()
}

// Apply adds an operator with its inputs and returns the node of its result.
func (b *Builder) Apply(o *Operator, in ...*G.Node) (*G.Node, error) {
	b.next++
	o.id, o.in = b.next, in
	return G.ApplyOp(o, in...)
}

// OnClose adds a function that frees a part of the graph.
func (b *Builder) OnClose(free func()) { b.close = append(b.close, free) }

// Close frees the parts of the graph.
func (b *Builder) Close() {
	for _, f := range b.close {
		f()
	}
	b.close = nil
}

// Chain keeps the first error of a chain of operators.
type Chain struct{ Err error }

// Do returns n and keeps err if it is the first one.
func (c *Chain) Do(n *G.Node, err error) *G.Node {
	if c.Err == nil {
		c.Err = err
	}
	return n
}
