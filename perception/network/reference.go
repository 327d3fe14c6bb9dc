package network

import (
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
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
	s := &sticky{}
	y := s.do(G.Conv2d(s.do(G.Transpose(x, toNCHW...)), w, tensor.Shape{l.k, l.k}, []int{pad, pad}, []int{l.stride, l.stride}, []int{1, 1}))
	b = s.do(G.Reshape(b, tensor.Shape{1, l.c, 1, 1}))
	return s.do(G.Transpose(s.do(G.BroadcastAdd(y, b, nil, []byte{0, 2, 3})), toNHWC...)), s.err
}

// norm composes batch normalization of elementary operators, because gorgonia's own
// does not expose its statistics.
func (p *referenceBackend) norm(l *layer, x *G.Node, a affine) (*G.Node, error) {
	s := &sticky{}
	x = s.do(G.Reshape(x, tensor.Shape{p.dnn.batch * l.h * l.w, l.c}))
	mean := s.do(G.Mean(x, 0))
	centered := s.do(G.BroadcastSub(x, s.do(G.Reshape(mean, tensor.Shape{1, l.c})), nil, []byte{0}))
	variance := s.do(G.Mean(s.do(G.Square(centered)), 0))
	eps := G.NewConstant(float32(epsilon))
	inv := s.do(G.Inverse(s.do(G.Sqrt(s.do(G.Add(variance, eps))))))
	k := s.do(G.Reshape(s.do(G.HadamardProd(inv, a.scale)), tensor.Shape{1, l.c}))
	y := s.do(G.BroadcastHadamardProd(centered, k, nil, []byte{0}))
	y = s.do(G.BroadcastAdd(y, s.do(G.Reshape(a.shift, tensor.Shape{1, l.c})), nil, []byte{0}))
	if !l.linear {
		y = s.do(G.Rectify(y))
	}
	return s.do(G.Reshape(y, p.dnn.result(l))), s.err
}

// merge concatenates, then convolves.
func (p *referenceBackend) merge(m merging, x [2]*G.Node, w, b *G.Node) (*G.Node, error) {
	s := &sticky{}
	up := s.do(G.Upsample2D(s.do(G.Transpose(x[0], toNCHW...)), 2))
	both := s.do(G.Concat(1, up, s.do(G.Transpose(x[1], toNCHW...))))
	join := layer{name: "join", c: m.low.c + m.skip.c, h: m.to.h, w: m.to.w}
	return s.do(p.conv(edge{from: &join, to: m.to}, s.do(G.Transpose(both, toNHWC...)), w, b)), s.err
}

func (p *referenceBackend) add(_ *layer, x, y *G.Node) (*G.Node, error) {
	s := &sticky{}
	return s.do(G.Rectify(s.do(G.Add(x, y)))), s.err
}

// sticky keeps the first error of a chain of operators.
type sticky struct{ err error }

func (s *sticky) do(n *G.Node, err error) *G.Node {
	if s.err == nil {
		s.err = err
	}
	return n
}
