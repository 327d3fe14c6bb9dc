package network

import (
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"roadloop/internal/graph"
	"roadloop/internal/onednn"
)

// merging is a 1×1 convolution of a layer concatenated with the upsampled lower
// layer. It commutes with the upsampling: the part of the kernel for the lower layer
// runs before it, on a quarter of the pixels, and no concatenation is needed.
type merging struct{ to, low, skip *layer }

// kernels splits the weights of a merging into those for the lower layer and those
// for the other one. Both slices extend to the end, as the rows of the kernel
// interleave.
func (m *merging) kernels(w []float32) (low, skip []float32) { return w, w[m.low.c:] }

// shapes returns the two convolutions for batches of n.
func (m *merging) shapes(n int) (low, skip onednn.ConvShape) {
	low = onednn.ConvShape{N: n, H: m.low.h, W: m.low.w, In: m.low.c, Out: m.to.c, K: 1, Stride: 1, Of: m.low.c + m.skip.c}
	skip = onednn.ConvShape{N: n, H: m.skip.h, W: m.skip.w, In: m.skip.c, Out: m.to.c, K: 1, Stride: 1, Of: m.low.c + m.skip.c,
		Accumulate: true}
	return low, skip
}

// small returns the size of the lower convolution's output.
func (m *merging) small(n int) onednn.Size {
	return onednn.Size{N: n, H: m.low.h, W: m.low.w, C: m.to.c}
}

// merger runs a merging forward.
type merger struct {
	merging
	batch     int
	low, skip *onednn.Conv
	half      []float32 // output of the lower convolution, then its gradient
	none      []float32 // bias of the lower convolution
}

// newMerger prepares a merging; set changes the shapes of both convolutions before
// they are created.
func newMerger(m merging, batch int, set func(low, skip *onednn.ConvShape)) (*merger, error) {
	low, skip := m.shapes(batch)
	set(&low, &skip)
	r := &merger{merging: m, batch: batch, none: make([]float32, m.to.c),
		half: make([]float32, batch*m.low.h*m.low.w*m.to.c)}
	var err error
	if r.low, err = onednn.NewConv(low); err != nil {
		return nil, err
	}
	if r.skip, err = onednn.NewConv(skip); err != nil {
		r.low.Close()
		return nil, err
	}
	return r, nil
}

func (m *merger) close() {
	m.low.Close()
	m.skip.Close()
}

func (m *merger) pack(w []float32) error {
	low, skip := m.kernels(w)
	if err := m.low.Pack(low); err != nil {
		return err
	}
	return m.skip.Pack(skip)
}

// forward computes the merging with the packed weights.
func (m *merger) forward(low, skip, bias, out []float32) error {
	if err := m.low.Forward(low, m.none, m.half); err != nil {
		return err
	}
	if err := onednn.Up(m.small(m.batch), m.half, out); err != nil {
		return err
	}
	return m.skip.Forward(skip, bias, out)
}

// weightsGrad computes the gradients of kernel and bias, and keeps the gradient of
// the lower convolution's output.
func (m *merger) weightsGrad(low, skip, dy, dw, db []float32) error {
	if err := onednn.UpGrad(m.small(m.batch), dy, m.half); err != nil {
		return err
	}
	dlow, dskip := m.kernels(dw)
	if err := m.low.WeightsGrad(low, m.half, dlow, db); err != nil {
		return err
	}
	return m.skip.WeightsGrad(skip, dy, dskip, db)
}

// merge returns the convolution, with weights w and bias b, of the upsampled low
// layer concatenated with skip.
func (f *dnnBackend) merge(m merging, x [2]*G.Node, w, b *G.Node) (*G.Node, error) {
	r, err := newMerger(m, f.batch, func(low, skip *onednn.ConvShape) {
		low.Training, skip.Training = true, true
		low.BF16, skip.BF16 = f.bf16, f.bf16
	})
	if err != nil {
		return nil, err
	}
	f.OnClose(r.close)
	return f.Apply(&graph.Operator{
		Name: "merge " + m.to.name, Dims: []int{4, 4, 4, 1}, Shape: f.result(m.to),
		Compute: func(in [][]float32, out []float32) error {
			if err := r.pack(in[2]); err != nil {
				return err
			}
			return r.forward(in[0], in[1], in[3], out)
		},
		WRT:      []bool{true, true, true, true},
		Gradient: func(in G.Nodes, _, grad *G.Node) (G.Nodes, error) { return f.mergeGrad(r, in, grad) },
	}, x[0], x[1], w, b)
}

// mergeGrad returns the gradients of a merging. The gradient of the lower layer
// depends on the kernel gradient, which stores an intermediate result for it.
func (f *dnnBackend) mergeGrad(r *merger, in G.Nodes, dy *G.Node) (G.Nodes, error) {
	kernel, name := in[2].Shape(), r.to.name
	db := make([]float32, r.to.c)
	s := &graph.Chain{}
	gw := s.Do(f.Apply(&graph.Operator{
		Name: "kernel gradient " + name, Dims: []int{4, 4, 4}, Shape: kernel, Out: make([]float32, kernel.TotalSize()),
		Compute: func(a [][]float32, dw []float32) error { return r.weightsGrad(a[0], a[1], a[2], dw, db) },
	}, in[0], in[1], dy))
	gb := s.Do(f.Apply(&graph.Operator{
		Name: "bias gradient " + name, Dims: []int{4}, Shape: tensor.Shape{r.to.c}, Out: db, Compute: graph.Identity,
	}, gw))
	gl := s.Do(f.Apply(&graph.Operator{
		Name: "low gradient " + name, Dims: []int{4, 4}, Shape: f.result(r.merging.low),
		Compute: func(a [][]float32, dx []float32) error {
			w, _ := r.kernels(a[0])
			return r.low.DataGrad(w, r.half, dx)
		},
	}, in[2], gw))
	gs := s.Do(f.Apply(&graph.Operator{
		Name: "skip gradient " + name, Dims: []int{4, 4}, Shape: f.result(r.merging.skip),
		Compute: func(a [][]float32, dx []float32) error {
			_, w := r.kernels(a[0])
			return r.skip.DataGrad(w, a[1], dx)
		},
	}, in[2], dy))
	return G.Nodes{gl, gs, gw, gb}, s.Err
}
