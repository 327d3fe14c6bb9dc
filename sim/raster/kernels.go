package raster

// kernels are the inner loops of a renderer. Each has a plain Go form, the reference, and
// on some processors a vector form that gives the same bits.
//
// Three rules make the bits independent of the form and of the processor. Every product
// is rounded by a conversion before it is added, so that compilers do not fuse it. A value
// at a pixel or sample is a function of its position, not a running sum. Sums over the
// samples of a pixel have a fixed order.
type kernels struct {
	// transform converts vertices to camera and image coordinates.
	transform func(v *vertices, m *affine, cam *pinhole, reachX, reachY [2]float32)
	// bounds finds the first and last rows of a polygon, and spans the samples of each.
	bounds func(f *filler) (top, bottom int, ok bool)
	spans  func(f *filler, top, bottom int)
	// paint fills a polygon, draw fills it with a depth test, darken marks it as shadowed.
	paint  func(f *filler, at plane, id uint32, top, bottom int)
	draw   func(f *filler, at plane, id uint32, top, bottom int)
	darken func(f *filler, top, bottom int)
	// shade computes the light of a row of pixels.
	shade func(s *shader, f *filler, y int)
	// noise fills the noise of an image, and toneMap converts a row of light to bytes.
	noise   func(n *noise, t *texture)
	toneMap func(s *shader, dst []byte, brightness float32, n *noise, y int)
	// splat adds the light of a halo.
	splat func(s *shader, u, v, rx, ry float32, c vec)
	// label copies the labels of a row, and covers is the test of an outline for it.
	label  func(r *Renderer, row int)
	covers func(f *filler, id uint32, x, y float32) bool
}

// plainKernels returns the reference.
func plainKernels() kernels {
	return kernels{
		transform: (*vertices).transform,
		bounds:    (*filler).bounds,
		spans:     (*filler).spans,
		paint:     (*filler).paint,
		draw:      (*filler).draw,
		darken:    (*filler).darken,
		shade:     (*shader).shadeRow,
		noise:     (*noise).fill,
		toneMap:   (*shader).toneMapRow,
		splat:     (*shader).splat,
		label:     (*Renderer).labelRow,
		covers:    (*filler).covers,
	}
}
