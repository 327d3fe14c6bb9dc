package onednn

// #include "shim.h"
import "C"

import (
	"errors"
	"fmt"
)

// ConvShape describes a convolution with a square kernel of K×K, padded by K/2
// on each side.
type ConvShape struct {
	N, H, W, In, Out, K, Stride int
	// Groups splits the channels: each group of output channels reads only its group
	// of input channels. 0 means 1; In makes the convolution depthwise.
	Groups int
	// Of is the total number of input channels of the weights if the convolution uses
	// only In of them; 0 means In. The weights then begin at the first channel used
	// and end at the end of the tensor.
	Of         int
	ReLU       bool // fused into Forward
	Accumulate bool // Forward adds to the output buffer, before ReLU
	Training   bool // also prepares the gradients
	// BF16 rounds inputs, weights and output gradients to bfloat16 before the
	// multiplication; sums stay float32. See HasBF16.
	BF16 bool
}

// OutSize returns the height and width of the output.
func (s *ConvShape) OutSize() (h, w int) {
	pad := 2 * (s.K / 2)
	return (s.H+pad-s.K)/s.Stride + 1, (s.W+pad-s.K)/s.Stride + 1
}

// Conv is a convolution with bias.
type Conv struct {
	c     *C.rl_conv
	err   message
	shape ConvShape
	in    int // lengths of the tensors
	out   int
	wei   int // minimum length of the weights
}

// NewConv prepares a convolution.
func NewConv(s ConvShape) (*Conv, error) {
	groups, of := max(s.Groups, 1), max(s.Of, s.In)
	if s.In%groups != 0 || s.Out%groups != 0 || groups > 1 && of != s.In {
		return nil, fmt.Errorf("preparing a convolution %+v: the number of channels is not a multiple of Groups", s)
	}
	if s.BF16 && !HasBF16() {
		return nil, ErrNoBF16
	}
	shape := C.rl_conv_shape{
		n: C.int(s.N), h: C.int(s.H), w: C.int(s.W), ic: C.int(s.In), oc: C.int(s.Out),
		k: C.int(s.K), stride: C.int(s.Stride), groups: C.int(groups), of: C.int(of),
		relu: flag(s.ReLU), accumulate: flag(s.Accumulate), training: flag(s.Training), bf16: flag(s.BF16),
	}
	oh, ow := s.OutSize()
	perOut := of / groups * s.K * s.K
	c := &Conv{shape: s, err: newMessage(), in: s.N * s.H * s.W * s.In, out: s.N * oh * ow * s.Out,
		wei: (s.Out-1)*perOut + s.In/groups*s.K*s.K}
	if err := c.err.check(C.rl_conv_new(&shape, &c.c, c.err.text)); err != nil {
		c.err.free()
		return nil, fmt.Errorf("preparing a convolution %+v: %w", s, err)
	}
	return c, nil
}

// Close frees the convolution.
func (c *Conv) Close() {
	C.rl_conv_free(c.c)
	c.err.free()
	c.c = nil
}

// Pack sets the weights for the following calls of Forward.
func (c *Conv) Pack(w []float32) error {
	if len(w) < c.wei {
		return fmt.Errorf("convolution: %d weights, want %d", len(w), c.wei)
	}
	return c.err.check(C.rl_conv_pack(c.c, ptr(w), c.err.text))
}

// Forward computes y = w ∗ x + b with the packed weights.
func (c *Conv) Forward(x, b, y []float32) error {
	if len(x) != c.in || len(b) != c.shape.Out || len(y) != c.out {
		return fmt.Errorf("convolution: lengths %d, %d, %d, want %d, %d, %d", len(x), len(b), len(y), c.in, c.shape.Out, c.out)
	}
	return c.err.check(C.rl_conv_forward(c.c, ptr(x), ptr(b), ptr(y), c.err.text))
}

// WeightsGrad computes the gradients of weights and bias from the input and the
// gradient of the output. It does not change the gradient of weights that the
// convolution does not use.
func (c *Conv) WeightsGrad(x, dy, dw, db []float32) error {
	if len(x) != c.in || len(dy) != c.out || len(dw) < c.wei || len(db) != c.shape.Out {
		return errors.New("convolution: wrong lengths for the gradient of the weights")
	}
	return c.err.check(C.rl_conv_weights_grad(c.c, ptr(x), ptr(dy), ptr(dw), ptr(db), c.err.text))
}

// DataGrad computes the gradient of the input.
func (c *Conv) DataGrad(w, dy, dx []float32) error {
	if len(w) < c.wei || len(dy) != c.out || len(dx) != c.in {
		return errors.New("convolution: wrong lengths for the gradient of the input")
	}
	return c.err.check(C.rl_conv_data_grad(c.c, ptr(w), ptr(dy), ptr(dx), c.err.text))
}
