package network

import (
	"errors"
	"fmt"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"roadloop/internal/graph"
	"roadloop/internal/onednn"
)

// Backend chooses the operators of a graph.
type Backend uint8

// Backends.
const (
	OneDNN   Backend = iota // custom operators on oneDNN
	Gorgonia                // gorgonia's operators, about ten times slower; the reference
)

// backend creates the operators of a graph.
type backend interface {
	conv(e edge, x, w, b *G.Node) (*G.Node, error)
	norm(l *layer, x *G.Node, a affine) (*G.Node, error)
	merge(m merging, x [2]*G.Node, w, b *G.Node) (*G.Node, error)
	pool(e edge, x *G.Node) (*G.Node, error)
	add(l *layer, x, y *G.Node) (*G.Node, error)
}

// edge connects a layer with its input layer.
type edge struct{ from, to *layer }

// affine holds scale and shift of a normalization, and receives the statistics of the
// batch.
type affine struct {
	scale, shift *G.Node
	batch        *onednn.Affine
}

// Graph is a network for training on batches of a fixed size. It computes the
// loss and the gradients of all parameters. Several graphs may share weights;
// each must be used by only one goroutine at a time.
type Graph struct {
	Images  []float32 // input batch, [batch, Height, Width, 3]
	Targets []float32 // [batch, Height/4, Width/4, channels of the objective]
	// Gradients of the weights' Params after a Step, in their order.
	Gradients [][]float32
	// Number of the batch; it seeds the dropout, so that a resumed training draws the
	// same masks as an uninterrupted one.
	Number int64
	// Losses of the last Step.
	Losses Losses
	// Stats holds means and variances of the last batch, in the order of the weights'
	// Stats.
	Stats [][]float32

	vm       G.VM            // runs gorgonia's operators
	executor *graph.Executor // runs custom operators
	heads    G.Value
	grads    []G.Value
	out      []float32 // the heads
	close    func()
}

// GraphConfig configures a graph.
type GraphConfig struct {
	Batch   int
	Loss    Objective // training objective
	Backend Backend
	// Dropout is the probability of zeroing a feature before the heads (Srivastava et
	// al. 2014); the others are scaled up in return. Masks are drawn from Seed and
	// Graph.Number.
	Dropout float64
	Seed    uint64
	// BF16 makes convolutions multiply in bfloat16, on processors that support it.
	BF16 bool
}

// Objective computes the loss of a batch. LossConfig is the objective of driving;
// pretraining has others.
type Objective interface {
	// Channels returns the number of values per cell of the heads and of the targets.
	Channels() (heads, targets int)
	// Loss compares heads with targets, cell by cell, and sets grad to the
	// gradient of Total with respect to the heads.
	Loss(heads, targets, grad []float32) Losses
}

// NewGraph builds a training graph. Its parameters are the tensors of w: changing
// them changes the graph.
func NewGraph(w *Weights, c GraphConfig) (*Graph, error) {
	if err := w.Config.Check(); err != nil {
		return nil, err
	}
	if c.Batch < 1 {
		return nil, fmt.Errorf("network: batch of %d", c.Batch)
	}
	if c.Loss == nil {
		return nil, errors.New("network: no objective")
	}
	if heads, _ := c.Loss.Channels(); heads != w.Config.Channels() {
		return nil, fmt.Errorf("network: the objective needs %d channels, the heads have %d", heads, w.Config.Channels())
	}
	if !(c.Dropout >= 0 && c.Dropout < 1) {
		return nil, fmt.Errorf("network: dropout of %g, want 0 to below 1", c.Dropout)
	}
	if c.BF16 && (c.Backend == Gorgonia || !onednn.HasBF16()) {
		return nil, fmt.Errorf("network: %w", onednn.ErrNoBF16)
	}
	f := &dnnBackend{batch: c.Batch, bf16: c.BF16}
	var ops backend = f
	if c.Backend == Gorgonia {
		ops = &referenceBackend{dnn: f}
	}
	a := graphBuilder{graph: new(Graph), g: G.NewGraph(), w: w, ops: ops, dnn: f, config: c}
	err := a.build()
	a.graph.close = f.Close
	if err != nil {
		a.graph.Close()
		return nil, fmt.Errorf("network: building the graph: %w", err)
	}
	return a.graph, nil
}

// graphBuilder builds a graph.
type graphBuilder struct {
	graph  *Graph
	g      *G.ExprGraph
	w      *Weights
	ops    backend
	dnn    *dnnBackend // creates the operators that both backends share
	config GraphConfig
	params G.Nodes
}

func (a *graphBuilder) build() error {
	cfg := &a.w.Config
	gw, gh := cfg.Grid()
	images := dense(a.config.Batch, cfg.Height, cfg.Width, 3)
	_, channels := a.config.Loss.Channels()
	targets := dense(a.config.Batch, gh, gw, channels)
	a.graph.Images, a.graph.Targets = floats(images), floats(targets)
	x := G.NewTensor(a.g, tensor.Float32, 4, G.WithShape(images.Shape()...), G.WithName("image"), G.WithValue(images))
	t := G.NewTensor(a.g, tensor.Float32, 4, G.WithShape(targets.Shape()...), G.WithName("target"), G.WithValue(targets))
	heads, err := a.forward(x)
	if err != nil {
		return err
	}
	cost, err := a.loss(heads, t)
	if err != nil {
		return err
	}
	grads, err := G.Grad(cost, a.params...)
	if err != nil {
		return err
	}
	a.graph.Gradients = make([][]float32, len(grads))
	if a.config.Backend == OneDNN {
		return a.graph.record(a.g, heads, grads)
	}
	G.Read(heads, &a.graph.heads)
	a.graph.grads = make([]G.Value, len(grads))
	for i, n := range grads {
		G.Read(n, &a.graph.grads[i])
	}
	a.graph.vm = G.NewTapeMachine(a.g)
	return nil
}

// record prepares an executor for the custom operators.
func (g *Graph) record(expr *G.ExprGraph, heads *G.Node, grads G.Nodes) (err error) {
	if g.executor, err = graph.NewExecutor(expr, append(G.Nodes{heads}, grads...)); err != nil {
		return err
	}
	g.out = g.executor.Result(heads)
	for i, n := range grads {
		g.Gradients[i] = g.executor.Result(n)
	}
	return nil
}

// forward builds the layers and returns the heads.
func (a *graphBuilder) forward(x *G.Node) (*G.Node, error) {
	layers := a.w.Config.layers()
	nodes := make([]*G.Node, len(layers))
	nodes[0] = x
	for i := 1; i < len(layers); i++ {
		l := &layers[i]
		e, in := edge{&layers[l.in[0]], l}, nodes[l.in[0]]
		var err error
		switch l.kind {
		case upConcat: // the next convolution reads both inputs
		case addReLU:
			nodes[i], err = a.ops.add(l, in, nodes[l.in[1]])
		case maxPool, avgPool:
			nodes[i], err = a.ops.pool(e, in)
		case head:
			if in, err = a.dropout(e.from, in); err != nil {
				break
			}
			nodes[i], err = a.ops.conv(e, in, a.param(l.name+".kernel"), a.param(l.name+".bias"))
		default:
			nodes[i], err = a.convNorm(layers, nodes, i)
		}
		if err != nil {
			return nil, fmt.Errorf("layer %s: %w", l.name, err)
		}
	}
	return nodes[len(nodes)-1], nil
}

// convNorm builds layer i: a convolution without bias, since the normalization makes
// it superfluous, and the normalization.
func (a *graphBuilder) convNorm(layers []layer, nodes []*G.Node, i int) (*G.Node, error) {
	l := &layers[i]
	none := G.NewVector(a.g, tensor.Float32, G.WithShape(l.c), G.WithName(l.name+".none"), G.WithValue(dense(l.c)))
	kernel := a.param(l.name + ".kernel")
	var y *G.Node
	var err error
	if from := &layers[l.in[0]]; from.kind == upConcat {
		m := merging{to: l, low: &layers[from.in[0]], skip: &layers[from.in[1]]}
		y, err = a.ops.merge(m, [2]*G.Node{nodes[from.in[0]], nodes[from.in[1]]}, kernel, none)
	} else {
		y, err = a.ops.conv(edge{from, l}, nodes[l.in[0]], kernel, none)
	}
	if err != nil {
		return nil, err
	}
	batch := &onednn.Affine{Mean: make([]float32, l.c), Var: make([]float32, l.c)}
	a.graph.Stats = append(a.graph.Stats, batch.Mean, batch.Var)
	return a.ops.norm(l, y, affine{a.param(l.name + ".scale"), a.param(l.name + ".shift"), batch})
}

// param returns a node for the named tensor of the weights; the graph shares its
// memory.
func (a *graphBuilder) param(name string) *G.Node {
	for i := range a.w.Params {
		p := &a.w.Params[i]
		if p.Name != name {
			continue
		}
		t := tensor.New(tensor.WithShape(p.Shape...), tensor.WithBacking(p.Data))
		n := G.NewTensor(a.g, tensor.Float32, len(p.Shape), G.WithShape(p.Shape...), G.WithName(name), G.WithValue(t))
		a.params = append(a.params, n)
		return n
	}
	return nil // the name comes from the same list of layers as the weights
}

// loss builds the fused loss and gradient.
func (a *graphBuilder) loss(heads, targets *G.Node) (*G.Node, error) {
	shape := heads.Shape().Clone()
	grad := make([]float32, shape.TotalSize())
	return a.dnn.Apply(&graph.Operator{
		Name: "loss", Dims: []int{4, 4},
		Compute: func(in [][]float32, out []float32) error {
			a.graph.Losses = a.config.Loss.Loss(in[0], in[1], grad)
			out[0] = float32(a.graph.Losses.Total)
			return nil
		},
		WRT: []bool{true, false},
		Gradient: func(_ G.Nodes, output, _ *G.Node) (G.Nodes, error) {
			// The loss is the end of the graph: its own gradient is 1.
			g, err := a.dnn.Apply(&graph.Operator{
				Name: "loss gradient", Dims: []int{0}, Shape: shape, Out: grad, Compute: graph.Identity,
			}, output)
			return G.Nodes{g, nil}, err
		},
	}, heads, targets)
}

// Step runs the batch in Images and Targets forward and backward.
func (g *Graph) Step() error {
	if g.executor != nil {
		if err := g.executor.Run(); err != nil {
			return fmt.Errorf("network: running the graph: %w", err)
		}
		return nil
	}
	if err := g.vm.RunAll(); err != nil {
		return fmt.Errorf("network: running the graph: %w", err)
	}
	for i, v := range g.grads {
		data, ok := v.Data().([]float32)
		if !ok {
			return fmt.Errorf("network: gradient %d is %T", i, v.Data())
		}
		g.Gradients[i] = data
	}
	g.vm.Reset()
	return nil
}

// Heads returns the heads of the last Step, [batch, Height/4, Width/4, Channels].
func (g *Graph) Heads() []float32 {
	if g.executor != nil {
		return g.out
	}
	return g.heads.Data().([]float32)
}

// Close frees the graph.
func (g *Graph) Close() error {
	if g.executor != nil {
		g.executor.Close()
	}
	g.close()
	g.executor = nil
	if g.vm == nil {
		return nil
	}
	return g.vm.Close()
}
