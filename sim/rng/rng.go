// Package rng gives every entity and purpose of a run its own random stream.
//
// A Stream is derived from (seed, entity, purpose), so a new actor or sensor
// never changes the random numbers of the others. Streams are plain values: a
// copy is an independent fork, and MarshalBinary stores the state in a
// checkpoint.
package rng

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
)

// Stream is a PCG-DXSM generator (O'Neill 2014, as in math/rand/v2). The zero
// value is a valid stream, always with the same numbers; use New instead.
type Stream struct {
	pcg rand.PCG
}

// New returns the stream of one purpose of one entity in the run with the given
// seed: New(7, "camera/front", "noise").
func New(seed uint64, entity, purpose string) Stream {
	var key [8]byte
	binary.LittleEndian.PutUint64(key[:], seed)
	h := sha256.New()
	h.Write(key[:])
	fmt.Fprintf(h, "%d:%s%d:%s", len(entity), entity, len(purpose), purpose)
	sum := h.Sum(nil)
	var s Stream
	s.pcg.Seed(binary.LittleEndian.Uint64(sum), binary.LittleEndian.Uint64(sum[8:]))
	return s
}

// Uint64 returns 64 uniformly random bits.
func (s *Stream) Uint64() uint64 { return s.pcg.Uint64() }

// Float64 returns a uniform number in [0, 1).
func (s *Stream) Float64() float64 { return float64(s.pcg.Uint64()>>11) / (1 << 53) }

// Range returns a uniform number in [lo, hi).
func (s *Stream) Range(lo, hi float64) float64 { return lo + (hi-lo)*s.Float64() }

// IntN returns a uniform integer in [0, n). It panics if n <= 0.
func (s *Stream) IntN(n int) int {
	if n <= 0 {
		panic(fmt.Sprintf("rng: IntN(%d)", n))
	}
	return int(s.Float64() * float64(n))
}

// Chance returns true with probability p.
func (s *Stream) Chance(p float64) bool { return s.Float64() < p }

// Norm returns a normally distributed number of mean 0 and standard deviation 1,
// by the Box-Muller transform; it draws exactly two numbers from the stream.
func (s *Stream) Norm() float64 {
	u := 1 - s.Float64() // (0, 1], so that the logarithm is finite
	v := s.Float64()
	return math.Sqrt(-2*math.Log(u)) * math.Cos(2*math.Pi*v)
}

// MarshalBinary returns the state of the stream.
func (s *Stream) MarshalBinary() ([]byte, error) { return s.pcg.MarshalBinary() }

// UnmarshalBinary restores a state that MarshalBinary returned.
func (s *Stream) UnmarshalBinary(b []byte) error { return s.pcg.UnmarshalBinary(b) }
