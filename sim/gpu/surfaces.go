package gpu

import (
	"encoding/binary"
	"math"

	"github.com/hajimehoshi/ebiten/v2"

	"roadloop/sim/raster"
)

// The image of surfaces begins with the random values for textures, one pixel and
// two bytes each. Then follow the surfaces, eight pixels each: the plane as four
// IEEE 754 numbers, the color in two bytes per component, the texture in one byte, one
// byte that is 1 in the shadow of a static object, and the wear and the components of the
// sheen in two bytes each. So the shaders have the same input as the reference,
// and produce the same windows and asphalt grains.
const (
	across       = 256             // pixels
	record       = 8               // pixels of a surface
	noiseRows    = 4096 / across   // rows of random values
	lampTexture  = 128             // a shining lamp
	openTexture  = 255             // unpainted ground: grass
	perRow       = across / record // surfaces
	maxSurfaces  = 1 << 16         // maximum number of surfaces
	surfaceBytes = 4 * record
)

// surfaces holds the surfaces of a frame and the random values as a shader image.
type surfaces struct {
	noise  []byte // of the first rows
	image  *ebiten.Image
	pixels []byte
}

// newSurfaces returns an empty list with the given random values from -1 to 1.
func newSurfaces(noise []float32) surfaces {
	pixels := make([]byte, 4*across*noiseRows)
	for i, v := range noise {
		binary.BigEndian.PutUint16(pixels[4*i:], uint16(math.Round(32767*(float64(v)+1))))
	}
	return surfaces{noise: pixels}
}

// set stores the surfaces of a frame.
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

// grow extends the image to the given number of rows.
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
		binary.BigEndian.PutUint16(to[16+2*k:], toUint16(v))
	}
	to[22] = byte(f.Texture)
	if f.Shines {
		to[22] = lampTexture
	}
	to[23] = 0
	if f.Shaded {
		to[23] = 1
	}
	binary.BigEndian.PutUint16(to[24:], toUint16(f.Wear))
	for k, v := range f.Sheen {
		binary.BigEndian.PutUint16(to[26+2*k:], toUint16(v))
	}
}

// toUint16 encodes a value from 0 to 1 in two bytes.
func toUint16(v float32) uint16 { return uint16(65535*min(max(v, 0), 1) + .5) }
