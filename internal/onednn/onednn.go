// Package onednn wraps the oneDNN primitives that the network uses, forward and
// backward: convolution (also grouped and depthwise), batch normalization, pooling,
// sums with ReLU, upsampling. It compiles against oneDNN 2.x (Debian 12) and 3.x
// (Ubuntu 24.04).
//
// Activations are NHWC, weights OIHW, all contiguous float32. Every primitive runs on
// the calling thread alone; the network runs replicas in parallel. Objects are not
// safe for concurrent use and must be closed. Their methods do not allocate.
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

// message is a buffer for error texts from C. It is in C memory, so that a call does
// not allocate.
type message struct{ text *C.char }

func newMessage() message { return message{(*C.char)(C.calloc(C.RL_ERR, 1))} }

// check converts the status of a C call with m to an error.
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
