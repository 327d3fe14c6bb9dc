//go:build !(goexperiment.simd && amd64)

package raster

// newKernels returns the fastest kernels of this processor.
func newKernels() kernels { return plainKernels() }

// The reference needs no memory of the vector form.
type (
	//lint:ignore U1000 the vector form uses it
	scratch struct{}
	//lint:ignore U1000 the vector form uses it
	edges struct{}
)
