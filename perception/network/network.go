// Package network is the multi-task network for camera frames: an encoder and a
// decoder that find objects, the drivable area and lane boundaries in one pass. For
// training it is a gorgonia graph, with the heavy operators on oneDNN (package
// onednn) or gorgonia's own; for inference it is a chain of fused oneDNN primitives.
//
// Images are [N, Height, Width, 3] float32 in NHWC order, RGB scaled to (v/255 −
// 0.5)/0.25. Heads are [N, Height/4, Width/4, HeadChannels], NHWC (for pretraining
// with other channels). Targets, the labels of the heads, are [N, Height/4, Width/4,
// TargetChannels].
package network

import (
	"fmt"
	"strings"

	"gorgonia.org/tensor"

	"roadloop/perception"
)

// Stride is the size in pixels of a cell of the heads.
const Stride = 4

// Channels of the heads. A target has the same channels, followed by masks.
// Unlabelled cells do not count: a heat below 0, and cells that the masks exclude.
const (
	HeatChannel     = 0                                   // NumClasses logits: middle of an object
	OffsetChannel   = HeatChannel + perception.NumClasses // x, y of the middle within its cell, 0..1
	SizeChannel     = OffsetChannel + 2                   // logarithms of width and height in pixels
	DistanceChannel = SizeChannel + 2                     // logarithm of the distance in meters over sensor.Camera.Zoom
	HeadingChannel  = DistanceChannel + 1                 // sine and cosine of the heading relative to the camera's axis
	DrivableChannel = HeadingChannel + 2                  // logit: drivable
	LaneChannel     = DrivableChannel + 1                 // NumSides logits: boundary passes the cell
	HeadChannels    = LaneChannel + perception.NumSides

	ObjectMask     = HeadChannels     // weight of the regressions: above 0 at the middles of objects
	IgnoreHeat     = HeadChannels + 1 // 1 where the heat map does not count
	IgnoreLanes    = HeadChannels + 2 // 1 where lane boundaries do not
	IgnorePlace    = HeadChannels + 3 // 1 where distance and heading do not
	IgnoreDrivable = HeadChannels + 4 // 1 where the drivable area does not
	TargetChannels = HeadChannels + 5
)

// Config is the architecture of a network. It is stored with the weights.
type Config struct {
	Width  int `json:"width"` // of the image, px, a multiple of 32
	Height int `json:"height"`
	// Widths are the channels after the strides 2, 4, 8, 16 and 32, and of the head.
	Widths [6]int `json:"widths"`
	// Heads is the number of channels of the heads; 0 means HeadChannels, for
	// driving. Pretraining has others.
	Heads int `json:"heads,omitempty"`
	// Block is the building block of the network: "" means plain convolutions,
	// Depthwise means depthwise-separable convolutions with residuals.
	Block string `json:"block,omitempty"`
}

// Depthwise is the Block of small networks.
const Depthwise = "depthwise"

// DefaultConfig returns the architecture of the larger bundled network: 0.50 M
// parameters.
func DefaultConfig() Config {
	return Config{Width: 320, Height: 192, Widths: [6]int{16, 32, 64, 96, 128, 32}}
}

// SmallConfig returns the architecture of the smaller bundled network: 0.11 M
// parameters, about 3.2 times as fast on one core.
func SmallConfig() Config {
	return Config{Width: 320, Height: 192, Widths: [6]int{16, 24, 48, 80, 112, 24}, Block: Depthwise}
}

// Check returns an error if the architecture is invalid.
func (c *Config) Check() error {
	if err := c.CheckSize(); err != nil {
		return err
	}
	for _, w := range c.Widths {
		if w < 1 || w > 1024 {
			return fmt.Errorf("network: widths %v, want 1 to 1024", c.Widths)
		}
	}
	if c.Block != "" && c.Block != Depthwise {
		return fmt.Errorf("network: blocks %q, want %q or none", c.Block, Depthwise)
	}
	if c.Heads < 0 || c.Heads > 1024 {
		return fmt.Errorf("network: heads of %d channels, want 1 to 1024", c.Heads)
	}
	return nil
}

// CheckSize returns an error if the size of the image is invalid.
func (c *Config) CheckSize() error {
	if c.Width < 32 || c.Height < 32 || c.Width%32 != 0 || c.Height%32 != 0 || c.Width > 4096 || c.Height > 4096 {
		return fmt.Errorf("network: image of %d×%d, want multiples of 32 up to 4096", c.Width, c.Height)
	}
	return nil
}

// ImageSize returns the number of values in an image.
func (c *Config) ImageSize() int { return c.Width * c.Height * 3 }

// Grid returns the size of the heads in cells.
func (c *Config) Grid() (w, h int) { return c.Width / Stride, c.Height / Stride }

// Channels returns the number of values in a cell of the heads.
func (c *Config) Channels() int {
	if c.Heads == 0 {
		return HeadChannels
	}
	return c.Heads
}

// HeadSize returns the number of values in the heads of one image.
func (c *Config) HeadSize() int { w, h := c.Grid(); return w * h * c.Channels() }

// TargetSize returns the number of values in the target of one image, for driving.
func (c *Config) TargetSize() int { w, h := c.Grid(); return w * h * TargetChannels }

// Encoder reports whether a layer belongs to the encoder, which extracts features
// from the image, and not to the decoder.
func Encoder(layer string) bool {
	return layer == "stem" || strings.HasPrefix(layer, "down") || strings.HasPrefix(layer, "stage")
}

// scaled holds the value of a network's input for each byte.
var scaled = func() (values [256]float32) {
	for v := range values {
		values[v] = (float32(v)/255 - 0.5) * 4
	}
	return values
}()

// Scale converts RGB bytes to the values of a network's input.
func Scale(dst []float32, rgb []byte) {
	dst = dst[:len(rgb)]
	for i, v := range rgb {
		dst[i] = scaled[v]
	}
}

func dense(shape ...int) *tensor.Dense {
	return tensor.New(tensor.WithShape(shape...), tensor.Of(tensor.Float32))
}

func floats(t *tensor.Dense) []float32 { return t.Data().([]float32) }
