package network

import (
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"roadloop/internal/graph"
	"roadloop/internal/onednn"
)

// referenceBackend creates the operators of a graph from gorgonia's own, or in plain
// Go where gorgonia has none. It is slow and simple, and is the reference for
// dnnBackend.
type referenceBackend struct{ dnn *dnnBackend }

// toNCHW and toNHWC are the permutations of axes between the two layouts.
var (
	toNCHW = []int{0, 3, 1, 2}
	toNHWC = []int{0, 2, 3, 1}
)

func (p *referenceBackend) conv(e edge, x, w, b *G.Node) (*G.Node, error) {
	l := e.to
	if l.groups > 1 {
		return p.grouped(e, x, w, b)
	}
	pad := l.k / 2
	s := &graph.Chain{}
	y := s.Do(G.Conv2d(s.Do(G.Transpose(x, toNCHW...)), w, tensor.Shape{l.k, l.k}, []int{pad, pad}, []int{l.stride, l.stride}, []int{1, 1}))
	b = s.Do(G.Reshape(b, tensor.Shape{1, l.c, 1, 1}))
	return s.Do(G.Transpose(s.Do(G.BroadcastAdd(y, b, nil, []byte{0, 2, 3})), toNHWC...)), s.Err
}

// norm composes batch normalization of elementary operators, because gorgonia's own
// does not expose its statistics.
func (p *referenceBackend) norm(l *layer, x *G.Node, a affine) (*G.Node, error) {
	s := &graph.Chain{}
	x = s.Do(G.Reshape(x, tensor.Shape{p.dnn.batch * l.h * l.w, l.c}))
	mean := s.Do(G.Mean(x, 0))
	centered := s.Do(G.BroadcastSub(x, s.Do(G.Reshape(mean, tensor.Shape{1, l.c})), nil, []byte{0}))
	variance := s.Do(G.Mean(s.Do(G.Square(centered)), 0))
	eps := G.NewConstant(float32(onednn.Epsilon))
	inv := s.Do(G.Inverse(s.Do(G.Sqrt(s.Do(G.Add(variance, eps))))))
	k := s.Do(G.Reshape(s.Do(G.HadamardProd(inv, a.scale)), tensor.Shape{1, l.c}))
	y := s.Do(G.BroadcastHadamardProd(centered, k, nil, []byte{0}))
	y = s.Do(G.BroadcastAdd(y, s.Do(G.Reshape(a.shift, tensor.Shape{1, l.c})), nil, []byte{0}))
	if !l.linear {
		y = s.Do(G.Rectify(y))
	}
	return s.Do(G.Reshape(y, p.dnn.result(l))), s.Err
}

// merge concatenates, then convolves.
func (p *referenceBackend) merge(m merging, x [2]*G.Node, w, b *G.Node) (*G.Node, error) {
	s := &graph.Chain{}
	up := s.Do(G.Upsample2D(s.Do(G.Transpose(x[0], toNCHW...)), 2))
	both := s.Do(G.Concat(1, up, s.Do(G.Transpose(x[1], toNCHW...))))
	join := layer{name: "join", c: m.low.c + m.skip.c, h: m.to.h, w: m.to.w}
	return s.Do(p.conv(edge{from: &join, to: m.to}, s.Do(G.Transpose(both, toNHWC...)), w, b)), s.Err
}

func (p *referenceBackend) add(_ *layer, x, y *G.Node) (*G.Node, error) {
	s := &graph.Chain{}
	return s.Do(G.Rectify(s.Do(G.Add(x, y)))), s.Err
}
