package learn

import "roadloop/policy"

// scalePixels converts bytes to -1..1.
func scalePixels(dst []float32, src []byte) {
	dst = dst[:len(src)]
	for i, v := range src {
		dst[i] = float32(v)*(1/127.5) - 1
	}
}

// load writes observation i of stored ones as the input of a network.
func load(dst []float32, src policy.Array, i int) {
	if n := len(dst); src.Bytes != nil {
		scalePixels(dst, src.Bytes[i*n:(i+1)*n])
	} else {
		copy(dst, src.Floats[i*n:(i+1)*n])
	}
}

// store copies observation j of src, of size values, to observation i of dst.
func store(dst policy.Array, i int, src policy.Array, j, size int) {
	if dst.Bytes != nil {
		copy(dst.Bytes[i*size:(i+1)*size], src.Bytes[j*size:])
	} else {
		copy(dst.Floats[i*size:(i+1)*size], src.Floats[j*size:])
	}
}

// storeAll copies observation j of src, of the given spaces, to observation i of dst.
func storeAll(dst []policy.Array, i int, src []policy.Array, j int, spaces []policy.Space) {
	for k := range spaces {
		store(dst[k], i, src[k], j, spaces[k].Size())
	}
}

// copyArrays copies values if all sizes are the same, and reports whether they are.
func copyArrays(dst, src []policy.Array) bool {
	if len(dst) != len(src) {
		return false
	}
	for i := range dst {
		if len(dst[i].Floats) != len(src[i].Floats) || len(dst[i].Bytes) != len(src[i].Bytes) {
			return false
		}
	}
	for i := range dst {
		copy(dst[i].Floats, src[i].Floats)
		copy(dst[i].Bytes, src[i].Bytes)
	}
	return true
}
