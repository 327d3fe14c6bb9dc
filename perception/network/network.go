// Package network is the multi-task network that reads camera frames: an encoder
// and a decoder that find objects, the drivable area and lane boundaries in one
// pass. It is a gorgonia graph for training, with the heavy operators on oneDNN
// (package onednn) or on gorgonia's own, and a chain of fused oneDNN primitives
// for inference.
//
// Images enter as [N, Height, Width, 3] float32 in NHWC order, RGB scaled to
// (v/255 − 0.5)/0.25. Heads leave as [N, Height/4, Width/4, HeadChannels], NHWC
// (for pretraining with other channels).
// Targets, what training wants the heads to say, are [N, Height/4, Width/4,
// TargetChannels].
package network

import (
	"fmt"
	"strings"

	"roadloop/perception"
)

// Stride is the size in pixels of a cell of the heads.
const Stride = 4

// Channels of the heads. A Target has the same and three masks after them.
const (
	HeatChannel     = 0                                   // NumClasses logits: the middle of an object is here
	OffsetChannel   = HeatChannel + perception.NumClasses // x, y of the middle within its cell, 0..1
	SizeChannel     = OffsetChannel + 2                   // logarithms of width and height in pixels
	DistanceChannel = SizeChannel + 2                     // logarithm of the distance in meters
	HeadingChannel  = DistanceChannel + 1                 // sine and cosine of the heading relative to the camera's axis
	DrivableChannel = HeadingChannel + 2                  // logit: this is drivable
	LaneChannel     = DrivableChannel + 1                 // NumSides logits: this boundary passes here
	HeadChannels    = LaneChannel + perception.NumSides

	ObjectMask     = HeadChannels     // weight of the regressions: above 0 at the middles of objects
	IgnoreHeat     = HeadChannels + 1 // 1 where the heat map is not to be judged
	IgnoreGround   = HeadChannels + 2 // 1 where lanes and drivable area are not
	TargetChannels = HeadChannels + 3
)

// Config is the size of a network. It is stored with the weights.
type Config struct {
	Width  int `json:"width"` // of the image, px, a multiple of 32
	Height int `json:"height"`
	// Widths are the channels after the strides 2, 4, 8, 16 and 32, and of the head.
	Widths [6]int `json:"widths"`
	// Heads is the number of channels of the heads; 0 stands for HeadChannels, those
	// of driving. Pretraining has others.
	Heads int `json:"heads,omitempty"`
}

// DefaultConfig is the network that roadloop ships: 0.45 M parameters.
func DefaultConfig() Config {
	return Config{Width: 320, Height: 192, Widths: [6]int{16, 24, 48, 96, 128, 32}}
}

// Check reports whether a network of this size can be built.
func (c *Config) Check() error {
	if c.Width < 32 || c.Height < 32 || c.Width%32 != 0 || c.Height%32 != 0 || c.Width > 4096 || c.Height > 4096 {
		return fmt.Errorf("network: image of %d×%d, want multiples of 32 up to 4096", c.Width, c.Height)
	}
	for _, w := range c.Widths {
		if w < 1 || w > 1024 {
			return fmt.Errorf("network: widths %v, want 1 to 1024", c.Widths)
		}
	}
	if c.Heads < 0 || c.Heads > 1024 {
		return fmt.Errorf("network: heads of %d channels, want 1 to 1024", c.Heads)
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

// kind is what a layer does.
type kind uint8

const (
	convNorm kind = iota // convolution, batch normalization, ReLU
	upConcat             // nearest upsampling ×2 of the first input, joined to the second
	head                 // convolution with bias
)

// layer is a step of the network. Layer 0 is the image.
type layer struct {
	name    string
	kind    kind
	in      [2]int // layers that feed it; the second only for upConcat
	k       int    // kernel size
	stride  int
	c, h, w int // of its result
}

// layers returns the architecture.
func (c *Config) layers() []layer {
	w := c.Widths
	b := architecture{{name: "image", c: 3, h: c.Height, w: c.Width}}
	b.conv("stem", 0, w[0], 3, 2)
	s4 := b.conv("down4", 1, w[1], 3, 2)
	b.conv("down8", s4, w[2], 3, 2)
	s8 := b.conv("stage8", len(b)-1, w[2], 3, 1)
	b.conv("down16", s8, w[3], 3, 2)
	s16 := b.conv("stage16", len(b)-1, w[3], 3, 1)
	b.conv("down32", s16, w[4], 3, 2)
	b.conv("stage32", len(b)-1, w[4], 3, 1)
	b.up("join16", len(b)-1, s16)
	b.conv("merge16", len(b)-1, w[3], 1, 1)
	b.up("join8", len(b)-1, s8)
	b.conv("merge8", len(b)-1, w[2], 1, 1)
	b.up("join4", len(b)-1, s4)
	b.conv("merge4", len(b)-1, w[5], 1, 1)
	b.conv("trunk", len(b)-1, w[5], 3, 1)
	b.conv("heads", len(b)-1, c.Channels(), 1, 1)
	b[len(b)-1].kind = head
	return b
}

// Layer describes a layer for people.
type Layer struct {
	Name   string
	Op     string   // what it does
	Inputs []string // names of the layers that feed it
	Shape  []int    // of its result for one image, [1, height, width, channels]
}

// Layers describes the network, the image first.
func (c *Config) Layers() []Layer {
	list := c.layers()
	out := make([]Layer, len(list))
	for i := range list {
		l := &list[i]
		d := Layer{Name: l.name, Shape: []int{1, l.h, l.w, l.c}}
		switch {
		case i == 0:
			d.Op = "Image"
		case l.kind == upConcat:
			d.Op, d.Inputs = "UpsampleConcat", []string{list[l.in[0]].name, list[l.in[1]].name}
		case l.kind == head:
			d.Op, d.Inputs = fmt.Sprintf("Conv%dx%d", l.k, l.k), []string{list[l.in[0]].name}
		default:
			d.Op, d.Inputs = fmt.Sprintf("Conv%dx%dNormReLU", l.k, l.k), []string{list[l.in[0]].name}
		}
		out[i] = d
	}
	return out
}

// Encoder reports whether a layer belongs to the encoder, which reads features from
// the image, and not to the decoder, which joins them and judges.
func Encoder(layer string) bool {
	return layer == "stem" || strings.HasPrefix(layer, "down") || strings.HasPrefix(layer, "stage")
}

// architecture is a list of layers in the making.
type architecture []layer

func (a *architecture) conv(name string, in, channels, k, stride int) int {
	x := &(*a)[in]
	*a = append(*a, layer{name: name, kind: convNorm, in: [2]int{in}, k: k, stride: stride,
		c: channels, h: (x.h-1)/stride + 1, w: (x.w-1)/stride + 1})
	return len(*a) - 1
}

func (a *architecture) up(name string, low, skip int) {
	l, s := &(*a)[low], &(*a)[skip]
	*a = append(*a, layer{name: name, kind: upConcat, in: [2]int{low, skip}, c: l.c + s.c, h: s.h, w: s.w})
}

// MACs returns the multiplications of a forward pass for one image.
func (c *Config) MACs() int {
	n := 0
	layers := c.layers()
	for _, l := range layers {
		if l.k > 0 {
			n += l.h * l.w * l.c * layers[l.in[0]].c * l.k * l.k
		}
	}
	return n
}

// Scale converts RGB bytes to the values of a network's input.
func Scale(dst []float32, rgb []byte) {
	for i, v := range rgb {
		dst[i] = (float32(v)/255 - 0.5) * 4
	}
}
