package network

import (
	"fmt"
	"hash"
	"hash/fnv"

	"github.com/chewxy/hm"
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"roadloop/perception/network/internal/onednn"
)

const epsilon = onednn.Epsilon

// operator is a custom operation in a gorgonia graph. It implements gorgonia's Op and
// SDOp. Its result is in a buffer that the next run overwrites, so that a step
// allocates nothing.
type operator struct {
	name  string
	id    int // unique in its graph, so that gorgonia does not merge it with others
	dims  []int
	shape tensor.Shape // of the result; scalar if empty
	// out is the buffer of the result. If nil, the executor assigns a shared buffer.
	out []float32
	// inPlace is 1 + the input with the buffer that the result may reuse; 0 means none.
	inPlace int

	do func(in [][]float32, out []float32) error
	// diff returns the gradient nodes of the inputs, nil for inputs without gradient.
	diff func(in G.Nodes, output, grad *G.Node) (G.Nodes, error)
	wrt  []bool

	in   G.Nodes // its inputs
	args [][]float32
}

var _ G.SDOp = (*operator)(nil)

// Arity returns the number of inputs.
func (o *operator) Arity() int { return len(o.dims) }

// Type returns the type of the operation, tensors of fixed dimensions.
func (o *operator) Type() hm.Type {
	var ts []hm.Type
	for _, d := range o.dims {
		ts = append(ts, tensorType(d))
	}
	return hm.NewFnType(append(ts, tensorType(len(o.shape)))...)
}

func tensorType(dims int) hm.Type {
	if dims == 0 {
		return tensor.Float32
	}
	return G.TensorType{Dims: dims, Of: tensor.Float32}
}

// InferShape returns the shape of the result, which does not depend on the inputs.
func (o *operator) InferShape(...G.DimSizer) (tensor.Shape, error) { return o.shape.Clone(), nil }

// Do runs the operation in one of gorgonia's machines.
func (o *operator) Do(in ...G.Value) (G.Value, error) {
	o.args = o.args[:0]
	for i, v := range in {
		data, err := values(v)
		if err != nil {
			return nil, fmt.Errorf("%s: input %d: %w", o.name, i, err)
		}
		o.args = append(o.args, data)
	}
	if o.out == nil {
		o.out = make([]float32, o.size())
	}
	if err := o.do(o.args, o.out); err != nil {
		return nil, fmt.Errorf("%s: %w", o.name, err)
	}
	if len(o.shape) == 0 {
		return G.NewF32(o.out[0]), nil
	}
	return tensor.New(tensor.WithShape(o.shape...), tensor.WithBacking(o.out)), nil
}

// size returns the number of values of the result.
func (o *operator) size() int {
	if len(o.shape) == 0 {
		return 1
	}
	return o.shape.TotalSize()
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
func (o *operator) ReturnsPtr() bool { return true }

// CallsExtern returns false although oneDNN is called: true only makes gorgonia
// flush.
func (o *operator) CallsExtern() bool { return false }

// OverwritesInput returns -1: no input is overwritten.
func (o *operator) OverwritesInput() int { return -1 }

// WriteHash writes the operation's name and ID, which are unique in the graph.
func (o *operator) WriteHash(h hash.Hash) { fmt.Fprintf(h, "roadloop/%s#%d", o.name, o.id) }

// Hashcode returns the hash of WriteHash.
func (o *operator) Hashcode() uint32 {
	h := fnv.New32a()
	o.WriteHash(h)
	return h.Sum32()
}

// String returns the name of the operation.
func (o *operator) String() string { return fmt.Sprintf("%s#%d", o.name, o.id) }

// DiffWRT reports which inputs have a gradient.
func (o *operator) DiffWRT(inputs int) []bool {
	if o.wrt == nil {
		return make([]bool, inputs)
	}
	return o.wrt
}

// SymDiff returns the nodes of the gradients.
func (o *operator) SymDiff(in G.Nodes, output, grad *G.Node) (G.Nodes, error) {
	if o.diff == nil {
		return nil, fmt.Errorf("%s has no gradient", o.name)
	}
	return o.diff(in, output, grad)
}

// identity does nothing; it is for operators with a result that another operator has
// computed.
func identity([][]float32, []float32) error { return nil }

func dense(shape ...int) *tensor.Dense {
	return tensor.New(tensor.WithShape(shape...), tensor.Of(tensor.Float32))
}

func floats(t *tensor.Dense) []float32 { return t.Data().([]float32) }
