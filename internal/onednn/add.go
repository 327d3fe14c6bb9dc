package onednn

// #include "shim.h"
import "C"

import (
	"errors"
	"fmt"
)

// Add is the sum of two tensors, optionally with ReLU.
type Add struct {
	c    *C.rl_add
	err  message
	size int
}

// NewAdd prepares a sum of tensors with the given number of values.
func NewAdd(size int, relu bool) (*Add, error) {
	c := &Add{err: newMessage(), size: size}
	if err := c.err.check(C.rl_add_new(C.int(size), flag(relu), &c.c, c.err.text)); err != nil {
		c.err.free()
		return nil, fmt.Errorf("preparing a sum of %d values: %w", size, err)
	}
	return c, nil
}

// Close frees the sum.
func (c *Add) Close() {
	C.rl_add_free(c.c)
	c.err.free()
	c.c = nil
}

// Forward computes y = a + b, or max(0, a + b) with ReLU. y may be a.
func (c *Add) Forward(a, b, y []float32) error {
	if len(a) != c.size || len(b) != c.size || len(y) != c.size {
		return fmt.Errorf("sum: lengths %d, %d, %d, want %d", len(a), len(b), len(y), c.size)
	}
	return c.err.check(C.rl_add_forward(c.c, ptr(a), ptr(b), ptr(y), c.err.text))
}

// Grad computes the gradient of both inputs through ReLU, from the result and its
// gradient: dy where y > 0, else 0. dx may be dy.
func (c *Add) Grad(y, dy, dx []float32) error {
	if len(y) != c.size || len(dy) != c.size || len(dx) != c.size {
		return errors.New("sum: wrong lengths for the gradient")
	}
	return c.err.check(C.rl_add_grad(c.c, ptr(y), ptr(dy), ptr(dx), c.err.text))
}
