package timeline

import (
	"crypto/sha256"
	"encoding/binary"

	"roadloop/trace"
)

// chain is a hash chain over the worlds of all decisions so far: each link hashes the
// previous link and the next world. One different world changes every later link.
type chain [sha256.Size]byte

// add appends a world and returns its check, the first two bytes of the new link. The
// check misses a different world with probability 1/65536 at one decision, and 1/2³² at
// two in a row. The whole last link never misses it.
func (c *chain) add(d trace.Digest) uint16 {
	var link [sha256.Size + len(trace.Digest{})]byte
	copy(link[:], c[:])
	copy(link[sha256.Size:], d[:])
	*c = sha256.Sum256(link[:])
	return binary.LittleEndian.Uint16(c[:])
}
