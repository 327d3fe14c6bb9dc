package onednn

// #include "shim.h"
import "C"

import (
	"errors"
	"fmt"
)

// ErrNoBF16 is returned if bf16 is requested on a processor without it.
var ErrNoBF16 = errors.New("bf16 needs a processor with AVX512_BF16 or AMX, and no lower instruction set pinned")

// PinISA limits every primitive to an instruction set: "avx2", "avx512" or
// "avx512_bf16". It must be called before the first primitive is created, and applies
// to the whole process.
//
// oneDNN chooses kernels by processor, and kernels of different instruction sets sum
// in different orders. With the same pinned set, the same version of oneDNN and the
// same network, two x86-64 processors that both have the set compute the same bytes,
// because kernels are generated for the set alone. One difference may remain: oneDNN
// blocks work by cache sizes, which reorders sums of the gradients of weights and,
// for networks with many channels, of results.
func PinISA(name string) error {
	var isa C.int
	switch name {
	case "avx2":
		isa = C.RL_ISA_AVX2
	case "avx512":
		isa = C.RL_ISA_AVX512
	case "avx512_bf16":
		isa = C.RL_ISA_BF16
	default:
		return fmt.Errorf("instruction set %q, want avx2, avx512 or avx512_bf16", name)
	}
	if C.rl_pin_isa(isa) != 0 {
		return errors.New("oneDNN: the instruction set can only be pinned before the first primitive is created")
	}
	return nil
}

// ISA returns the instruction set of the float32 kernels, "avx512", "avx2" or "sse":
// that of the processor, or the pinned one if lower. After the first call PinISA
// fails.
func ISA() string {
	switch C.rl_isa() {
	case C.RL_ISA_AVX512:
		return "avx512"
	case C.RL_ISA_AVX2:
		return "avx2"
	}
	return "sse"
}

// HasBF16 reports whether this processor multiplies in bf16, within the pinned
// instruction set.
func HasBF16() bool { return C.rl_has_bf16() != 0 }

// Version returns the version of oneDNN, such as "2.6.3".
func Version() string {
	var major, minor, patch C.int
	C.rl_version(&major, &minor, &patch)
	return fmt.Sprintf("%d.%d.%d", major, minor, patch)
}
