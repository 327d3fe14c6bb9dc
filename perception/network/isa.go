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

// ISA returns the instruction set with which networks compute in float32: "avx512",
// "avx2" or "sse". From then on PinISA fails.
func ISA() string { return onednn.ISA() }

// MatchISA makes networks compute with the instruction set of a recording, as ISA
// names it, so that they give the same bytes; an empty one, which is not known,
// matches any. It fails where this processor lacks the set, or where another one was
// pinned or used before.
func MatchISA(recorded string) error {
	if recorded == "" {
		return nil
	}
	// Pinning fails where a set was pinned or used before: what counts is which.
	_ = onednn.PinISA(recorded)
	if have := ISA(); have != recorded {
		return fmt.Errorf("network: the recording was computed with %s and this process computes with %s, which gives other bytes: "+
			"run with --isa %s on a processor that has it", recorded, have, recorded)
	}
	return nil
}

// HasBF16 tells whether this processor, within a pinned instruction set, has the
// arithmetic that GraphConfig.BF16 and RunnerConfig.BF16 ask for.
func HasBF16() bool { return onednn.HasBF16() }
