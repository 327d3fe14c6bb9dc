package network

import (
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"roadloop/perception/network/onednn"
)

// plain makes the operators of a graph of gorgonia's own. Slow and simple, it is
// what the fast operators are compared with.
type plain struct{ batch int }

// nchw and nhwc turn activations from one order of axes to the other.
var (
	toNCHW = []int{0, 3, 1, 2}
	toNHWC = []int{0, 2, 3, 1}
)

func (p *plain) conv(l, _ *layer, x, w, b *G.Node) (*G.Node, error) {
	x, err := G.Transpose(x, toNCHW...)
	if err != nil {
		return nil, err
	}
	pad := l.k / 2
	y, err := G.Conv2d(x, w, tensor.Shape{l.k, l.k}, []int{pad, pad}, []int{l.stride, l.stride}, []int{1, 1})
	if err != nil {
		return nil, err
	}
	b, err = G.Reshape(b, tensor.Shape{1, l.c, 1, 1})
	if err != nil {
		return nil, err
	}
	y, err = G.BroadcastAdd(y, b, nil, []byte{0, 2, 3})
	if err != nil {
		return nil, err
	}
	return G.Transpose(y, toNHWC...)
}

// norm composes batch normalization of elementary operators, because gorgonia's
// own keeps its statistics to itself.
func (p *plain) norm(l *layer, x, scale, shift *G.Node, batch *onednn.Affine) (*G.Node, error) {
	rows := p.batch * l.h * l.w
	x, err := G.Reshape(x, tensor.Shape{rows, l.c})
	if err != nil {
		return nil, err
	}
	s := &sticky{}
	mean := s.do(G.Mean(x, 0))
	centered := s.do(G.BroadcastSub(x, s.do(G.Reshape(mean, tensor.Shape{1, l.c})), nil, []byte{0}))
	variance := s.do(G.Mean(s.do(G.Square(centered)), 0))
	eps := G.NewConstant(float32(epsilon))
	inv := s.do(G.Inverse(s.do(G.Sqrt(s.do(G.Add(variance, eps))))))
	k := s.do(G.Reshape(s.do(G.HadamardProd(inv, scale)), tensor.Shape{1, l.c}))
	y := s.do(G.BroadcastHadamardProd(centered, k, nil, []byte{0}))
	y = s.do(G.BroadcastAdd(y, s.do(G.Reshape(shift, tensor.Shape{1, l.c})), nil, []byte{0}))
	y = s.do(G.Rectify(y))
	return s.do(G.Reshape(y, tensor.Shape{p.batch, l.h, l.w, l.c})), s.err
}

// sticky keeps the first error of a chain of operators.
type sticky struct{ err error }

func (s *sticky) do(n *G.Node, err error) *G.Node {
	if s.err == nil {
		s.err = err
	}
	return n
}

func (p *plain) join(_, _, _ *layer, x, y *G.Node) (*G.Node, error) {
	s := &sticky{}
	up := s.do(G.Upsample2D(s.do(G.Transpose(x, toNCHW...)), 2))
	both := s.do(G.Concat(1, up, s.do(G.Transpose(y, toNCHW...))))
	return s.do(G.Transpose(both, toNHWC...)), s.err
}
