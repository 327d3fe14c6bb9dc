// Package onednn reaches the primitives of Intel's oneDNN that the network is made
// of, forward and backward: convolution (grouped and depthwise as well), batch
// normalization, pooling, sums with ReLU, upsampling. It compiles against oneDNN 2.x
// (Debian 12) and 3.x (Ubuntu 24.04).
//
// Activations are NHWC, weights OIHW, all contiguous float32. Every primitive runs
// on the calling thread alone: the network is parallel over replicas. Objects are
// not safe for concurrent use and must be closed. None of their methods allocates.
package onednn

// #cgo CXXFLAGS: -O3 -std=c++14
// #cgo LDFLAGS: -ldnnl -lgomp -lstdc++
// #include <stdlib.h>
// #include "shim.h"
import "C"

import (
	"errors"
	"unsafe"
)

func ptr(s []float32) *C.float { return (*C.float)(unsafe.SliceData(s)) }

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

func (m *message) free() {
	C.free(unsafe.Pointer(m.text))
	m.text = nil
}
