package onednn

// #include "shim.h"
import "C"

import "errors"

// Size is the shape of a batch of activations.
type Size struct{ N, H, W, C int }

func (s Size) values() int { return s.N * s.H * s.W * s.C }

// Up fills y with x, every pixel repeated twice in both directions; s is the size
// of x.
func Up(s Size, x, y []float32) error {
	if len(x) != s.values() || len(y) != 4*len(x) {
		return errors.New("upsampling: wrong lengths")
	}
	C.rl_up(C.int(s.N), C.int(s.H), C.int(s.W), C.int(s.C), ptr(x), ptr(y))
	return nil
}

// UpGrad computes the gradient of the input of Up: sums over 2×2 pixels.
func UpGrad(s Size, dy, dx []float32) error {
	if len(dx) != s.values() || len(dy) != 4*len(dx) {
		return errors.New("upsampling: wrong lengths for the gradient")
	}
	C.rl_up_grad(C.int(s.N), C.int(s.H), C.int(s.W), C.int(s.C), ptr(dy), ptr(dx))
	return nil
}
