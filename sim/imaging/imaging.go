// Package imaging models what a camera does to a picture: lens, shutter, sensor, image
// processing and compression. It is a stage after a renderer's tone curve and changes 8-bit
// pixels in place. Every effect is computed in integers, so that the same picture, camera and
// seed give the same bytes on every processor.
//
// Effects follow the order of a real camera: flare, aberration, motion blur, rolling shutter,
// vignetting, exposure and white balance, noise, sharpening, JPEG compression.
package imaging

import (
	"fmt"
	"math"

	"roadloop/sim/rng"
)

// Camera is the model of a camera. The zero value changes nothing.
type Camera struct {
	// Flare is the strength of reflections in the lens and of the veil around bright spots,
	// 0 to 1.
	Flare float64 `json:"flare,omitempty"`
	// Aberration is the lateral chromatic aberration: the shift of red outward and of blue
	// inward at the corners, px.
	Aberration float64 `json:"aberration,omitempty"`
	// BlurX and BlurY are the movement of the picture during an exposure, px.
	BlurX float64 `json:"blur_x,omitempty"`
	BlurY float64 `json:"blur_y,omitempty"`
	// Rolling is the movement of the picture to the right while the rows are read, px from
	// the first row to the last. It moves pixels away from their labels by up to half of it.
	Rolling float64 `json:"rolling,omitempty"`
	// Vignette is the share of brightness that the corners lose, 0 to 1.
	Vignette float64 `json:"vignette,omitempty"`
	// Metering is the share of the deviation from middle gray that the automatic exposure
	// corrects, 0 to 1. It meters the frame itself, as a camera that has settled.
	Metering float64 `json:"metering,omitempty"`
	// Red and Blue are the errors of the white balance: 0.1 makes the color 10 % stronger.
	Red  float64 `json:"red,omitempty"`
	Blue float64 `json:"blue,omitempty"`
	// Noise is the standard deviation of the noise of each color at middle gray, and
	// ChromaNoise that of color blotches of 2×2 pixels, in 8-bit levels.
	Noise       float64 `json:"noise,omitempty"`
	ChromaNoise float64 `json:"chroma_noise,omitempty"`
	// Sharpen is the share of the difference from the neighbors' mean that is added to each
	// pixel; above about 0.5 edges have halos.
	Sharpen float64 `json:"sharpen,omitempty"`
	// Quality is that of the JPEG compression, 1 to 100; 0 means none.
	Quality int `json:"quality,omitempty"`
}

// Limits of the movement of a picture, px.
const (
	maxShift = 64.0
	maxNoise = 100.0
)

// Check returns an error for the first setting out of range.
func (c *Camera) Check() error {
	for _, v := range [...]struct {
		name        string
		value       float64
		least, most float64
	}{
		{"flare", c.Flare, 0, 1}, {"aberration", c.Aberration, -maxShift, maxShift}, {"blur_x", c.BlurX, -maxShift, maxShift},
		{"blur_y", c.BlurY, -maxShift, maxShift}, {"rolling", c.Rolling, -maxShift, maxShift}, {"vignette", c.Vignette, 0, 1},
		{"metering", c.Metering, 0, 1}, {"red", c.Red, -.9, 4}, {"blue", c.Blue, -.9, 4}, {"noise", c.Noise, 0, maxNoise},
		{"chroma_noise", c.ChromaNoise, 0, maxNoise}, {"sharpen", c.Sharpen, 0, 8},
	} {
		if !(v.value >= v.least && v.value <= v.most) {
			return fmt.Errorf("imaging: %s %g is outside %g to %g", v.name, v.value, v.least, v.most)
		}
	}
	if c.Quality < 0 || c.Quality > 100 {
		return fmt.Errorf("imaging: quality %d is outside 0 to 100", c.Quality)
	}
	return nil
}

// Random returns a camera between an uncompressed industrial camera and a cheap dashcam.
func Random(r *rng.Stream) Camera {
	c := Camera{Red: .06 * r.Norm(), Blue: .06 * r.Norm()}
	c.Red, c.Blue = math.Max(-.25, math.Min(.25, c.Red)), math.Max(-.25, math.Min(.25, c.Blue))
	if r.Chance(.7) {
		c.Metering = r.Range(.3, 1)
	}
	if r.Chance(.5) {
		c.Vignette = r.Range(0, .45)
	}
	if r.Chance(.35) {
		c.Aberration = r.Range(-.8, .8)
	}
	if r.Chance(.25) {
		c.Flare = r.Range(.1, .8)
	}
	if r.Chance(.2) {
		c.BlurX, c.BlurY = r.Range(-2.5, 2.5), r.Range(-1, 1)
	}
	if r.Chance(.6) {
		c.Noise, c.ChromaNoise = 5*r.Float64()*r.Float64(), 5*r.Float64()*r.Float64()
	}
	if r.Chance(.65) {
		c.Sharpen = r.Range(.1, 1.4)
	}
	if r.Chance(.7) {
		c.Quality = 25 + r.IntN(71)
	}
	return c
}

// Processor applies cameras to pictures of one size. It reuses its buffers and is not safe
// for concurrent use.
type Processor struct {
	w, h  int
	copy  []byte  // of the picture
	luma  []int32 // of the picture
	gauss [4096]int32
	jpeg  codec
}

// unit is 1 in the fixed-point numbers of the package, unless noted.
const unit = 4096

// New returns a processor for pictures of w×h pixels.
func New(w, h int) *Processor {
	p := &Processor{w: w, h: h, copy: make([]byte, 3*w*h), luma: make([]int32, w*h)}
	s := rng.New(0, "imaging", "noise")
	for i := range p.gauss {
		p.gauss[i] = int32(math.Round(unit * s.Norm()))
	}
	p.jpeg.init(w, h)
	return p
}

// Apply changes a picture, RGB row by row, in place. The seed selects the noise. The camera
// must pass Check, and the picture have the processor's size.
func (p *Processor) Apply(c *Camera, seed uint64, rgb []byte) {
	if c.Flare > 0 {
		p.flare(c, rgb)
	}
	if c.Aberration != 0 {
		p.aberration(c.Aberration, rgb)
	}
	if c.BlurX != 0 || c.BlurY != 0 {
		p.blur(c, rgb)
	}
	if c.Rolling != 0 {
		p.roll(c.Rolling, rgb)
	}
	p.expose(c, seed, rgb)
	if c.Sharpen > 0 {
		p.sharpen(c.Sharpen, rgb)
	}
	if c.Quality > 0 {
		p.jpeg.compress(rgb, c.Quality)
	}
}

// toFixed converts to fixed point.
func toFixed(v float64) int32 { return int32(math.Round(unit * v)) }

// clamp8 returns v within 0 to 255.
func clamp8(v int32) byte {
	if uint32(v) > 255 {
		if v < 0 {
			return 0
		}
		return 255
	}
	return byte(v)
}

// luma returns the brightness of a pixel by ITU-R BT.601, times 256.
func luma(rgb []byte) int32 { return 77*int32(rgb[0]) + 150*int32(rgb[1]) + 29*int32(rgb[2]) }
