package network

import (
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"roadloop/perception/network/internal/onednn"
)

// dnnBackend creates the operators of a graph on oneDNN.
type dnnBackend struct {
	batch int
	bf16  bool // convolutions multiply in bf16
	next  int  // id of the next operator
	close []func()
}

func (f *dnnBackend) apply(o *operator, in ...*G.Node) (*G.Node, error) {
	f.next++
	o.id, o.in = f.next, in
	return G.ApplyOp(o, in...)
}

// result returns the shape of a layer's output.
func (f *dnnBackend) result(l *layer) tensor.Shape { return tensor.Shape{f.batch, l.h, l.w, l.c} }

// convolution prepares the convolution of a layer with input layer from.
func (f *dnnBackend) convolution(l, from *layer) (*onednn.Conv, error) {
	c, err := onednn.NewConv(onednn.ConvShape{N: f.batch, H: from.h, W: from.w, In: from.c, Out: l.c,
		K: l.k, Stride: l.stride, Groups: l.groups, Training: true, BF16: f.bf16})
	if err == nil {
		f.close = append(f.close, c.Close)
	}
	return c, err
}

// conv returns the convolution of x with the kernel w, plus the bias b.
func (f *dnnBackend) conv(e edge, x, w, b *G.Node) (*G.Node, error) {
	c, err := f.convolution(e.to, e.from)
	if err != nil {
		return nil, err
	}
	return f.apply(&operator{
		name: "conv " + e.to.name, dims: []int{4, 4, 1}, shape: f.result(e.to),
		do: func(in [][]float32, out []float32) error {
			if err := c.Pack(in[1]); err != nil {
				return err
			}
			return c.Forward(in[0], in[2], out)
		},
		// The image needs no gradient, which saves the first layer's.
		wrt: []bool{e.from.name != "image", true, true},
		diff: func(in G.Nodes, _, grad *G.Node) (G.Nodes, error) {
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
	s := &sticky{}
	gw := s.do(f.apply(&operator{
		name: "kernel gradient " + l.name, dims: []int{4, 4}, shape: kernel, out: make([]float32, kernel.TotalSize()),
		do: func(a [][]float32, dw []float32) error { return c.WeightsGrad(a[0], a[1], dw, db) },
	}, in[0], dy))
	gb := s.do(f.apply(&operator{
		name: "bias gradient " + l.name, dims: []int{4}, shape: tensor.Shape{l.c}, out: db, do: identity,
	}, gw))
	if e.from.name == "image" {
		return G.Nodes{nil, gw, gb}, s.err
	}
	gx := s.do(f.apply(&operator{
		name: "data gradient " + l.name, dims: []int{4, 4}, shape: f.result(e.from),
		do: func(a [][]float32, dx []float32) error { return c.DataGrad(a[0], a[1], dx) },
	}, in[1], dy))
	return G.Nodes{gx, gw, gb}, s.err
}

// norm returns the batch normalization of x, followed by ReLU unless the layer is
// linear. After a run, batch holds the statistics of the batch.
func (f *dnnBackend) norm(l *layer, x *G.Node, a affine) (*G.Node, error) {
	n, err := onednn.NewNorm(onednn.NormShape{N: f.batch, H: l.h, W: l.w, C: l.c, ReLU: !l.linear})
	if err != nil {
		return nil, err
	}
	f.close = append(f.close, n.Close)
	return f.apply(&operator{
		name: "norm " + l.name, dims: []int{4, 1, 1}, shape: f.result(l),
		do: func(in [][]float32, out []float32) error {
			a.batch.Scale, a.batch.Shift = in[1], in[2]
			return n.Forward(in[0], a.batch, out)
		},
		wrt: []bool{true, true, true},
		diff: func(in G.Nodes, _, grad *G.Node) (G.Nodes, error) {
			return f.normGrad(n, l, in, grad, a.batch)
		},
	}, x, a.scale, a.shift)
}

func (f *dnnBackend) normGrad(n *onednn.Norm, l *layer, in G.Nodes, dy *G.Node, batch *onednn.Affine) (G.Nodes, error) {
	dscale, dshift := make([]float32, l.c), make([]float32, l.c)
	s := &sticky{}
	gx := s.do(f.apply(&operator{
		name: "norm gradient " + l.name, dims: []int{4, 4}, shape: f.result(l), inPlace: 2,
		do: func(a [][]float32, dx []float32) error { return n.Grad(a[0], batch, a[1], dx, dscale, dshift) },
	}, in[0], dy))
	hand := func(name string, out []float32) *G.Node {
		return s.do(f.apply(&operator{name: name + l.name, dims: []int{4}, shape: tensor.Shape{l.c}, out: out, do: identity}, gx))
	}
	return G.Nodes{gx, hand("scale gradient ", dscale), hand("shift gradient ", dshift)}, s.err
}

// pool returns the maxima or averages of x.
func (f *dnnBackend) pool(e edge, x *G.Node) (*G.Node, error) {
	p, err := onednn.NewPool(onednn.PoolShape{N: f.batch, H: e.from.h, W: e.from.w, C: e.from.c,
		K: e.to.k, Stride: e.to.stride, Max: e.to.kind == maxPool})
	if err != nil {
		return nil, err
	}
	f.close = append(f.close, p.Close)
	return f.apply(&operator{
		name: e.to.name, dims: []int{4}, shape: f.result(e.to),
		do:  func(in [][]float32, out []float32) error { return p.Forward(in[0], out) },
		wrt: []bool{true},
		diff: func(_ G.Nodes, _, grad *G.Node) (G.Nodes, error) {
			s := &sticky{}
			return G.Nodes{s.do(f.apply(&operator{
				name: "gradient " + e.to.name, dims: []int{4}, shape: f.result(e.from),
				do: func(a [][]float32, dx []float32) error { return p.Grad(a[0], dx) },
			}, grad))}, s.err
		},
	}, x)
}

// add returns max(0, x + y). The gradient of both is the same.
func (f *dnnBackend) add(l *layer, x, y *G.Node) (*G.Node, error) {
	sum, err := onednn.NewAdd(f.batch*l.h*l.w*l.c, true)
	if err != nil {
		return nil, err
	}
	f.close = append(f.close, sum.Close)
	return f.apply(&operator{
		name: l.name, dims: []int{4, 4}, shape: f.result(l), inPlace: 1,
		do:  func(in [][]float32, out []float32) error { return sum.Forward(in[0], in[1], out) },
		wrt: []bool{true, true},
		diff: func(_ G.Nodes, output, grad *G.Node) (G.Nodes, error) {
			s := &sticky{}
			g := s.do(f.apply(&operator{
				name: "gradient " + l.name, dims: []int{4, 4}, shape: f.result(l), inPlace: 2,
				do: func(a [][]float32, dx []float32) error { return sum.Grad(a[0], a[1], dx) },
			}, output, grad))
			return G.Nodes{g, g}, s.err
		},
	}, x, y)
}
