package onednn

// #include "shim.h"
import "C"

import (
	"errors"
	"fmt"
)

// Epsilon is added to variances.
const Epsilon = 1e-5

// NormShape describes a normalization of N·H·W vectors with C channels.
type NormShape struct {
	N, H, W, C int
	ReLU       bool // after the normalization
}

// Norm is batch normalization over all axes except the channels, with scale and
// shift.
type Norm struct {
	c     *C.rl_norm
	err   message
	shape NormShape
	size  int
}

// NewNorm prepares a normalization.
func NewNorm(s NormShape) (*Norm, error) {
	c := &Norm{shape: s, size: s.N * s.H * s.W * s.C, err: newMessage()}
	status := C.rl_norm_new(C.int(s.N), C.int(s.H), C.int(s.W), C.int(s.C), Epsilon, flag(s.ReLU), &c.c, c.err.text)
	if err := c.err.check(status); err != nil {
		c.err.free()
		return nil, fmt.Errorf("preparing a batch normalization %+v: %w", s, err)
	}
	return c, nil
}

// Close frees the normalization.
func (c *Norm) Close() {
	C.rl_norm_free(c.c)
	c.err.free()
	c.c = nil
}

// Affine holds scale and shift of a normalization and the statistics of its last
// Forward, each one value per channel.
type Affine struct{ Scale, Shift, Mean, Var []float32 }

// Forward computes y = scale·(x − mean)/√(var + ε) + shift, with ReLU max(0, y), and
// sets mean and variance (that of the batch, biased).
func (c *Norm) Forward(x []float32, a *Affine, y []float32) error {
	if len(x) != c.size || len(y) != c.size || !a.fits(c.shape.C) {
		return errors.New("batch normalization: wrong lengths")
	}
	return c.err.check(C.rl_norm_forward(c.c, ptr(x), ptr(a.Scale), ptr(a.Shift), ptr(a.Mean), ptr(a.Var), ptr(y), c.err.text))
}

// Grad computes the gradients of the input and of scale and shift after a
// Forward with the same x and a. dx may be dy.
func (c *Norm) Grad(x []float32, a *Affine, dy, dx, dscale, dshift []float32) error {
	if len(x) != c.size || len(dy) != c.size || len(dx) != c.size || !a.fits(c.shape.C) ||
		len(dscale) != c.shape.C || len(dshift) != c.shape.C {
		return errors.New("batch normalization: wrong lengths for the gradient")
	}
	return c.err.check(C.rl_norm_grad(c.c, ptr(x), ptr(a.Scale), ptr(a.Shift), ptr(a.Mean), ptr(a.Var), ptr(dy), ptr(dx), ptr(dscale), ptr(dshift), c.err.text))
}

func (a *Affine) fits(channels int) bool {
	return len(a.Scale) == channels && len(a.Shift) == channels && len(a.Mean) == channels && len(a.Var) == channels
}
