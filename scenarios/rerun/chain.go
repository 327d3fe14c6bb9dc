package rerun

import (
	"crypto/sha256"
	"encoding/binary"

	"roadloop/trace"
)

// chain is a hash over the worlds of all decisions so far: each link hashes the link
// before and the next world. One different world changes every link after it.
type chain [sha256.Size]byte

// add links a world and returns the check of it: the beginning of the new link. A
// world that differs is missed at one decision once in 65536 times, at two in a row
// once in four billion, and never by the whole last link.
func (c *chain) add(d trace.Digest) uint16 {
	var link [sha256.Size + len(trace.Digest{})]byte
	copy(link[:], c[:])
	copy(link[sha256.Size:], d[:])
	*c = sha256.Sum256(link[:])
	return binary.LittleEndian.Uint16(c[:])
}
