package onednn

// #include "shim.h"
import "C"

import (
	"fmt"
	"unsafe"
)

// NewBuffer returns zeroed memory for n values and a function that frees it. It is
// outside of Go's heap: activations live as long as their network, and on the heap
// the collector would allow as much garbage to accumulate.
func NewBuffer(n int) (data []float32, free func(), err error) {
	p := C.rl_buffer_new(C.size_t(n))
	if p == nil {
		return nil, nil, fmt.Errorf("no memory for %d values", n)
	}
	return unsafe.Slice((*float32)(unsafe.Pointer(p)), n), func() { C.rl_buffer_free(p) }, nil
}
