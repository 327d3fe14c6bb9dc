package detmath

import (
	"encoding/binary"
	"math"
)

// AppendInts appends 8 bytes for each number.
func AppendInts(dst []byte, list ...int64) []byte {
	for _, v := range list {
		dst = binary.LittleEndian.AppendUint64(dst, uint64(v))
	}
	return dst
}

// AppendFloats appends the 8 bytes of each number in IEEE 754.
func AppendFloats(dst []byte, list ...float64) []byte {
	for _, v := range list {
		dst = binary.LittleEndian.AppendUint64(dst, math.Float64bits(v))
	}
	return dst
}

// AppendBools appends a byte for each value: 1 for true, 0 for false.
func AppendBools(dst []byte, list ...bool) []byte {
	for _, v := range list {
		if v {
			dst = append(dst, 1)
		} else {
			dst = append(dst, 0)
		}
	}
	return dst
}
