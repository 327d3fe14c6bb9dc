// Package adam applies the update of the Adam optimizer to many weights, in C: the compiler
// vectorizes roots and quotients, which Go does one by one. The bits are those of the same
// formula in Go, but moments below the smallest normal number become 0.
package adam

// #cgo CFLAGS: -O3
// #cgo LDFLAGS: -lm
// #pragma GCC optimize ("no-math-errno")
// #pragma GCC optimize ("fp-contract=off")
// #include <float.h>
// #include <math.h>
// #include <stddef.h>
//
// typedef struct { float b1, a1, b2, a2, keep, rate, root, eps; } factors;
//
// static void update(size_t n, float *restrict w, const float *restrict g, float *restrict m, float *restrict v, const factors *f) {
//   const factors s = *f;
//   for (size_t i = 0; i < n; i++) {
//     float mi = s.b1 * m[i] + s.a1 * g[i];
//     float vi = s.b2 * v[i] + s.a2 * g[i] * g[i];
//     mi = fabsf(mi) < FLT_MIN ? 0 : mi; // arithmetic with subnormal numbers takes 50 times as long
//     vi = vi < FLT_MIN ? 0 : vi;
//     m[i] = mi;
//     v[i] = vi;
//     w[i] = s.keep * w[i] - s.rate * mi / (sqrtf(vi) * s.root + s.eps);
//   }
// }
import "C"

import (
	"fmt"
	"unsafe"
)

// Factors are the constants of one update:
//
//	m = B1·m + A1·g
//	v = B2·v + A2·g²
//	w = Keep·w − Rate·m / (√v·Root + Epsilon)
type Factors struct {
	B1, A1, B2, A2, Keep, Rate, Root, Epsilon float32
}

// Update updates weights w and moments m and v with the gradient g, all of one length.
func Update(w, g, m, v []float32, f Factors) {
	if len(g) != len(w) || len(m) != len(w) || len(v) != len(w) {
		panic(fmt.Sprintf("adam: %d weights, %d gradients, %d and %d moments", len(w), len(g), len(m), len(v)))
	}
	if len(w) == 0 {
		return
	}
	ptr := func(x []float32) *C.float { return (*C.float)(unsafe.SliceData(x)) }
	C.update(C.size_t(len(w)), ptr(w), ptr(g), ptr(m), ptr(v), (*C.factors)(unsafe.Pointer(&f)))
}
