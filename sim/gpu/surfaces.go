package gpu

import (
	"encoding/binary"
	"math"

	"github.com/hajimehoshi/ebiten/v2"

	"roadloop/sim/raster"
)

// The image of surfaces has four pixels for each, side by side: color and texture; x
// and y of the normal in two bytes each; its z and the wear; nothing. Normals are
// that fine because windows are placed by them, hundreds of meters from the origin.
const (
	surfacesAcross = 64
	record         = 4 * 4 // bytes of a surface
	lampTexture    = 128   // stands for a lamp that shines
	openTexture    = 255   // stands for the meadow where nothing is painted
)

// surfaces are those of a frame, as an image that shaders read.
type surfaces struct {
	image  *ebiten.Image
	pixels []byte
}

// set takes in the surfaces of a frame.
func (s *surfaces) set(o *raster.Outliner) {
	n := min(o.Surfaces(), solidBit<<8)
	rows := (n + surfacesAcross - 1) / surfacesAcross
	if s.image == nil || s.image.Bounds().Dy() < rows {
		if s.image != nil {
			s.image.Deallocate()
		}
		rows = max(2*rows, 32)
		s.image = ebiten.NewImageWithOptions(rect(4*surfacesAcross, rows), &ebiten.NewImageOptions{Unmanaged: true})
		s.pixels = make([]byte, record*surfacesAcross*rows)
	}
	copy(s.pixels, []byte{0, 0, 0, openTexture})
	for i := 1; i < n; i++ {
		f := o.Surface(i)
		texture := byte(f.Texture)
		if f.Shines {
			texture = lampTexture
		}
		px := s.pixels[record*i : record*(i+1)]
		px[0], px[1], px[2], px[3] = share(f.Color[0]), share(f.Color[1]), share(f.Color[2]), texture
		for k, v := range f.Normal {
			binary.BigEndian.PutUint16(px[4+2*k:], signed(v, 32767))
		}
		px[10] = share(f.Wear)
	}
	s.image.WritePixels(s.pixels)
}

// share returns a value from 0 to 1 as a byte.
func share(v float32) byte { return byte(255*min(max(v, 0), 1) + .5) }

// signed returns a value from -1 to 1 as a number from 0 to twice half.
func signed(v float32, half float64) uint16 {
	return uint16(math.Round(half * (float64(min(max(v, -1), 1)) + 1)))
}

// noiseImage returns random values from -1 to 1 as an image of 64 columns.
func noiseImage(values []float32) *ebiten.Image {
	const across = 64
	pixels := make([]byte, 4*len(values))
	for i, v := range values {
		pixels[4*i] = byte(signed(v, 127))
	}
	im := ebiten.NewImageWithOptions(rect(across, len(values)/across), &ebiten.NewImageOptions{Unmanaged: true})
	im.WritePixels(pixels)
	return im
}
