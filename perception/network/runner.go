package network

import (
	"errors"
	"fmt"

	"roadloop/internal/onednn"
)

// RunnerConfig configures a Runner.
type RunnerConfig struct {
	// BF16 multiplies in bfloat16, on processors that support it: faster and less
	// exact.
	BF16 bool
}

// Runner runs a network forward, one image at a time, on one core: convolutions
// with their normalizations folded in, sums and ReLU fused, weights packed once. It
// allocates nothing per image and is not safe for concurrent use. The result
// for an image is always the same bytes, whatever ran before or runs concurrently.
type Runner struct {
	config  Config
	layers  []layer
	results [][]float32 // results[0] is the current image
	steps   []runnerStep
	close   []func()
}

// runnerStep computes the output of a layer.
type runnerStep struct {
	layer string
	do    func() error
}

// NewRunner prepares the network for inference in float32.
func NewRunner(w *Weights) (*Runner, error) { return NewRunnerWith(w, RunnerConfig{}) }

// NewRunnerWith prepares the network for inference.
func NewRunnerWith(w *Weights, c RunnerConfig) (*Runner, error) {
	if err := w.Config.Check(); err != nil {
		return nil, err
	}
	if c.BF16 && !onednn.HasBF16() {
		return nil, fmt.Errorf("network: %w", onednn.ErrNoBF16)
	}
	p := runnerBuilder{Runner: &Runner{config: w.Config, layers: w.Config.layers()}, weights: w, options: c}
	p.results = make([][]float32, len(p.layers))
	for i := 1; i < len(p.layers); i++ {
		if err := p.prepare(i); err != nil {
			p.Close()
			return nil, fmt.Errorf("network: layer %s: %w", p.layers[i].name, err)
		}
	}
	return p.Runner, nil
}

// runnerBuilder builds a runner.
type runnerBuilder struct {
	*Runner
	weights *Weights
	options RunnerConfig
}

// prepare prepares layer i. Layers are prepared in execution order.
func (p *runnerBuilder) prepare(i int) error {
	l := &p.layers[i]
	switch {
	case l.kind == addReLU: // fused into the previous convolution
		p.results[i] = p.results[l.in[0]]
		return nil
	case l.kind == upConcat: // the next convolution reads both inputs
		return nil
	case p.isResidual(i): // onto the shortcut, which no later layer reads
		p.results[i] = p.results[p.layers[i+1].in[1]]
	case i < len(p.layers)-1: // the last layer writes to the caller's buffer
		p.results[i] = make([]float32, l.h*l.w*l.c)
	}
	do, err := p.step(i)
	p.steps = append(p.steps, runnerStep{l.name, do})
	return err
}

// isResidual reports whether layer i is a convolution with a result that is added to
// a shortcut.
func (p *runnerBuilder) isResidual(i int) bool {
	return p.layers[i].kind == convNorm && i+1 < len(p.layers) && p.layers[i+1].kind == addReLU
}

// step returns the function that computes layer i.
func (p *runnerBuilder) step(i int) (func() error, error) {
	l := &p.layers[i]
	in, from := l.in[0], &p.layers[l.in[0]]
	switch {
	case l.kind == maxPool || l.kind == avgPool:
		return p.pool(i)
	case from.kind == upConcat:
		return p.merge(i)
	}
	kernel, bias, err := p.weights.folded(l)
	if err != nil {
		return nil, err
	}
	c, err := onednn.NewConv(onednn.ConvShape{N: 1, H: from.h, W: from.w, In: from.c, Out: l.c, K: l.k, Stride: l.stride,
		Groups: l.groups, Accumulate: p.isResidual(i), ReLU: l.kind == convNorm && (!l.linear || p.isResidual(i)), BF16: p.options.BF16})
	if err != nil {
		return nil, err
	}
	p.Runner.close = append(p.Runner.close, c.Close)
	r := p.Runner
	return func() error { return c.Forward(r.results[in], bias, r.results[i]) }, c.Pack(kernel)
}

func (p *runnerBuilder) pool(i int) (func() error, error) {
	l, r := &p.layers[i], p.Runner
	from := &p.layers[l.in[0]]
	c, err := onednn.NewPool(onednn.PoolShape{N: 1, H: from.h, W: from.w, C: from.c, K: l.k, Stride: l.stride, Max: l.kind == maxPool})
	if err != nil {
		return nil, err
	}
	r.close = append(r.close, c.Close)
	return func() error { return c.Forward(r.results[l.in[0]], r.results[i]) }, nil
}

func (p *runnerBuilder) merge(i int) (func() error, error) {
	l, r := &p.layers[i], p.Runner
	join := &p.layers[l.in[0]]
	kernel, bias, err := p.weights.folded(l)
	if err != nil {
		return nil, err
	}
	m := merging{to: l, low: &p.layers[join.in[0]], skip: &p.layers[join.in[1]]}
	c, err := newMerger(m, 1, func(low, skip *onednn.ConvShape) {
		low.BF16, skip.BF16, skip.ReLU = p.options.BF16, p.options.BF16, true
	})
	if err != nil {
		return nil, err
	}
	r.close = append(r.close, c.close)
	return func() error {
		return c.forward(r.results[join.in[0]], r.results[join.in[1]], bias, r.results[i])
	}, c.pack(kernel)
}

// Config returns the size of the network.
func (r *Runner) Config() Config { return r.config }

// Run computes the heads of an image, [Height/4, Width/4, Channels], from
// [Height, Width, 3].
func (r *Runner) Run(image, heads []float32) error {
	if len(image) != r.config.ImageSize() || len(heads) != r.config.HeadSize() {
		return fmt.Errorf("network: image of %d and heads of %d values, want %d and %d",
			len(image), len(heads), r.config.ImageSize(), r.config.HeadSize())
	}
	r.results[0], r.results[len(r.results)-1] = image, heads
	for i := range r.steps {
		if err := r.steps[i].do(); err != nil {
			return fmt.Errorf("network: layer %s: %w", r.steps[i].layer, err)
		}
	}
	return nil
}

// RunBatch computes the heads of consecutive images, with the same bytes as Run for
// each. It runs them one by one: on one core they stay in its caches, and real
// batches are not faster.
func (r *Runner) RunBatch(images, heads []float32) error {
	in, out := r.config.ImageSize(), r.config.HeadSize()
	if len(images)%in != 0 || len(heads) != len(images)/in*out {
		return errors.New("network: lengths of images and heads do not fit together")
	}
	for ; len(images) > 0; images, heads = images[in:], heads[out:] {
		if err := r.Run(images[:in], heads[:out]); err != nil {
			return err
		}
	}
	return nil
}

// Close frees the runner.
func (r *Runner) Close() {
	for _, f := range r.close {
		f()
	}
	r.close = nil
}
