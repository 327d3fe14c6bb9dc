package dataset

import (
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"math"
	"slices"

	"roadloop/sim/raster"
	"roadloop/sim/scene"
)

// Channel is a per-pixel quantity.
type Channel string

// Channels.
const (
	// Depth is the distance along the optical axis in cm, 16 bits: 0 is the sky;
	// larger distances are clamped to MaxDepth.
	Depth Channel = "depth"
	// Class is the scene.Class, as the index into a palette of 256 colors.
	Class Channel = "class"
	// Instance is the number of the object as in the labels, 16 bits; 0 is none.
	Instance Channel = "instance"
)

// MaxDepth is the largest depth in a picture, m.
const MaxDepth = 655.35

// Channels returns all channels.
func Channels() []Channel { return []Channel{Depth, Class, Instance} }

func (c Channel) check() error {
	if slices.Contains(Channels(), c) {
		return nil
	}
	return fmt.Errorf("channel %q is none of %v", string(c), Channels())
}

func (c Channel) path(i int) string { return fmt.Sprintf("%s/%06d.png", string(c), i) }

// picture draws a channel of an image that has it.
func (c Channel) picture(im *raster.Image) image.Image {
	switch c {
	case Depth:
		return gray16(im, func(i int) uint16 { return centimeters(im.Depth[i]) })
	case Instance:
		return gray16(im, func(i int) uint16 { return im.Instance[i] })
	}
	out := image.NewPaletted(image.Rect(0, 0, im.Width, im.Height), palette())
	for i, v := range im.Class {
		out.Pix[i] = uint8(v)
	}
	return out
}

// gray16 returns a picture of 16-bit values.
func gray16(im *raster.Image, value func(i int) uint16) *image.Gray16 {
	out := image.NewGray16(image.Rect(0, 0, im.Width, im.Height))
	for i := range im.Width * im.Height {
		binary.BigEndian.PutUint16(out.Pix[2*i:], value(i))
	}
	return out
}

// centimeters returns the pixel value of a depth.
func centimeters(depth float32) uint16 {
	if math.IsInf(float64(depth), 1) {
		return 0
	}
	return uint16(math.Max(1, math.Min(math.Round(float64(depth)*100), math.MaxUint16)))
}

// palette returns 256 colors, so that an index has 8 bits: Cityscapes' colors of the
// classes (Cordts et al. 2016) where defined, then black. The order
// is scene.Class's: sky, road, marking, sidewalk, terrain, building, vegetation, pole,
// barrier, car, truck, pedestrian, cyclist, cone, signal head.
func palette() color.Palette {
	out := make(color.Palette, 256)
	for i := range out {
		out[i] = color.NRGBA{A: 255}
	}
	for i, v := range [scene.NumClasses]uint32{
		0x4682b4, 0x804080, 0xffffff, 0xf423e8, 0x98fb98, 0x464646, 0x6b8e23, 0x999999, 0xbe9999,
		0x00008e, 0x000046, 0xdc143c, 0x770b20, 0xff8000, 0xfaaa1e,
	} {
		out[i] = color.NRGBA{uint8(v >> 16), uint8(v >> 8), uint8(v), 255}
	}
	return out
}

// picture copies a rendered frame.
func picture(im *raster.Image) image.Image {
	out := image.NewNRGBA(image.Rect(0, 0, im.Width, im.Height))
	for i := range im.Width * im.Height {
		copy(out.Pix[4*i:], im.RGB[3*i:3*i+3])
		out.Pix[4*i+3] = 255
	}
	return out
}
