package network

import (
	"fmt"

	"roadloop/perception/network/onednn"
)

// Runner runs a network forward, one image at a time, on one core: convolutions
// with their normalizations folded in and ReLU fused, weights packed once. It
// allocates nothing per image and is not safe for concurrent use.
type Runner struct {
	config  Config
	layers  []layer
	convs   []*onednn.Conv // nil for layers without
	biases  [][]float32
	results [][]float32 // results[0] is the image at hand
}

// NewRunner prepares the network for inference.
func NewRunner(w *Weights) (*Runner, error) {
	if err := w.Config.Check(); err != nil {
		return nil, err
	}
	r := &Runner{config: w.Config, layers: w.Config.layers()}
	n := len(r.layers)
	r.convs, r.biases, r.results = make([]*onednn.Conv, n), make([][]float32, n), make([][]float32, n)
	for i := 1; i < n; i++ {
		if err := r.prepare(w, i); err != nil {
			r.Close()
			return nil, fmt.Errorf("network: layer %s: %w", r.layers[i].name, err)
		}
	}
	return r, nil
}

// prepare makes layer i ready.
func (r *Runner) prepare(w *Weights, i int) error {
	l := &r.layers[i]
	if i < len(r.layers)-1 { // the last layer writes to the caller's buffer
		r.results[i] = make([]float32, l.h*l.w*l.c)
	}
	if l.kind == upConcat {
		return nil
	}
	from := &r.layers[l.in[0]]
	kernel, bias, err := w.folded(l)
	if err != nil {
		return err
	}
	c, err := onednn.NewConv(onednn.ConvShape{N: 1, H: from.h, W: from.w, In: from.c, Out: l.c,
		K: l.k, Stride: l.stride, ReLU: l.kind == convNorm})
	if err != nil {
		return err
	}
	r.convs[i], r.biases[i] = c, bias
	return c.Pack(kernel)
}

// Config returns the size of the network.
func (r *Runner) Config() Config { return r.config }

// Run computes the heads of an image, [Height/4, Width/4, HeadChannels], from
// [Height, Width, 3].
func (r *Runner) Run(image, heads []float32) error {
	if len(image) != r.config.ImageSize() || len(heads) != r.config.HeadSize() {
		return fmt.Errorf("network: image of %d and heads of %d values, want %d and %d",
			len(image), len(heads), r.config.ImageSize(), r.config.HeadSize())
	}
	r.results[0], r.results[len(r.results)-1] = image, heads
	for i := 1; i < len(r.layers); i++ {
		l := &r.layers[i]
		in := r.results[l.in[0]]
		if l.kind == upConcat {
			upConcatForward(r.results[i], in, r.results[l.in[1]], 1, &r.layers[l.in[0]], &r.layers[l.in[1]])
			continue
		}
		if err := r.convs[i].Forward(in, r.biases[i], r.results[i]); err != nil {
			return fmt.Errorf("network: layer %s: %w", l.name, err)
		}
	}
	return nil
}

// Close frees the runner.
func (r *Runner) Close() {
	for i, c := range r.convs {
		if c != nil {
			c.Close()
			r.convs[i] = nil
		}
	}
}
