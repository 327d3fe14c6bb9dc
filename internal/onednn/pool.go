package onednn

// #include "shim.h"
import "C"

import (
	"errors"
	"fmt"
)

// PoolShape describes a pooling over squares of K×K. An odd K is padded by K/2 on
// each side, an even K is not padded.
type PoolShape struct {
	N, H, W, C, K, Stride int
	Max                   bool // otherwise the average, without padding
}

// OutSize returns the height and width of the output.
func (s *PoolShape) OutSize() (h, w int) {
	pad := 2 * s.Pad()
	return (s.H+pad-s.K)/s.Stride + 1, (s.W+pad-s.K)/s.Stride + 1
}

// Pad returns the padding on each side.
func (s *PoolShape) Pad() int {
	if s.K%2 == 0 {
		return 0
	}
	return s.K / 2
}

// Pool is a maximum or average over squares.
type Pool struct {
	c       *C.rl_pool
	err     message
	in, out int
}

// NewPool prepares a pooling.
func NewPool(s PoolShape) (*Pool, error) {
	shape := C.rl_pool_shape{n: C.int(s.N), h: C.int(s.H), w: C.int(s.W), c: C.int(s.C),
		k: C.int(s.K), stride: C.int(s.Stride), max: flag(s.Max)}
	oh, ow := s.OutSize()
	c := &Pool{err: newMessage(), in: s.N * s.H * s.W * s.C, out: s.N * oh * ow * s.C}
	if err := c.err.check(C.rl_pool_new(&shape, &c.c, c.err.text)); err != nil {
		c.err.free()
		return nil, fmt.Errorf("preparing a pooling %+v: %w", s, err)
	}
	return c, nil
}

// Close frees the pooling.
func (c *Pool) Close() {
	C.rl_pool_free(c.c)
	c.err.free()
	c.c = nil
}

// Forward pools x.
func (c *Pool) Forward(x, y []float32) error {
	if len(x) != c.in || len(y) != c.out {
		return fmt.Errorf("pooling: lengths %d and %d, want %d and %d", len(x), len(y), c.in, c.out)
	}
	return c.err.check(C.rl_pool_forward(c.c, ptr(x), ptr(y), c.err.text))
}

// Grad computes the gradient of the input of the last Forward.
func (c *Pool) Grad(dy, dx []float32) error {
	if len(dx) != c.in || len(dy) != c.out {
		return errors.New("pooling: wrong lengths for the gradient")
	}
	return c.err.check(C.rl_pool_grad(c.c, ptr(dy), ptr(dx), c.err.text))
}
