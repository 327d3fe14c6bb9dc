package gpu

import (
	"encoding/binary"
	"math"

	"github.com/hajimehoshi/ebiten/v2"

	"roadloop/sim/raster"
)

// The image of surfaces begins with the random values that textures are made of, two
// bytes each, a pixel each. Then come the surfaces, eight pixels each, side by side:
// the plane as four numbers in the bits of IEEE 754, the color in two bytes a
// component, the texture in one, the wear in two. Shaders so compute with what the
// reference computes with, and find the same windows and grains of asphalt.
const (
	across       = 256             // pixels
	record       = 8               // pixels of a surface
	noiseRows    = 4096 / across   // rows of random values
	lampTexture  = 128             // stands for a lamp that shines
	openTexture  = 255             // stands for the meadow where nothing is painted
	perRow       = across / record // surfaces
	maxSurfaces  = 1 << 16         // how many have a number
	surfaceBytes = 4 * record
)

// surfaces are those of a frame, and the random values, as an image that shaders read.
type surfaces struct {
	noise  []byte // of the first rows
	image  *ebiten.Image
	pixels []byte
}

// newSurfaces returns none, with random values from -1 to 1.
func newSurfaces(noise []float32) surfaces {
	pixels := make([]byte, 4*across*noiseRows)
	for i, v := range noise {
		binary.BigEndian.PutUint16(pixels[4*i:], uint16(math.Round(32767*(float64(v)+1))))
	}
	return surfaces{noise: pixels}
}

// set takes in the surfaces of a frame.
func (s *surfaces) set(o *raster.Outliner) {
	n := min(o.Surfaces(), maxSurfaces)
	s.grow(noiseRows + (n+perRow-1)/perRow)
	at := len(s.noise)
	s.pixels[at+22] = openTexture
	for i := 1; i < n; i++ {
		put(s.pixels[at+surfaceBytes*i:], o.Surface(i))
	}
	s.image.WritePixels(s.pixels)
}

// grow makes room for rows of pixels.
func (s *surfaces) grow(rows int) {
	if s.image != nil {
		if s.image.Bounds().Dy() >= rows {
			return
		}
		s.image.Deallocate()
	}
	rows = max(2*rows, 64)
	s.image = ebiten.NewImageWithOptions(rect(across, rows), &ebiten.NewImageOptions{Unmanaged: true})
	s.pixels = make([]byte, 4*across*rows)
	copy(s.pixels, s.noise)
}

// put writes the record of a surface.
func put(to []byte, f raster.Surface) {
	for k, v := range [...]float32{f.Normal[0], f.Normal[1], f.Normal[2], f.Distance} {
		binary.BigEndian.PutUint32(to[4*k:], math.Float32bits(v))
	}
	for k, v := range f.Color {
		binary.BigEndian.PutUint16(to[16+2*k:], share(v))
	}
	to[22] = byte(f.Texture)
	if f.Shines {
		to[22] = lampTexture
	}
	binary.BigEndian.PutUint16(to[24:], share(f.Wear))
}

// share returns a value from 0 to 1 in two bytes.
func share(v float32) uint16 { return uint16(65535*min(max(v, 0), 1) + .5) }
