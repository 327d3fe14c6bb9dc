package imaging

import (
	"image/color"
)

// codec computes the loss of baseline JPEG (ITU-T T.81) with 4:2:0 subsampling: the cosine
// transform of blocks, quantized by the tables of Annex K. The entropy coding is lossless and
// left out.
type codec struct {
	w, h    int // of the picture
	pw, ph  int // padded to blocks of 16×16
	luma    []int32
	cb, cr  []int32
	fullB   []int32 // chroma before subsampling
	fullR   []int32
	quality int // of the tables
	tableL  [64]int32
	tableC  [64]int32
	block   [64]int32
}

// Quantization tables of T.81, Annex K, row by row.
var (
	quantLuma = [64]int32{
		16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62,
		18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
	}
	quantChroma = [64]int32{
		17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99, 24, 26, 56, 99, 99, 99, 99, 99, 47, 66, 99, 99, 99, 99, 99, 99,
		99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
	}
)

func (c *codec) init(w, h int) {
	c.w, c.h = w, h
	c.pw, c.ph = (w+15)/16*16, (h+15)/16*16
	c.luma = make([]int32, c.pw*c.ph)
	c.cb, c.cr = make([]int32, c.pw*c.ph/4), make([]int32, c.pw*c.ph/4)
	c.fullB, c.fullR = make([]int32, c.pw*c.ph), make([]int32, c.pw*c.ph)
}

// setQuality scales the tables as the library of the Independent JPEG Group does.
func (c *codec) setQuality(q int) {
	if q == c.quality {
		return
	}
	c.quality = q
	scale := int32(200 - 2*q)
	if q < 50 {
		scale = int32(5000 / q)
	}
	for i := range c.tableL {
		c.tableL[i] = min(max((quantLuma[i]*scale+50)/100, 1), 255)
		c.tableC[i] = min(max((quantChroma[i]*scale+50)/100, 1), 255)
	}
}

// compress replaces a picture by what a decoder returns of it.
func (c *codec) compress(rgb []byte, quality int) {
	c.setQuality(quality)
	c.split(rgb)
	c.transformAll(c.luma, c.pw, c.ph, &c.tableL)
	c.transformAll(c.cb, c.pw/2, c.ph/2, &c.tableC)
	c.transformAll(c.cr, c.pw/2, c.ph/2, &c.tableC)
	for y := range c.h {
		for x := range c.w {
			k := y/2*(c.pw/2) + x/2
			r, g, b := color.YCbCrToRGB(clamp8(c.luma[y*c.pw+x]+128), clamp8(c.cb[k]+128), clamp8(c.cr[k]+128))
			o := 3 * (y*c.w + x)
			rgb[o], rgb[o+1], rgb[o+2] = r, g, b
		}
	}
}

// split converts a picture to luma and subsampled chroma around 0. Edge pixels fill the
// padding.
func (c *codec) split(rgb []byte) {
	for y := range c.ph {
		row := rgb[3*min(y, c.h-1)*c.w:]
		for x := range c.pw {
			i := 3 * min(x, c.w-1)
			yy, cb, cr := color.RGBToYCbCr(row[i], row[i+1], row[i+2])
			k := y*c.pw + x
			c.luma[k], c.fullB[k], c.fullR[k] = int32(yy)-128, int32(cb), int32(cr)
		}
	}
	half := c.pw / 2
	for y := range c.ph / 2 {
		for x := range half {
			k := 2*y*c.pw + 2*x
			mean := func(f []int32) int32 { return (f[k]+f[k+1]+f[k+c.pw]+f[k+c.pw+1]+2)>>2 - 128 }
			c.cb[y*half+x], c.cr[y*half+x] = mean(c.fullB), mean(c.fullR)
		}
	}
}

// transformAll quantizes all blocks of a plane.
func (c *codec) transformAll(plane []int32, w, h int, table *[64]int32) {
	b := &c.block
	for y := 0; y < h; y += 8 {
		for x := 0; x < w; x += 8 {
			for i := range 8 {
				copy(b[8*i:8*i+8], plane[(y+i)*w+x:(y+i)*w+x+8])
			}
			quantize(b, table)
			for i := range 8 {
				copy(plane[(y+i)*w+x:(y+i)*w+x+8], b[8*i:8*i+8])
			}
		}
	}
}

// Cosines of k·π/16, halved, and half of √½, in 1/8192.
const (
	half1, half2, half3 = 4017, 3784, 3406
	half4               = 2896
	half5, half6, half7 = 2276, 1567, 799
	cosBits             = 13
	fraction            = 4 // bits of coefficients
)

// quantize transforms a block, rounds its coefficients to multiples of the table, and
// transforms it back.
func quantize(b *[64]int32, table *[64]int32) {
	for i := range b {
		b[i] <<= fraction
	}
	for i := range 8 {
		forward(b, 8*i, 1)
	}
	for i := range 8 {
		forward(b, i, 8)
	}
	for i, v := range b {
		q := table[i] << fraction
		if v < 0 {
			b[i] = -((-v + q/2) / q * q)
		} else {
			b[i] = (v + q/2) / q * q
		}
	}
	for i := range 8 {
		inverse(b, i, 8)
	}
	for i := range 8 {
		inverse(b, 8*i, 1)
	}
	for i := range b {
		b[i] = (b[i] + 1<<(fraction-1)) >> fraction
	}
}

func shift(v int32) int32 { return (v + 1<<(cosBits-1)) >> cosBits }

// forward is the orthonormal cosine transform of eight values from index at on.
func forward(b *[64]int32, at, step int) {
	v := func(i int) *int32 { return &b[at+i*step] }
	s0, s1, s2, s3 := *v(0)+*v(7), *v(1)+*v(6), *v(2)+*v(5), *v(3)+*v(4)
	d0, d1, d2, d3 := *v(0)-*v(7), *v(1)-*v(6), *v(2)-*v(5), *v(3)-*v(4)
	*v(0) = shift(half4 * (s0 + s1 + s2 + s3))
	*v(4) = shift(half4 * (s0 - s1 - s2 + s3))
	*v(2) = shift(half2*(s0-s3) + half6*(s1-s2))
	*v(6) = shift(half6*(s0-s3) - half2*(s1-s2))
	*v(1) = shift(half1*d0 + half3*d1 + half5*d2 + half7*d3)
	*v(3) = shift(half3*d0 - half7*d1 - half1*d2 - half5*d3)
	*v(5) = shift(half5*d0 - half1*d1 + half7*d2 + half3*d3)
	*v(7) = shift(half7*d0 - half5*d1 + half3*d2 - half1*d3)
}

// inverse undoes forward.
func inverse(b *[64]int32, at, step int) {
	v := func(i int) *int32 { return &b[at+i*step] }
	f0, f1, f2, f3, f4, f5, f6, f7 := *v(0), *v(1), *v(2), *v(3), *v(4), *v(5), *v(6), *v(7)
	e0, e1 := half4*(f0+f4), half4*(f0-f4)
	o0, o1 := half2*f2+half6*f6, half6*f2-half2*f6
	s0, s1, s2, s3 := e0+o0, e1+o1, e1-o1, e0-o0
	d0 := half1*f1 + half3*f3 + half5*f5 + half7*f7
	d1 := half3*f1 - half7*f3 - half1*f5 - half5*f7
	d2 := half5*f1 - half1*f3 + half7*f5 + half3*f7
	d3 := half7*f1 - half5*f3 + half3*f5 - half1*f7
	*v(0), *v(7) = shift(s0+d0), shift(s0-d0)
	*v(1), *v(6) = shift(s1+d1), shift(s1-d1)
	*v(2), *v(5) = shift(s2+d2), shift(s2-d2)
	*v(3), *v(4) = shift(s3+d3), shift(s3-d3)
}
