package network

import (
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"roadloop/internal/graph"
	"roadloop/internal/onednn"
)

// window calls f for every output pixel of a layer and every input pixel under the
// kernel there, with the position of that pixel in the kernel. Pixels are numbered
// over the whole batch.
func (p *referenceBackend) window(e edge, pad int, f func(out, in, place int)) {
	l, x := e.to, e.from
	for n := range p.dnn.batch {
		for i := range l.h * l.w {
			for place := range l.k * l.k {
				row, col := i/l.w*l.stride-pad+place/l.k, i%l.w*l.stride-pad+place%l.k
				if row >= 0 && row < x.h && col >= 0 && col < x.w {
					f(n*l.h*l.w+i, (n*x.h+row)*x.w+col, place)
				}
			}
		}
	}
}

// terms calls f for every multiplication of a grouped convolution, with the indices
// of output, input and weight.
func (p *referenceBackend) terms(e edge, f func(out, in, w int)) {
	l, x := e.to, e.from
	perIn, perOut, kk := x.c/l.groups, l.c/l.groups, l.k*l.k
	p.window(e, l.k/2, func(out, in, place int) {
		for o := range l.c {
			for i := range perIn {
				f(out*l.c+o, in*x.c+o/perOut*perIn+i, (o*perIn+i)*kk+place)
			}
		}
	})
}

// grouped is a grouped convolution by definition; gorgonia has none.
func (p *referenceBackend) grouped(e edge, x, w, b *G.Node) (*G.Node, error) {
	return p.dnn.Apply(&graph.Operator{
		Name: "grouped conv " + e.to.name, Dims: []int{4, 4, 1}, Shape: p.dnn.result(e.to),
		Compute: func(in [][]float32, out []float32) error {
			for i := range out {
				out[i] = in[2][i%e.to.c]
			}
			p.terms(e, func(o, i, w int) { out[o] += in[0][i] * in[1][w] })
			return nil
		},
		WRT:      []bool{true, true, true},
		Gradient: func(in G.Nodes, _, grad *G.Node) (G.Nodes, error) { return p.groupedGrad(e, in, grad) },
	}, x, w, b)
}

func (p *referenceBackend) groupedGrad(e edge, in G.Nodes, dy *G.Node) (G.Nodes, error) {
	s := &graph.Chain{}
	gradient := func(name string, shape tensor.Shape, of *G.Node, add func(sum, other, dy []float32)) *G.Node {
		return s.Do(p.dnn.Apply(&graph.Operator{
			Name: name + " gradient " + e.to.name, Dims: []int{4, 4}, Shape: shape,
			Compute: func(a [][]float32, out []float32) error {
				clear(out)
				add(out, a[0], a[1])
				return nil
			},
		}, of, dy))
	}
	gx := gradient("data", p.dnn.result(e.from), in[1], func(dx, w, dy []float32) {
		p.terms(e, func(o, i, k int) { dx[i] += w[k] * dy[o] })
	})
	gw := gradient("kernel", in[1].Shape(), in[0], func(dw, x, dy []float32) {
		p.terms(e, func(o, i, k int) { dw[k] += x[i] * dy[o] })
	})
	gb := gradient("bias", tensor.Shape{e.to.c}, in[0], func(db, _, dy []float32) {
		for i, v := range dy {
			db[i%e.to.c] += v
		}
	})
	return G.Nodes{gx, gw, gb}, s.Err
}

// pool is the maximum or average by definition. Of equal maxima the first counts.
func (p *referenceBackend) pool(e edge, x *G.Node) (*G.Node, error) {
	return p.dnn.Apply(&graph.Operator{
		Name: e.to.name, Dims: []int{4}, Shape: p.dnn.result(e.to),
		Compute: func(in [][]float32, out []float32) error {
			clear(out)
			p.shares(e, in[0], func(o, i int, share float32) { out[o] += share * in[0][i] })
			return nil
		},
		WRT: []bool{true},
		Gradient: func(in G.Nodes, _, grad *G.Node) (G.Nodes, error) {
			s := &graph.Chain{}
			return G.Nodes{s.Do(p.dnn.Apply(&graph.Operator{
				Name: "gradient " + e.to.name, Dims: []int{4, 4}, Shape: p.dnn.result(e.from),
				Compute: func(a [][]float32, dx []float32) error {
					clear(dx)
					p.shares(e, a[0], func(o, i int, share float32) { dx[i] += share * a[1][o] })
					return nil
				},
			}, in[0], grad))}, s.Err
		},
	}, x)
}

// shares calls f for every output of a pooling and every input that contributes to
// it.
func (p *referenceBackend) shares(e edge, x []float32, f func(out, in int, share float32)) {
	c := e.to.c
	covered := make([][]int, p.dnn.batch*e.to.h*e.to.w)
	shape := onednn.PoolShape{K: e.to.k}
	p.window(e, shape.Pad(), func(out, in, _ int) { covered[out] = append(covered[out], in) })
	for out, pixels := range covered {
		for k := range c {
			first := pixels[0]
			for _, in := range pixels {
				if e.to.kind == avgPool {
					f(out*c+k, in*c+k, 1/float32(len(pixels)))
				} else if x[in*c+k] > x[first*c+k] {
					first = in
				}
			}
			if e.to.kind == maxPool {
				f(out*c+k, first*c+k, 1)
			}
		}
	}
}
