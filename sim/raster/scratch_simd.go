//go:build goexperiment.simd && amd64

package raster

// scratch holds vectors in memory, where single lanes are read and written.
type scratch struct {
	index [4 * lanes]uint32
	value [4 * lanes]float32
	ids   [4 * lanes]uint32
}

// edges are the edges of a polygon of up to eight corners in vectors: the upper corner, the
// slope, and the crossed rows after and before two others.
type edges struct {
	x, y, slope  [lanes]float32
	above, below [lanes]int32
}
