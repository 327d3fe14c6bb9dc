package onednn

// #include "shim.h"
import "C"

import (
	"errors"
	"fmt"
)

// ErrNoBF16 is returned where bf16 is asked of a processor without.
var ErrNoBF16 = errors.New("bf16 needs a processor with AVX512_BF16 or AMX, and no lower instruction set pinned")

// PinISA limits every primitive to an instruction set: "avx2", "avx512" or
// "avx512_bf16". It must come before the first primitive is made, and holds for the
// whole process.
//
// oneDNN chooses kernels by processor, and kernels of different instruction sets sum
// in different orders. With the same pinned set, the same version of oneDNN and the
// same network, two x86-64 processors that both have the set compute the same bytes:
// kernels are generated for the set alone. What may still differ is how work is
// blocked for caches of other sizes, which reorders sums of the gradients of weights
// and, for networks with many channels, of results.
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
		return errors.New("oneDNN: the instruction set can only be pinned before the first primitive is made")
	}
	return nil
}

// ISA returns the instruction set of the kernels that compute in float32, "avx512",
// "avx2" or "sse": that of the processor, or the pinned one where it is lower. From
// then on PinISA fails.
func ISA() string {
	switch C.rl_isa() {
	case C.RL_ISA_AVX512:
		return "avx512"
	case C.RL_ISA_AVX2:
		return "avx2"
	}
	return "sse"
}

// HasBF16 tells whether this processor multiplies in bf16, within the instruction
// set that is pinned.
func HasBF16() bool { return C.rl_has_bf16() != 0 }

// Version returns the version of oneDNN, such as "2.6.3".
func Version() string {
	var major, minor, patch C.int
	C.rl_version(&major, &minor, &patch)
	return fmt.Sprintf("%d.%d.%d", major, minor, patch)
}
