// Package statebytes appends the exact bytes of numbers, little endian: the states of
// worlds and the digests of traces are made of them.
package statebytes

import (
	"encoding/binary"
	"math"
)

// Ints appends 8 bytes for each number.
func Ints(dst []byte, list ...int64) []byte {
	for _, v := range list {
		dst = binary.LittleEndian.AppendUint64(dst, uint64(v))
	}
	return dst
}

// Floats appends the 8 bytes of each number in IEEE 754.
func Floats(dst []byte, list ...float64) []byte {
	for _, v := range list {
		dst = binary.LittleEndian.AppendUint64(dst, math.Float64bits(v))
	}
	return dst
}

// Bools appends a byte for each value: 1 for true, 0 for false.
func Bools(dst []byte, list ...bool) []byte {
	for _, v := range list {
		if v {
			dst = append(dst, 1)
		} else {
			dst = append(dst, 0)
		}
	}
	return dst
}
