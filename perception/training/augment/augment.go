// Package augment changes how training frames look without changing what they
// show: color and contrast as other cameras see them, blur, noise, dirt on the
// lens. Labels stay as they are; so nothing here moves pixels, and frames are not
// mirrored: the world drives on the right.
package augment

import (
	"math"

	"roadloop/sim/rng"
)

// Config holds how often each change is made, 0..1. The zero value changes nothing.
type Config struct {
	Color float64 `json:"color,omitempty"` // gain, contrast, gamma, saturation and white balance
	Blur  float64 `json:"blur,omitempty"`  // out of focus or smeared along a row
	Noise float64 `json:"noise,omitempty"` // of a small or badly lit sensor
	Dirt  float64 `json:"dirt,omitempty"`  // drops and mud before the lens
}

// Default is what the shipped network was trained with.
func Default() Config { return Config{Color: .7, Blur: .12, Noise: .25, Dirt: .12} }

// Augmenter changes frames. It reuses its buffers; one serves one goroutine.
type Augmenter struct {
	config Config
	from   []byte
}

// New returns an augmenter.
func New(c Config) *Augmenter { return &Augmenter{config: c} }

// Apply changes a frame of w columns, RGB row by row, in place. The same stream
// gives the same frame.
func (a *Augmenter) Apply(r *rng.Stream, rgb []byte, w int) {
	if r.Chance(a.config.Color) {
		recolor(r, rgb)
	}
	if r.Chance(a.config.Blur) {
		a.blur(r, rgb, w)
	}
	if r.Chance(a.config.Dirt) {
		for range 1 + r.IntN(4) {
			soil(r, rgb, w)
		}
	}
	if r.Chance(a.config.Noise) {
		grain(r, rgb)
	}
}

// recolor draws a camera: v' = 255·(gain·v/255)^gamma per channel, then contrast
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
		p[0] = level(luma + saturation*(x-luma))
		p[1] = level(luma + saturation*(y-luma))
		p[2] = level(luma + saturation*(z-luma))
	}
}

// level rounds to a byte.
func level(v float64) byte {
	switch {
	case v <= 0:
		return 0
	case v >= 255:
		return 255
	}
	return byte(v + .5)
}

// blur averages neighbors: along rows as a moving car smears, or both ways as a
// lens out of focus does.
func (a *Augmenter) blur(r *rng.Stream, rgb []byte, w int) {
	reach := 1 + r.IntN(2)
	a.average(rgb, 3*w, 3, reach)
	if r.Chance(.6) {
		a.average(rgb, len(rgb), 3*w, reach)
	}
}

// average replaces every value by the mean of those up to reach steps away within
// the same line of the given number of values.
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

// soil lays a half transparent blot over a small part of the frame: mud is dark,
// a drop of water takes the contrast.
func soil(r *rng.Stream, rgb []byte, w int) {
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
				*p = level(float64(*p)*(1-k) + tone*k)
			}
		}
	}
}

// grain adds noise of one deviation to all values.
func grain(r *rng.Stream, rgb []byte) {
	sigma := r.Range(1, 9)
	for i, v := range rgb {
		// The sum of the bytes of a draw is near enough to a normal deviate, with
		// the variance 8·(256²−1)/12, and several times cheaper.
		u, sum := r.Uint64(), 0
		for range 8 {
			sum += int(u & 255)
			u >>= 8
		}
		rgb[i] = level(float64(v) + sigma*(float64(sum)-1020)/209.02)
	}
}
