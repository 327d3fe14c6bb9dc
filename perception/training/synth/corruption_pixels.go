package synth

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"math"

	"roadloop/sim/rng"
)

// Pixels changes a frame of w columns, RGB row by row, in place. The same stream
// gives the same frame.
func (c Corruption) Pixels(r *rng.Stream, rgb []byte, w int) error {
	switch c.Kind {
	case Noise: // standard deviation, of 255
		addNoise(r, rgb, c.pick([...]float64{5, 10, 18, 28, 40}))
	case Blur: // radius of the disk, px
		defocus(rgb, w, c.pick([...]float64{.8, 1.3, 2, 3, 4.5}))
	case Dirt:
		for range int(c.pick([...]float64{4, 8, 14, 22, 32})) {
			addDirt(r, rgb, w)
		}
	case JPEG: // quality
		return compressJPEG(rgb, w, int(c.pick([...]float64{40, 25, 15, 9, 5})))
	}
	return nil
}

// addNoise adds normal noise to all values.
func addNoise(r *rng.Stream, rgb []byte, sigma float64) {
	for i, v := range rgb {
		rgb[i] = toByte(float64(v) + sigma*r.Norm())
	}
}

// defocus averages over a disk.
func defocus(rgb []byte, w int, radius float64) {
	h := len(rgb) / 3 / w
	from := bytes.Clone(rgb)
	reach := int(math.Ceil(radius))
	type tap struct {
		dx, dy int
		weight float64
	}
	var taps []tap
	for dy := -reach; dy <= reach; dy++ {
		for dx := -reach; dx <= reach; dx++ {
			// A pixel on the rim weighs about its part inside the disk.
			if k := math.Min(1, radius+.5-math.Hypot(float64(dx), float64(dy))); k > 0 {
				taps = append(taps, tap{dx, dy, k})
			}
		}
	}
	for y := range h {
		for x := range w {
			var sum [3]float64
			total := 0.0
			for _, t := range taps {
				if u, v := x+t.dx, y+t.dy; u >= 0 && u < w && v >= 0 && v < h {
					p := from[3*(v*w+u):]
					for k := range sum {
						sum[k] += t.weight * float64(p[k])
					}
					total += t.weight
				}
			}
			for k := range sum {
				rgb[3*(y*w+x)+k] = toByte(sum[k] / total)
			}
		}
	}
}

// addDirt adds a blot: dark mud, or a drop that reduces the contrast, more or less
// opaque in the middle and soft at the rim.
func addDirt(r *rng.Stream, rgb []byte, w int) {
	h := len(rgb) / 3 / w
	cx, cy := r.Range(0, float64(w)), r.Range(0, float64(h))
	rx, ry := r.Range(4, 20), r.Range(4, 20)
	cover, tone := r.Range(.5, 1), r.Range(15, 160)
	for y := max(0, int(cy-ry)); y < min(h, int(cy+ry)+1); y++ {
		for x := max(0, int(cx-rx)); x < min(w, int(cx+rx)+1); x++ {
			dx, dy := (float64(x)-cx)/rx, (float64(y)-cy)/ry
			k := cover * math.Max(0, 1-math.Pow(dx*dx+dy*dy, 2))
			for c := range 3 {
				p := &rgb[3*(y*w+x)+c]
				*p = toByte(float64(*p)*(1-k) + tone*k)
			}
		}
	}
}

// compressJPEG encodes and decodes a frame as JPEG.
func compressJPEG(rgb []byte, w, quality int) error {
	im := image.NewRGBA(image.Rect(0, 0, w, len(rgb)/3/w))
	for i := range len(rgb) / 3 {
		copy(im.Pix[4*i:], rgb[3*i:3*i+3])
		im.Pix[4*i+3] = 255
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, im, &jpeg.Options{Quality: quality}); err != nil {
		return fmt.Errorf("corruption jpeg: %w", err)
	}
	back, err := jpeg.Decode(&b)
	if err != nil {
		return fmt.Errorf("corruption jpeg: %w", err)
	}
	for i := range len(rgb) / 3 {
		r, g, bl, _ := back.At(i%w, i/w).RGBA()
		rgb[3*i], rgb[3*i+1], rgb[3*i+2] = byte(r>>8), byte(g>>8), byte(bl>>8)
	}
	return nil
}

// toByte rounds to a byte.
func toByte(v float64) byte { return byte(max(0, min(255, v)) + .5) }
