package network

import (
	"fmt"

	"roadloop/perception/network/onednn"
)

// PinISA limits everything that this process computes on oneDNN to an instruction
// set, "avx2", "avx512" or "avx512_bf16", so that processors with and without newer
// ones compute the same bytes; "" limits nothing. It must come before the first
// Runner or Graph. See onednn.PinISA for the conditions.
func PinISA(name string) error {
	if name == "" {
		return nil
	}
	if err := onednn.PinISA(name); err != nil {
		return fmt.Errorf("network: %w", err)
	}
	return nil
}

// HasBF16 tells whether this processor, within a pinned instruction set, has the
// arithmetic that GraphConfig.BF16 and RunnerConfig.BF16 ask for.
func HasBF16() bool { return onednn.HasBF16() }
