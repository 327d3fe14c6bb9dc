// Package onednn reaches the primitives of Intel's oneDNN that the network is made
// of: convolution and batch normalization, forward and backward, in float32. It
// compiles against oneDNN 2.x (Debian 12) and 3.x (Ubuntu 24.04).
//
// Activations are NHWC, weights OIHW, all contiguous. Every primitive runs on the
// calling thread alone: the network is parallel over replicas. Objects are not
// safe for concurrent use and must be closed.
package onednn

// #cgo CXXFLAGS: -O2 -std=c++14
// #cgo LDFLAGS: -ldnnl -lgomp -lstdc++
// #include <stdlib.h>
// #include "shim.h"
import "C"

import (
	"errors"
	"fmt"
	"unsafe"
)

// ConvShape describes a convolution with a square kernel of K×K, padded by K/2
// on each side.
type ConvShape struct {
	N, H, W, In, Out, K, Stride int
	ReLU                        bool // fused into Forward
	Training                    bool // prepares the gradients as well
}

// OutSize returns the height and width of the result.
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
	wei   int
}

// NewConv prepares a convolution.
func NewConv(s ConvShape) (*Conv, error) {
	shape := C.rl_conv_shape{
		n: C.int(s.N), h: C.int(s.H), w: C.int(s.W), ic: C.int(s.In), oc: C.int(s.Out),
		k: C.int(s.K), stride: C.int(s.Stride), relu: flag(s.ReLU), training: flag(s.Training),
	}
	oh, ow := s.OutSize()
	c := &Conv{shape: s, err: newMessage(), in: s.N * s.H * s.W * s.In, out: s.N * oh * ow * s.Out, wei: s.Out * s.In * s.K * s.K}
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
	c.c, c.err.text = nil, nil
}

// Pack takes the weights for the following calls of Forward.
func (c *Conv) Pack(w []float32) error {
	if len(w) != c.wei {
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
// gradient of the result.
func (c *Conv) WeightsGrad(x, dy, dw, db []float32) error {
	if len(x) != c.in || len(dy) != c.out || len(dw) != c.wei || len(db) != c.shape.Out {
		return errors.New("convolution: wrong lengths for the gradient of the weights")
	}
	return c.err.check(C.rl_conv_weights_grad(c.c, ptr(x), ptr(dy), ptr(dw), ptr(db), c.err.text))
}

// DataGrad computes the gradient of the input.
func (c *Conv) DataGrad(w, dy, dx []float32) error {
	if len(w) != c.wei || len(dy) != c.out || len(dx) != c.in {
		return errors.New("convolution: wrong lengths for the gradient of the input")
	}
	return c.err.check(C.rl_conv_data_grad(c.c, ptr(w), ptr(dy), ptr(dx), c.err.text))
}

// Norm is batch normalization over all but the channels, with scale and shift,
// followed by ReLU.
type Norm struct {
	c        *C.rl_norm
	err      message
	size     int
	channels int
}

// NewNorm prepares a normalization of n·h·w vectors of channels.
func NewNorm(n, h, w, channels int) (*Norm, error) {
	c := &Norm{size: n * h * w * channels, channels: channels, err: newMessage()}
	if err := c.err.check(C.rl_norm_new(C.int(n), C.int(h), C.int(w), C.int(channels), Epsilon, &c.c, c.err.text)); err != nil {
		c.err.free()
		return nil, fmt.Errorf("preparing batch normalization of %d×%d×%d×%d: %w", n, h, w, channels, err)
	}
	return c, nil
}

// Epsilon is added to variances.
const Epsilon = 1e-5

// Close frees the normalization.
func (c *Norm) Close() {
	C.rl_norm_free(c.c)
	c.err.free()
	c.c, c.err.text = nil, nil
}

// Affine is the scale and shift of a normalization with the statistics that its
// last Forward found, each one value per channel.
type Affine struct{ Scale, Shift, Mean, Var []float32 }

// Forward computes y = max(0, scale·(x − mean)/√(var + ε) + shift) and sets mean
// and variance (that of the batch, biased).
func (c *Norm) Forward(x []float32, a *Affine, y []float32) error {
	if len(x) != c.size || len(y) != c.size || !a.fits(c.channels) {
		return errors.New("batch normalization: wrong lengths")
	}
	return c.err.check(C.rl_norm_forward(c.c, ptr(x), ptr(a.Scale), ptr(a.Shift), ptr(a.Mean), ptr(a.Var), ptr(y), c.err.text))
}

// Grad computes the gradients of the input and of scale and shift after a
// Forward with the same x and a.
func (c *Norm) Grad(x []float32, a *Affine, dy, dx, dscale, dshift []float32) error {
	if len(x) != c.size || len(dy) != c.size || len(dx) != c.size || !a.fits(c.channels) ||
		len(dscale) != c.channels || len(dshift) != c.channels {
		return errors.New("batch normalization: wrong lengths for the gradient")
	}
	return c.err.check(C.rl_norm_grad(c.c, ptr(x), ptr(a.Scale), ptr(a.Shift), ptr(a.Mean), ptr(a.Var), ptr(dy), ptr(dx), ptr(dscale), ptr(dshift), c.err.text))
}

func (a *Affine) fits(channels int) bool {
	return len(a.Scale) == channels && len(a.Shift) == channels && len(a.Mean) == channels && len(a.Var) == channels
}

// PinAVX2 limits every primitive to AVX2 instructions, so that processors with
// and without AVX-512 compute the same bytes. It must come before the first
// primitive is made.
func PinAVX2() error {
	if C.rl_pin_avx2() != 0 {
		return errors.New("oneDNN: the instruction set can only be pinned before the first primitive is made")
	}
	return nil
}

func ptr(s []float32) *C.float { return (*C.float)(&s[0]) }

func flag(b bool) C.int {
	if b {
		return 1
	}
	return 0
}

// message is a buffer that C writes errors to. It lives in C's memory, so that a
// call allocates nothing.
type message struct{ text *C.char }

func newMessage() message { return message{(*C.char)(C.calloc(C.RL_ERR, 1))} }

// check turns the status of a call that was given m into an error.
func (m message) check(status C.int) error {
	if status == 0 {
		return nil
	}
	return errors.New(C.GoString(m.text))
}

func (m message) free() { C.free(unsafe.Pointer(m.text)) }
