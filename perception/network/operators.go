package network

import (
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"roadloop/internal/graph"
	"roadloop/internal/onednn"
)

// dnnBackend creates the operators of a graph on oneDNN.
type dnnBackend struct {
	graph.Builder
	batch int
	bf16  bool // convolutions multiply in bf16
}

// result returns the shape of a layer's output.
func (f *dnnBackend) result(l *layer) tensor.Shape { return tensor.Shape{f.batch, l.h, l.w, l.c} }

// convolution prepares the convolution of a layer with input layer from.
func (f *dnnBackend) convolution(l, from *layer) (*onednn.Conv, error) {
	c, err := onednn.NewConv(onednn.ConvShape{N: f.batch, H: from.h, W: from.w, In: from.c, Out: l.c,
		K: l.k, Stride: l.stride, Groups: l.groups, Training: true, BF16: f.bf16})
	if err == nil {
		f.OnClose(c.Close)
	}
	return c, err
}

// conv returns the convolution of x with the kernel w, plus the bias b.
func (f *dnnBackend) conv(e edge, x, w, b *G.Node) (*G.Node, error) {
	c, err := f.convolution(e.to, e.from)
	if err != nil {
		return nil, err
	}
	return f.Apply(&graph.Operator{
		Name: "conv " + e.to.name, Dims: []int{4, 4, 1}, Shape: f.result(e.to),
		Compute: func(in [][]float32, out []float32) error {
			if err := c.Pack(in[1]); err != nil {
				return err
			}
			return c.Forward(in[0], in[2], out)
		},
		// The image needs no gradient, which saves the first layer's.
		WRT: []bool{e.from.name != "image", true, true},
		Gradient: func(in G.Nodes, _, grad *G.Node) (G.Nodes, error) {
			return f.convGrad(c, e, in, grad)
		},
	}, x, w, b)
}

// convGrad returns the gradients of a convolution. One primitive computes the
// gradients of kernel and bias; an identity operator returns the latter.
func (f *dnnBackend) convGrad(c *onednn.Conv, e edge, in G.Nodes, dy *G.Node) (G.Nodes, error) {
	l := e.to
	kernel := in[1].Shape()
	db := make([]float32, l.c)
	s := &graph.Chain{}
	gw := s.Do(f.Apply(&graph.Operator{
		Name: "kernel gradient " + l.name, Dims: []int{4, 4}, Shape: kernel, Out: make([]float32, kernel.TotalSize()),
		Compute: func(a [][]float32, dw []float32) error { return c.WeightsGrad(a[0], a[1], dw, db) },
	}, in[0], dy))
	gb := s.Do(f.Apply(&graph.Operator{
		Name: "bias gradient " + l.name, Dims: []int{4}, Shape: tensor.Shape{l.c}, Out: db, Compute: graph.Identity,
	}, gw))
	if e.from.name == "image" {
		return G.Nodes{nil, gw, gb}, s.Err
	}
	gx := s.Do(f.Apply(&graph.Operator{
		Name: "data gradient " + l.name, Dims: []int{4, 4}, Shape: f.result(e.from),
		Compute: func(a [][]float32, dx []float32) error { return c.DataGrad(a[0], a[1], dx) },
	}, in[1], dy))
	return G.Nodes{gx, gw, gb}, s.Err
}

// norm returns the batch normalization of x, followed by ReLU unless the layer is
// linear. After a run, batch holds the statistics of the batch.
func (f *dnnBackend) norm(l *layer, x *G.Node, a affine) (*G.Node, error) {
	n, err := onednn.NewNorm(onednn.NormShape{N: f.batch, H: l.h, W: l.w, C: l.c, ReLU: !l.linear})
	if err != nil {
		return nil, err
	}
	f.OnClose(n.Close)
	return f.Apply(&graph.Operator{
		Name: "norm " + l.name, Dims: []int{4, 1, 1}, Shape: f.result(l),
		Compute: func(in [][]float32, out []float32) error {
			a.batch.Scale, a.batch.Shift = in[1], in[2]
			return n.Forward(in[0], a.batch, out)
		},
		WRT: []bool{true, true, true},
		Gradient: func(in G.Nodes, _, grad *G.Node) (G.Nodes, error) {
			return f.normGrad(n, l, in, grad, a.batch)
		},
	}, x, a.scale, a.shift)
}

func (f *dnnBackend) normGrad(n *onednn.Norm, l *layer, in G.Nodes, dy *G.Node, batch *onednn.Affine) (G.Nodes, error) {
	dscale, dshift := make([]float32, l.c), make([]float32, l.c)
	s := &graph.Chain{}
	gx := s.Do(f.Apply(&graph.Operator{
		Name: "norm gradient " + l.name, Dims: []int{4, 4}, Shape: f.result(l), InPlace: 2,
		Compute: func(a [][]float32, dx []float32) error { return n.Grad(a[0], batch, a[1], dx, dscale, dshift) },
	}, in[0], dy))
	hand := func(name string, out []float32) *G.Node {
		return s.Do(f.Apply(&graph.Operator{Name: name + l.name, Dims: []int{4}, Shape: tensor.Shape{l.c}, Out: out, Compute: graph.Identity}, gx))
	}
	return G.Nodes{gx, hand("scale gradient ", dscale), hand("shift gradient ", dshift)}, s.Err
}

// pool returns the maxima or averages of x.
func (f *dnnBackend) pool(e edge, x *G.Node) (*G.Node, error) {
	p, err := onednn.NewPool(onednn.PoolShape{N: f.batch, H: e.from.h, W: e.from.w, C: e.from.c,
		K: e.to.k, Stride: e.to.stride, Max: e.to.kind == maxPool})
	if err != nil {
		return nil, err
	}
	f.OnClose(p.Close)
	return f.Apply(&graph.Operator{
		Name: e.to.name, Dims: []int{4}, Shape: f.result(e.to),
		Compute: func(in [][]float32, out []float32) error { return p.Forward(in[0], out) },
		WRT:     []bool{true},
		Gradient: func(_ G.Nodes, _, grad *G.Node) (G.Nodes, error) {
			s := &graph.Chain{}
			return G.Nodes{s.Do(f.Apply(&graph.Operator{
				Name: "gradient " + e.to.name, Dims: []int{4}, Shape: f.result(e.from),
				Compute: func(a [][]float32, dx []float32) error { return p.Grad(a[0], dx) },
			}, grad))}, s.Err
		},
	}, x)
}

// add returns max(0, x + y). The gradient of both is the same.
func (f *dnnBackend) add(l *layer, x, y *G.Node) (*G.Node, error) {
	sum, err := onednn.NewAdd(f.batch*l.h*l.w*l.c, true)
	if err != nil {
		return nil, err
	}
	f.OnClose(sum.Close)
	return f.Apply(&graph.Operator{
		Name: l.name, Dims: []int{4, 4}, Shape: f.result(l), InPlace: 1,
		Compute: func(in [][]float32, out []float32) error { return sum.Forward(in[0], in[1], out) },
		WRT:     []bool{true, true},
		Gradient: func(_ G.Nodes, output, grad *G.Node) (G.Nodes, error) {
			s := &graph.Chain{}
			g := s.Do(f.Apply(&graph.Operator{
				Name: "gradient " + l.name, Dims: []int{4, 4}, Shape: f.result(l), InPlace: 2,
				Compute: func(a [][]float32, dx []float32) error { return sum.Grad(a[0], a[1], dx) },
			}, output, grad))
			return G.Nodes{g, g}, s.Err
		},
	}, x, y)
}
