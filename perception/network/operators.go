package network

import (
	G "gorgonia.org/gorgonia"

	"roadloop/perception/network/onednn"
)

// fast makes the operators of a graph on oneDNN.
type fast struct {
	batch int
	next  int // id of the next operator
	close []func()
}

func (f *fast) apply(o *operator, in ...*G.Node) (*G.Node, error) {
	f.next++
	o.id = f.next
	return G.ApplyOp(o, in...)
}

// conv returns the convolution of x with the kernel w, plus the bias b.
func (f *fast) conv(l, from *layer, x, w, b *G.Node) (*G.Node, error) {
	c, err := onednn.NewConv(onednn.ConvShape{N: f.batch, H: from.h, W: from.w, In: from.c, Out: l.c,
		K: l.k, Stride: l.stride, Training: true})
	if err != nil {
		return nil, err
	}
	f.close = append(f.close, c.Close)
	out := dense(f.batch, l.h, l.w, l.c)
	return f.apply(&operator{
		name: "conv " + l.name, dims: []int{4, 4, 1}, out: out,
		do: func(in [][]float32) (float32, error) {
			if err := c.Pack(in[1]); err != nil {
				return 0, err
			}
			return 0, c.Forward(in[0], in[2], floats(out))
		},
		// The image needs no gradient, which saves the first layer's.
		wrt: []bool{from.name != "image", true, true},
		diff: func(in G.Nodes, _, grad *G.Node) (G.Nodes, error) {
			return f.convGrad(c, l, from, in, grad)
		},
	}, x, w, b)
}

// convGrad returns the gradients of a convolution. That of the bias falls out of
// the primitive that makes the kernel's; a small operator hands it on.
func (f *fast) convGrad(c *onednn.Conv, l, from *layer, in G.Nodes, dy *G.Node) (G.Nodes, error) {
	dw, db := dense(l.c, from.c, l.k, l.k), dense(l.c)
	gw, err := f.apply(&operator{
		name: "kernel gradient " + l.name, dims: []int{4, 4}, out: dw,
		do: func(a [][]float32) (float32, error) {
			return 0, c.WeightsGrad(a[0], a[1], floats(dw), floats(db))
		},
	}, in[0], dy)
	if err != nil {
		return nil, err
	}
	gb, err := f.apply(&operator{
		name: "bias gradient " + l.name, dims: []int{4}, out: db,
		do: func([][]float32) (float32, error) { return 0, nil },
	}, gw)
	if err != nil || from.name == "image" {
		return G.Nodes{nil, gw, gb}, err
	}
	dx := dense(f.batch, from.h, from.w, from.c)
	gx, err := f.apply(&operator{
		name: "data gradient " + l.name, dims: []int{4, 4}, out: dx,
		do: func(a [][]float32) (float32, error) { return 0, c.DataGrad(a[0], a[1], floats(dx)) },
	}, in[1], dy)
	return G.Nodes{gx, gw, gb}, err
}

// norm returns the batch normalization of x followed by ReLU. After a run batch
// holds the statistics of the batch.
func (f *fast) norm(l *layer, x, scale, shift *G.Node, batch *onednn.Affine) (*G.Node, error) {
	n, err := onednn.NewNorm(f.batch, l.h, l.w, l.c)
	if err != nil {
		return nil, err
	}
	f.close = append(f.close, n.Close)
	out := dense(f.batch, l.h, l.w, l.c)
	return f.apply(&operator{
		name: "norm " + l.name, dims: []int{4, 1, 1}, out: out,
		do: func(in [][]float32) (float32, error) {
			batch.Scale, batch.Shift = in[1], in[2]
			return 0, n.Forward(in[0], batch, floats(out))
		},
		wrt: []bool{true, true, true},
		diff: func(in G.Nodes, _, grad *G.Node) (G.Nodes, error) {
			return f.normGrad(n, l, in, grad, batch)
		},
	}, x, scale, shift)
}

func (f *fast) normGrad(n *onednn.Norm, l *layer, in G.Nodes, dy *G.Node, batch *onednn.Affine) (G.Nodes, error) {
	dx, dscale, dshift := dense(f.batch, l.h, l.w, l.c), dense(l.c), dense(l.c)
	gx, err := f.apply(&operator{
		name: "norm gradient " + l.name, dims: []int{4, 1, 1, 4}, out: dx,
		do: func(a [][]float32) (float32, error) {
			return 0, n.Grad(a[0], batch, a[3], floats(dx), floats(dscale), floats(dshift))
		},
	}, in[0], in[1], in[2], dy)
	if err != nil {
		return nil, err
	}
	hand := func([][]float32) (float32, error) { return 0, nil }
	gs, err := f.apply(&operator{name: "scale gradient " + l.name, dims: []int{4}, out: dscale, do: hand}, gx)
	if err != nil {
		return nil, err
	}
	gt, err := f.apply(&operator{name: "shift gradient " + l.name, dims: []int{4}, out: dshift, do: hand}, gx)
	return G.Nodes{gx, gs, gt}, err
}

// join returns low, upsampled ×2 by repetition, with skip after it in every pixel.
func (f *fast) join(l, low, skip *layer, x, y *G.Node) (*G.Node, error) {
	out := dense(f.batch, l.h, l.w, l.c)
	return f.apply(&operator{
		name: l.name, dims: []int{4, 4}, out: out,
		do: func(in [][]float32) (float32, error) {
			upConcatForward(floats(out), in[0], in[1], f.batch, low, skip)
			return 0, nil
		},
		wrt: []bool{true, true},
		diff: func(_ G.Nodes, _, grad *G.Node) (G.Nodes, error) {
			dlow, dskip := dense(f.batch, low.h, low.w, low.c), dense(f.batch, skip.h, skip.w, skip.c)
			gl, err := f.apply(&operator{
				name: "low gradient " + l.name, dims: []int{4}, out: dlow,
				do: func(a [][]float32) (float32, error) {
					upConcatGrad(floats(dlow), floats(dskip), a[0], f.batch, low, skip)
					return 0, nil
				},
			}, grad)
			if err != nil {
				return nil, err
			}
			gs, err := f.apply(&operator{
				name: "skip gradient " + l.name, dims: []int{4}, out: dskip,
				do: func([][]float32) (float32, error) { return 0, nil },
			}, gl)
			if err != nil {
				return nil, err
			}
			return G.Nodes{gl, gs}, nil
		},
	}, x, y)
}

// upConcatForward fills out, pixel by pixel, with the pixel of low that covers
// it and the pixel of skip.
func upConcatForward(out, low, skip []float32, batch int, l, s *layer) {
	c := l.c + s.c
	for n := range batch {
		for y := range s.h {
			for x := range s.w {
				dst := out[((n*s.h+y)*s.w+x)*c:]
				src := low[((n*l.h+y/2)*l.w+x/2)*l.c:]
				copy(dst[:l.c], src[:l.c])
				copy(dst[l.c:c], skip[((n*s.h+y)*s.w+x)*s.c:][:s.c])
			}
		}
	}
}

// upConcatGrad takes the gradient of upConcatForward apart.
func upConcatGrad(dlow, dskip, dy []float32, batch int, l, s *layer) {
	clear(dlow)
	c := l.c + s.c
	for n := range batch {
		for y := range s.h {
			for x := range s.w {
				src := dy[((n*s.h+y)*s.w+x)*c:][:c]
				dst := dlow[((n*l.h+y/2)*l.w+x/2)*l.c:][:l.c]
				for i, v := range src[:l.c] {
					dst[i] += v
				}
				copy(dskip[((n*s.h+y)*s.w+x)*s.c:][:s.c], src[l.c:])
			}
		}
	}
}
