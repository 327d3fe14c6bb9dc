package synth

import (
	"math"

	"roadloop/sim/rng"
)

// Augmentation holds the probability of each augmentation, 0..1. The zero value changes
// nothing.
type Augmentation struct {
	Color float64 `json:"color,omitempty"` // gain, contrast, gamma, saturation and white balance
	Blur  float64 `json:"blur,omitempty"`  // defocus or motion blur along a row
	Noise float64 `json:"noise,omitempty"` // of a small sensor or in low light
	Dirt  float64 `json:"dirt,omitempty"`  // drops and mud on the lens
}

// DefaultAugmentation returns the augmentation of the bundled network's training.
func DefaultAugmentation() Augmentation {
	return Augmentation{Color: .7, Blur: .12, Noise: .25, Dirt: .12}
}

// Augmenter changes the appearance of training frames, not their content: color and
// contrast of other cameras, blur, noise, dirt on the lens. Labels stay valid, so no
// augmentation moves pixels, and frames are not mirrored: traffic drives on the right.
// It reuses its buffers and is not safe for concurrent use.
type Augmenter struct {
	config Augmentation
	from   []byte
}

// NewAugmenter returns an augmenter.
func NewAugmenter(c Augmentation) *Augmenter { return &Augmenter{config: c} }

// Apply changes a frame of w columns, RGB row by row, in place. The same random
// stream gives the same frame.
func (a *Augmenter) Apply(r *rng.Stream, rgb []byte, w int) {
	if r.Chance(a.config.Color) {
		recolor(r, rgb)
	}
	if r.Chance(a.config.Blur) {
		a.blur(r, rgb, w)
	}
	if r.Chance(a.config.Dirt) {
		for range 1 + r.IntN(4) {
			addBlot(r, rgb, w)
		}
	}
	if r.Chance(a.config.Noise) {
		addSensorNoise(r, rgb)
	}
}

// recolor applies a random camera response: v' = 255·(gain·v/255)^gamma per channel, then contrast
// about the middle and saturation about the luma.
func recolor(r *rng.Stream, rgb []byte) {
	gain, gamma := r.Range(.75, 1.3), r.Range(.8, 1.25)
	contrast, saturation := r.Range(.75, 1.25), r.Range(.5, 1.4)
	var curve [3][256]float64
	for c := range curve {
		g := gain * r.Range(.92, 1.08)
		for v := range curve[c] {
			x := math.Pow(math.Min(1, g*float64(v)/255), gamma)
			curve[c][v] = 255 * (.5 + contrast*(x-.5))
		}
	}
	for i := 0; i+2 < len(rgb); i += 3 {
		p := rgb[i : i+3 : i+3]
		x, y, z := curve[0][p[0]], curve[1][p[1]], curve[2][p[2]]
		luma := .299*x + .587*y + .114*z
		p[0] = toByte(luma + saturation*(x-luma))
		p[1] = toByte(luma + saturation*(y-luma))
		p[2] = toByte(luma + saturation*(z-luma))
	}
}

// blur averages neighbors, along rows (motion blur) or in both directions (defocus).
func (a *Augmenter) blur(r *rng.Stream, rgb []byte, w int) {
	reach := 1 + r.IntN(2)
	a.average(rgb, 3*w, 3, reach)
	if r.Chance(.6) {
		a.average(rgb, len(rgb), 3*w, reach)
	}
}

// average replaces every value by the mean of the values up to reach steps away
// within the same line; line is its number of values.
func (a *Augmenter) average(rgb []byte, line, step, reach int) {
	a.from = append(a.from[:0], rgb...)
	for start := 0; start < len(rgb); start += line {
		end := min(start+line, len(rgb))
		for i := start; i < end; i++ {
			sum, n := 0, 0
			for k := i - reach*step; k <= i+reach*step; k += step {
				if k >= start && k < end {
					sum += int(a.from[k])
					n++
				}
			}
			rgb[i] = byte((2*sum + n) / (2 * n))
		}
	}
}

// addBlot adds a half transparent blot to a small part of the frame: dark mud, or a
// water drop that reduces the contrast.
func addBlot(r *rng.Stream, rgb []byte, w int) {
	h := len(rgb) / 3 / w
	cx, cy := r.Range(0, float64(w)), r.Range(0, float64(h))
	rx, ry := r.Range(3, 14), r.Range(3, 14)
	cover, tone := r.Range(.35, .9), r.Range(20, 190)
	for y := max(0, int(cy-ry)); y < min(h, int(cy+ry)+1); y++ {
		for x := max(0, int(cx-rx)); x < min(w, int(cx+rx)+1); x++ {
			dx, dy := (float64(x)-cx)/rx, (float64(y)-cy)/ry
			k := cover * math.Max(0, 1-dx*dx-dy*dy)
			for c := range 3 {
				p := &rgb[3*(y*w+x)+c]
				*p = toByte(float64(*p)*(1-k) + tone*k)
			}
		}
	}
}

// addSensorNoise adds noise with one random standard deviation to all values.
func addSensorNoise(r *rng.Stream, rgb []byte) {
	sigma := r.Range(1, 9)
	for i, v := range rgb {
		// The sum of a draw's bytes approximates a normal deviate with the variance
		// 8·(256²−1)/12, and is several times cheaper.
		u, sum := r.Uint64(), 0
		for range 8 {
			sum += int(u & 255)
			u >>= 8
		}
		rgb[i] = toByte(float64(v) + sigma*(float64(sum)-1020)/209.02)
	}
}
