// Package palette holds the colors of roadloop's images, pages, videos and windows. A
// color has one meaning everywhere. The colors are those of Okabe and Ito (2008), which
// are distinguishable with any kind of color vision. On light backgrounds they are
// darkened for contrast.
package palette

import (
	"fmt"
	"image/color"
	"strings"
)

// Tone is a color in its two variants.
type Tone struct {
	Name  string     // of its CSS custom property, without the leading dashes
	Dark  color.RGBA // on dark backgrounds and camera images
	Light color.RGBA // on light backgrounds
}

// Roles in a drive.
var (
	Ego     = Tone{"ego", rgb(0xd55e00), rgb(0xd55e00)}
	Vehicle = Tone{"vehicle", rgb(0x8094aa), rgb(0x5f7891)} // any other vehicle on a map
	Truth   = Tone{"truth", rgb(0xa8afb8), rgb(0x5b6470)}   // ground truth in plots
	Belief  = Tone{"belief", rgb(0x56b4e9), rgb(0x0072b2)}  // what the driver believes
	Plan    = Tone{"plan", rgb(0x009e73), rgb(0x007a5e)}    // planned trajectory
	Failure = Tone{"failure", rgb(0xff6a4a), rgb(0xc8321a)}
	Caution = Tone{"caution", rgb(0xf0e442), rgb(0x8a6d00)}
)

// Object classes. Pedestrian, Cyclist and Cone are also used on maps.
var (
	Car         = Tone{"car", rgb(0x56b4e9), rgb(0x2b8cc4)}
	Truck       = Tone{"truck", rgb(0x0072b2), rgb(0x004f7c)}
	Pedestrian  = Tone{"pedestrian", rgb(0xe69f00), rgb(0xb07700)}
	Cyclist     = Tone{"cyclist", rgb(0xcc79a7), rgb(0xb3458b)}
	Cone        = Tone{"cone", rgb(0xf0e442), rgb(0x857a00)}
	SignalRed   = Tone{"signal-red", rgb(0xff4d36), rgb(0xc8321a)} // redder than Ego, which can overlap its stop line
	SignalAmber = Tone{"signal-amber", rgb(0xf5c542), rgb(0xa86e00)}
	SignalGreen = Tone{"signal-green", rgb(0x2ecc96), rgb(0x00805c)}
	SignalOff   = Tone{"signal-off", rgb(0x888888), rgb(0x6f6f6f)}
)

// Map backgrounds, dark so that moving objects stand out.
var (
	Grass       = Tone{"grass", rgb(0x181f1c), rgb(0xdfe8d6)}
	Asphalt     = Tone{"asphalt", rgb(0x25292f), rgb(0xb9bdc4)}
	Sidewalk    = Tone{"sidewalk", rgb(0x323539), rgb(0xd5d1c8)}
	Gravel      = Tone{"gravel", rgb(0x2d2b27), rgb(0xcfc7b8)}
	Building    = Tone{"building", rgb(0x2b2f36), rgb(0xa89f93)}
	Tree        = Tone{"tree", rgb(0x263e2d), rgb(0xa5bf94)}
	Paint       = Tone{"paint", rgb(0xb6bcc3), rgb(0xffffff)}
	PaintYellow = Tone{"paint-yellow", rgb(0xc79f3a), rgb(0xe3b505)}
	Curb        = Tone{"curb", rgb(0x5c636c), rgb(0x8b929b)}
	Furniture   = Tone{"furniture", rgb(0x54595f), rgb(0x9a9fa6)} // lamp posts, fences, barriers
	Outline     = Tone{"outline", rgb(0x0d0f12), rgb(0xffffff)}   // around glyphs and labels
)

// tones are all tones, in the order of the style sheet.
var tones = []*Tone{
	&Ego, &Vehicle, &Truth, &Belief, &Plan, &Failure, &Caution,
	&Car, &Truck, &Pedestrian, &Cyclist, &Cone, &SignalRed, &SignalAmber, &SignalGreen, &SignalOff,
	&Grass, &Asphalt, &Sidewalk, &Gravel, &Building, &Tree, &Paint, &PaintYellow, &Curb, &Furniture, &Outline,
}

// CSS returns a rule that declares every tone as a custom property such as --ego. The
// color-scheme property of an element selects the variant.
func CSS() string {
	var b strings.Builder
	b.WriteString(":root {\n")
	for _, t := range tones {
		fmt.Fprintf(&b, "  --%s: light-dark(%s, %s);\n", t.Name, hex(t.Light), hex(t.Dark))
	}
	b.WriteString("}\n")
	return b.String()
}

func rgb(v uint32) color.RGBA {
	return color.RGBA{R: uint8(v >> 16), G: uint8(v >> 8), B: uint8(v), A: 255}
}

func hex(c color.RGBA) string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }
