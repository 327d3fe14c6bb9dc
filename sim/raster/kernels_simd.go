//go:build goexperiment.simd && amd64

package raster

import "simd/archsimd"

// newKernels returns the fastest kernels of this processor.
func newKernels() kernels {
	if !archsimd.X86.AVX2() {
		return plainKernels()
	}
	return kernels{
		transform: (*vertices).transform8,
		bounds:    (*filler).bounds4,
		spans:     (*filler).spans8,
		paint:     (*filler).paint8,
		draw:      (*filler).draw8,
		darken:    (*filler).darken8,
		shade:     (*shader).shadeRow8,
		noise:     (*noise).fill8,
		toneMap:   (*shader).toneMapRow8,
		splat:     (*shader).splat8,
		label:     (*Renderer).labelRow8,
		covers:    (*filler).covers8,
	}
}
