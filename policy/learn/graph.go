package learn

import (
	"fmt"
	"math"
	"slices"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"roadloop/internal/graph"
	"roadloop/internal/onednn"
)

// Graph is a network for batches of a fixed size. Several graphs may share weights; each
// is used by one goroutine at a time.
type Graph struct {
	// Inputs are the observations of a batch, [batch, size] each.
	Inputs [][]float32
	// Outputs are those of the last run, [batch, sum of the outputs].
	Outputs []float32
	// Gradients of the weights' Params after Step, in their order.
	Gradients [][]float32

	builder  graph.Builder
	executor *graph.Executor
	loss     func(out, grad []float32) float64
	value    float64
}

// NewGraph builds a graph that only runs forward.
func NewGraph(w *Weights, batch int) (*Graph, error) { return newGraph(w, batch, false) }

// NewTrainingGraph builds a graph that also computes gradients.
func NewTrainingGraph(w *Weights, batch int) (*Graph, error) { return newGraph(w, batch, true) }

func newGraph(w *Weights, batch int, training bool) (*Graph, error) {
	if batch < 1 {
		return nil, fmt.Errorf("learn: batch of %d", batch)
	}
	if err := w.Config.Check(); err != nil {
		return nil, fmt.Errorf("learn: %w", err)
	}
	b := &graphBuilder{Graph: &Graph{}, expr: G.NewGraph(), weights: w, batch: batch, training: training}
	if err := b.build(); err != nil {
		b.Close()
		return nil, fmt.Errorf("learn: building a network: %w", err)
	}
	return b.Graph, nil
}

// Run computes the outputs of the inputs.
func (g *Graph) Run() error {
	g.loss = nil
	return g.executor.Run()
}

// Step computes outputs, loss and gradients. The loss is the end of the graph: it sets
// grad to its gradient with respect to the outputs, and returns its value.
func (g *Graph) Step(loss func(out, grad []float32) float64) (float64, error) {
	g.loss = loss
	err := g.executor.Run()
	return g.value, err
}

// Close frees the graph.
func (g *Graph) Close() {
	if g.executor != nil {
		g.executor.Close()
	}
	g.builder.Close()
}

// graphBuilder builds a graph. Nodes are matrices with one row for each observation, or
// for each row of a set; those of images are [batch, height, width, channels].
type graphBuilder struct {
	*Graph
	expr     *G.ExprGraph
	weights  *Weights
	batch    int
	training bool
	params   G.Nodes // of the weights, so far
	graph.Chain
}

func (b *graphBuilder) build() error {
	c := &b.weights.Config
	inputs := make(G.Nodes, len(c.Inputs))
	for i := range c.Inputs {
		s := &c.Inputs[i].Space
		shape := tensor.Shape{b.batch, s.Size()}
		switch e := c.Inputs[i].Encoder; {
		case e == Set:
			shape = tensor.Shape{b.batch * s.Shape[0], s.Shape[1]}
		case e.image():
			shape = tensor.Shape{b.batch, s.Shape[0], s.Shape[1], s.Shape[2]}
		}
		data := make([]float32, b.batch*s.Size())
		b.Inputs = append(b.Inputs, data)
		inputs[i] = G.NewTensor(b.expr, tensor.Float32, len(shape), G.WithShape(shape...), G.WithName("input "+s.Name),
			G.WithValue(tensor.New(tensor.WithShape(shape...), tensor.WithBacking(data))))
	}
	features := b.encode(inputs)
	towers := make(G.Nodes, len(c.Outputs))
	for t := range towers {
		towers[t] = b.tower(features)
	}
	out := b.concat("outputs", towers)
	if b.Err != nil {
		return b.Err
	}
	keep := G.Nodes{out}
	if b.training {
		cost := b.cost(out)
		if b.Err != nil {
			return b.Err
		}
		grads, err := G.Grad(cost, b.params...)
		if err != nil {
			return err
		}
		keep = append(keep, grads...)
	}
	var err error
	if b.executor, err = graph.NewExecutor(b.expr, keep); err != nil {
		return err
	}
	b.Outputs = b.executor.Result(out)
	for _, n := range keep[1:] {
		b.Gradients = append(b.Gradients, b.executor.Result(n))
	}
	return nil
}

// encode builds the encoders.
func (b *graphBuilder) encode(inputs G.Nodes) *G.Node {
	c := &b.weights.Config
	parts := make(G.Nodes, len(inputs))
	for i, x := range inputs {
		in := &c.Inputs[i]
		y := x
		if in.Encoder.image() {
			y = b.convolve(in, x)
		}
		for range in.Hidden {
			y = b.dense(y, y == x, true)
		}
		if in.Encoder == Set {
			y = b.pool(in, x, y)
		}
		parts[i] = y
	}
	return b.concat("features", parts)
}

// tower builds hidden layers and outputs.
func (b *graphBuilder) tower(x *G.Node) *G.Node {
	c := &b.weights.Config
	raw := !slices.ContainsFunc(c.Inputs, func(in Input) bool { return len(in.Hidden) > 0 }) // x has no gradient
	for range c.Hidden {
		x = b.dense(x, raw, true)
		raw = false
	}
	return b.dense(x, raw, false)
}

// param returns the node of the next tensor of the weights; the graph shares its memory.
func (b *graphBuilder) param() *G.Node {
	p := &b.weights.Params[len(b.params)]
	t := tensor.New(tensor.WithShape(p.Shape...), tensor.WithBacking(p.Data))
	n := G.NewTensor(b.expr, tensor.Float32, len(p.Shape), G.WithShape(p.Shape...), G.WithName(p.Name), G.WithValue(t))
	b.params = append(b.params, n)
	return n
}

// convolve builds the convolutions of an image.
func (b *graphBuilder) convolve(in *Input, x *G.Node) *G.Node {
	layers, _, _, _ := in.convolutions()
	var before *G.Node // input of the layer before
	for i, l := range layers {
		if b.Err != nil {
			return nil
		}
		s := x.Shape()
		c := onednn.ConvShape{N: s[0], H: s[1], W: s[2], In: s[3], Out: l.out, K: l.k, Stride: l.stride, ReLU: !l.skip}
		h, w := c.OutSize()
		y := b.conv(x, c, tensor.Shape{s[0], h, w, l.out}, i == 0)
		if l.skip {
			y = b.add(y, before)
		}
		before, x = x, y
	}
	return x
}

// dense multiplies each row of x with the next kernel and adds the next bias. A matrix is an
// image of one line for oneDNN, and the layer a 1×1 convolution. Input is true if x has no
// gradient.
func (b *graphBuilder) dense(x *G.Node, input, relu bool) *G.Node {
	if b.Err != nil {
		return nil
	}
	rows, out := x.Shape()[0], b.weights.Params[len(b.params)].Shape[0]
	shape := onednn.ConvShape{N: 1, H: 1, W: rows, In: x.Shape().TotalSize() / rows, Out: out, K: 1, Stride: 1, ReLU: relu}
	return b.conv(x, shape, tensor.Shape{rows, out}, input)
}

// conv adds a convolution with the next kernel and bias, and a result of the given shape.
// Input is true if x has no gradient.
func (b *graphBuilder) conv(x *G.Node, shape onednn.ConvShape, result tensor.Shape, input bool) *G.Node {
	w, bias := b.param(), b.param()
	shape.Training = b.training
	c, err := onednn.NewConv(shape)
	if err != nil {
		b.Err = err
		return nil
	}
	b.builder.OnClose(c.Close)
	name := w.Name()
	dims := len(result)
	return b.Do(b.builder.Apply(&graph.Operator{
		Name: name, Dims: []int{x.Dims(), 4, 1}, Shape: result,
		Compute: func(a [][]float32, y []float32) error {
			if err := c.Pack(a[1]); err != nil {
				return err
			}
			return c.Forward(a[0], a[2], y)
		},
		WRT: []bool{!input, true, true},
		Gradient: func(nodes G.Nodes, y, dy *G.Node) (G.Nodes, error) {
			s := &graph.Chain{}
			if shape.ReLU {
				dy = s.Do(b.mask(name, y, dy))
			}
			db := make([]float32, shape.Out)
			gw := s.Do(b.builder.Apply(&graph.Operator{
				Name: "kernel gradient " + name, Dims: []int{x.Dims(), dims}, Shape: w.Shape(), Out: make([]float32, w.Shape().TotalSize()),
				Compute: func(a [][]float32, dw []float32) error { return c.WeightsGrad(a[0], a[1], dw, db) },
			}, nodes[0], dy))
			gb := s.Do(b.builder.Apply(&graph.Operator{
				Name: "bias gradient " + name, Dims: []int{4}, Shape: tensor.Shape{shape.Out}, Out: db, Compute: graph.Identity,
			}, gw))
			if input {
				return G.Nodes{nil, gw, gb}, s.Err
			}
			gx := s.Do(b.builder.Apply(&graph.Operator{
				Name: "data gradient " + name, Dims: []int{4, dims}, Shape: x.Shape().Clone(),
				Compute: func(a [][]float32, dx []float32) error { return c.DataGrad(a[0], a[1], dx) },
			}, nodes[1], dy))
			return G.Nodes{gx, gw, gb}, s.Err
		},
	}, x, w, bias))
}

// add is the sum of a residual block with ReLU. The gradient of both inputs is the same.
func (b *graphBuilder) add(x, y *G.Node) *G.Node {
	if b.Err != nil {
		return nil
	}
	sum, err := onednn.NewAdd(x.Shape().TotalSize(), true)
	if err != nil {
		b.Err = err
		return nil
	}
	b.builder.OnClose(sum.Close)
	return b.Do(b.builder.Apply(&graph.Operator{
		Name: "residual", Dims: []int{4, 4}, Shape: x.Shape().Clone(), InPlace: 1,
		Compute: func(a [][]float32, z []float32) error { return sum.Forward(a[0], a[1], z) },
		WRT:     []bool{true, true},
		Gradient: func(_ G.Nodes, z, dz *G.Node) (G.Nodes, error) {
			g, err := b.mask("residual", z, dz)
			return G.Nodes{g, g}, err
		},
	}, x, y))
}

// mask is the gradient of ReLU.
func (b *graphBuilder) mask(name string, y, dy *G.Node) (*G.Node, error) {
	sum, err := onednn.NewAdd(y.Shape().TotalSize(), true)
	if err != nil {
		return nil, err
	}
	b.builder.OnClose(sum.Close)
	return b.builder.Apply(&graph.Operator{
		Name: "ReLU gradient " + name, Dims: []int{y.Dims(), y.Dims()}, Shape: y.Shape().Clone(), InPlace: 2,
		Compute: func(a [][]float32, dx []float32) error { return sum.Grad(a[0], a[1], dx) },
	}, y, dy)
}

// pool joins the embedding of the first row of each set with the maximum over the other
// rows that are present, 0 if there are none. Embeddings are outputs of ReLU.
func (b *graphBuilder) pool(in *Input, raw, x *G.Node) *G.Node {
	if b.Err != nil {
		return nil
	}
	rows, features, width := in.Space.Shape[0], in.Space.Shape[1], x.Shape()[1]
	from := make([]int32, b.batch*width) // the row of each maximum, 0 for none
	return b.Do(b.builder.Apply(&graph.Operator{
		Name: "pool " + in.Space.Name, Dims: []int{2, 2}, Shape: tensor.Shape{b.batch, 2 * width},
		Compute: func(a [][]float32, y []float32) error {
			for n := range b.batch {
				set, out := a[1][n*rows*width:], y[2*n*width:]
				copy(out[:width], set[:width])
				best, at := out[width:2*width], from[n*width:(n+1)*width]
				clear(best)
				clear(at)
				for r := 1; r < rows; r++ {
					if a[0][(n*rows+r)*features] != 0 {
						maximize(best, at, set[r*width:(r+1)*width], int32(r))
					}
				}
			}
			return nil
		},
		WRT: []bool{false, true},
		Gradient: func(_ G.Nodes, y, dy *G.Node) (G.Nodes, error) {
			g, err := b.builder.Apply(&graph.Operator{
				Name: "pool gradient " + in.Space.Name, Dims: []int{2}, Shape: x.Shape().Clone(),
				Compute: func(a [][]float32, dx []float32) error {
					clear(dx)
					for n := range b.batch {
						set, d := dx[n*rows*width:], a[0][2*n*width:]
						copy(set[:width], d[:width])
						for i, r := range from[n*width : (n+1)*width] {
							if r > 0 {
								set[int(r)*width+i] = d[width+i]
							}
						}
					}
					return nil
				},
			}, dy)
			return G.Nodes{nil, g}, err
		},
	}, raw, x))
}

// maximize replaces best by larger values of a row, and at by its number there. All values
// are 0 or more, so that they compare as integers: without branches.
func maximize(best []float32, at []int32, row []float32, number int32) {
	best, at = best[:len(row)], at[:len(row)]
	for i, v := range row {
		old, new := int32(math.Float32bits(best[i])), int32(math.Float32bits(v))
		larger := (old - new) >> 31
		best[i] = math.Float32frombits(uint32(old ^ (old^new)&larger))
		at[i] ^= (at[i] ^ number) & larger
	}
}

// concat joins the columns of matrices.
func (b *graphBuilder) concat(name string, parts G.Nodes) *G.Node {
	if b.Err != nil || len(parts) == 1 {
		return parts[0]
	}
	dims, wrt, total := make([]int, len(parts)), make([]bool, len(parts)), 0
	starts := make([]int, len(parts))
	for i, p := range parts {
		dims[i], wrt[i], starts[i] = 2, p.Op() != nil, total
		total += p.Shape()[1]
	}
	return b.Do(b.builder.Apply(&graph.Operator{
		Name: name, Dims: dims, Shape: tensor.Shape{b.batch, total},
		Compute: func(a [][]float32, y []float32) error {
			for i, x := range a {
				w := parts[i].Shape()[1]
				for n := range b.batch {
					copy(y[n*total+starts[i]:], x[n*w:(n+1)*w])
				}
			}
			return nil
		},
		WRT: wrt,
		Gradient: func(_ G.Nodes, _, dy *G.Node) (G.Nodes, error) {
			s := &graph.Chain{}
			grads := make(G.Nodes, len(parts))
			for i, p := range parts {
				if !wrt[i] {
					continue
				}
				w := p.Shape()[1]
				grads[i] = s.Do(b.builder.Apply(&graph.Operator{
					Name: fmt.Sprintf("gradient %d of %s", i, name), Dims: []int{2}, Shape: p.Shape().Clone(),
					Compute: func(a [][]float32, dx []float32) error {
						for n := range b.batch {
							copy(dx[n*w:(n+1)*w], a[0][n*total+starts[i]:])
						}
						return nil
					},
				}, dy))
			}
			return grads, s.Err
		},
	}, parts...))
}

// cost is the loss, a scalar.
func (b *graphBuilder) cost(out *G.Node) *G.Node {
	shape := out.Shape().Clone()
	grad := make([]float32, shape.TotalSize())
	return b.Do(b.builder.Apply(&graph.Operator{
		Name: "loss", Dims: []int{2},
		Compute: func(a [][]float32, y []float32) error {
			b.value = b.loss(a[0], grad)
			y[0] = float32(b.value)
			return nil
		},
		WRT: []bool{true},
		Gradient: func(_ G.Nodes, cost, _ *G.Node) (G.Nodes, error) {
			g, err := b.builder.Apply(&graph.Operator{
				Name: "loss gradient", Dims: []int{0}, Shape: shape, Out: grad, Compute: graph.Identity,
			}, cost)
			return G.Nodes{g}, err
		},
	}, out))
}
