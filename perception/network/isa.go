package network

import (
	"fmt"

	"roadloop/internal/onednn"
)

// PinISA limits all oneDNN computations of this process to an instruction set,
// "avx2", "avx512" or "avx512_bf16", so that processors with and without newer sets
// compute the same bytes; "" sets no limit. It must be called before the first Runner
// or Graph is created. See onednn.PinISA for the conditions.
func PinISA(name string) error {
	if name == "" {
		return nil
	}
	if err := onednn.PinISA(name); err != nil {
		return fmt.Errorf("network: %w", err)
	}
	return nil
}

// ISA returns the instruction set of float32 networks: "avx512", "avx2" or "sse".
// After the first call PinISA fails.
func ISA() string { return onednn.ISA() }

// MatchISA makes networks compute with the instruction set of a recording, as named
// by ISA, so that they give the same bytes; an empty (unknown) one matches any. It
// returns an error if this processor lacks the set, or if another set was pinned or
// used before.
func MatchISA(recorded string) error {
	if recorded == "" {
		return nil
	}
	// Pinning fails if a set was pinned or used before; the check below decides
	// whether it is the right one.
	_ = onednn.PinISA(recorded)
	if have := ISA(); have != recorded {
		return fmt.Errorf("network: the recording was computed with %s and this process computes with %s, which gives other bytes: "+
			"run with --isa %s on a processor that has it", recorded, have, recorded)
	}
	return nil
}

// HasBF16 reports whether this processor, within a pinned instruction set, supports
// GraphConfig.BF16 and RunnerConfig.BF16.
func HasBF16() bool { return onednn.HasBF16() }
