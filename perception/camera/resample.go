package camera

import (
	"fmt"
	"math"
)

// maxSide bounds the samples of a pixel of the view along each axis. Pictures with more than
// as many pixels per pixel of the view are sampled sparsely.
const maxSide = 8

// prepare computes the samples of all pixels. The mapping is computed at the corners of the
// view's pixels and interpolated within them.
func (v *View) prepare() {
	w, h := v.To.Width, v.To.Height
	corners := make([][2]float64, (w+1)*(h+1))
	shown := make([]bool, len(corners))
	for y := range h + 1 {
		for x := range w + 1 {
			i := y*(w+1) + x
			corners[i][0], corners[i][1], shown[i] = v.ToPicture(float64(x), float64(y))
		}
	}
	cell := func(x, y int) (c [4][2]float64, ok bool) {
		i := y*(w+1) + x
		k := [4]int{i, i + 1, i + w + 1, i + w + 2}
		ok = true
		for n := range k {
			c[n] = corners[k[n]]
			ok = ok && shown[k[n]]
		}
		return c, ok
	}
	v.side = v.samplesPerAxis(cell)
	if v.side == 1 {
		v.points = make([][2]float32, w*h)
	} else {
		v.samples = make([]int32, w*h*v.side*v.side)
	}
	for y := range h {
		for x := range w {
			c, ok := cell(x, y)
			if !v.prepareCell(y*w+x, &c, ok) {
				v.unseen[y*w+x] = true
				v.missing++
			}
		}
	}
}

// samplesPerAxis returns the number of samples along each axis of a pixel of the view: at
// least one for each pixel of the picture that it covers, at the finest place.
func (v *View) samplesPerAxis(cell func(x, y int) ([4][2]float64, bool)) int {
	finest := 0.0
	const step = 16
	for y := 0; y < v.To.Height; y += step {
		for x := 0; x < v.To.Width; x += step {
			c, ok := cell(x, y)
			if !ok || !v.inPicture(c[0][0], c[0][1]) {
				continue
			}
			finest = max(finest, math.Hypot(c[1][0]-c[0][0], c[1][1]-c[0][1]), math.Hypot(c[2][0]-c[0][0], c[2][1]-c[0][1]))
		}
	}
	if finest <= 1.01 {
		return 1
	}
	const rounding = .05 // of a pixel
	return min(max(int(math.Ceil(finest-rounding)), 2), maxSide)
}

func (v *View) inPicture(x, y float64) bool {
	return x >= 0 && y >= 0 && x < float64(v.From.Width) && y < float64(v.From.Height)
}

// prepareCell sets the samples of a pixel with the given corners in the picture, and reports
// whether the picture shows at least half of it.
func (v *View) prepareCell(i int, c *[4][2]float64, ok bool) bool {
	if v.side == 1 {
		x, y := (c[0][0]+c[3][0])/2, (c[0][1]+c[3][1])/2
		v.points[i] = [2]float32{float32(x), float32(y)}
		return ok && v.inPicture(x, y)
	}
	n := v.side
	out := v.samples[i*n*n : (i+1)*n*n]
	seen := 0
	for k := range out {
		out[k] = -1
		s, t := (float64(k%n)+.5)/float64(n), (float64(k/n)+.5)/float64(n)
		x := (1-t)*((1-s)*c[0][0]+s*c[1][0]) + t*((1-s)*c[2][0]+s*c[3][0])
		y := (1-t)*((1-s)*c[0][1]+s*c[1][1]) + t*((1-s)*c[2][1]+s*c[3][1])
		if ok && v.inPicture(x, y) {
			out[k] = int32(int(y)*v.From.Width + int(x))
			seen++
		}
	}
	return 2*seen >= len(out)
}

// Resample writes the view of a picture to dst. Both are RGB, row by row, with the sizes of
// To and From.
func (v *View) Resample(dst, picture []byte) error {
	if len(picture) != 3*v.From.Width*v.From.Height || len(dst) != 3*v.To.Width*v.To.Height {
		return fmt.Errorf("resampling: a picture of %d bytes to %d, want %d×%d px to %d×%d",
			len(picture), len(dst), v.From.Width, v.From.Height, v.To.Width, v.To.Height)
	}
	switch {
	case v.same:
		copy(dst, picture)
	case v.side == 1:
		for i := range v.unseen {
			v.interpolate(dst[3*i:3*i+3], picture, i)
		}
	default:
		for i := range v.unseen {
			v.average(dst[3*i:3*i+3], picture, i)
		}
	}
	return nil
}

// average sets a pixel to the mean of its samples: the area that it covers.
func (v *View) average(dst, picture []byte, i int) {
	if v.unseen[i] {
		dst[0], dst[1], dst[2] = gray, gray, gray
		return
	}
	n := v.side * v.side
	var r, g, b, count uint32
	for _, k := range v.samples[i*n : (i+1)*n] {
		if k >= 0 {
			p := picture[3*k : 3*k+3 : 3*k+3]
			r, g, b = r+uint32(p[0]), g+uint32(p[1]), b+uint32(p[2])
			count++
		}
	}
	half := count / 2
	dst[0], dst[1], dst[2] = uint8((r+half)/count), uint8((g+half)/count), uint8((b+half)/count)
}

// interpolate sets a pixel to the bilinear interpolation of the picture.
func (v *View) interpolate(dst, picture []byte, i int) {
	if v.unseen[i] {
		dst[0], dst[1], dst[2] = gray, gray, gray
		return
	}
	x, y := v.points[i][0]-.5, v.points[i][1]-.5 // pixels are known at their centers
	w, h := v.From.Width, v.From.Height
	x0, y0 := int(math.Floor(float64(x))), int(math.Floor(float64(y)))
	fx, fy := x-float32(x0), y-float32(y0)
	x1, y1 := min(x0+1, w-1), min(y0+1, h-1)
	x0, y0 = max(x0, 0), max(y0, 0)
	for k := range 3 {
		a, b := float32(picture[3*(y0*w+x0)+k]), float32(picture[3*(y0*w+x1)+k])
		c, d := float32(picture[3*(y1*w+x0)+k]), float32(picture[3*(y1*w+x1)+k])
		top, bottom := a+float32(fx*(b-a)), c+float32(fx*(d-c))
		dst[k] = uint8(top + float32(fy*(bottom-top)) + .5)
	}
}
