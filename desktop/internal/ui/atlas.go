package ui

import (
	"image"
	"math"

	"github.com/hajimehoshi/ebiten/v2"
	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

const (
	atlasSize = 1024 // pixels
	// subpixels is the number of horizontal subpixel positions of a glyph.
	subpixels = 4
	// whiteSize is the side of the white square that fills shapes.
	whiteSize = 4
)

// face is a typeface at one size.
type face struct {
	font Font
	size fixed.Int26_6 // pixels
}

// glyphKey identifies a glyph image.
type glyphKey struct {
	face
	r   rune
	sub uint8
}

// glyph is a glyph in the atlas: its image and its offset from the pen, in pixels.
type glyph struct {
	x, y, w, h float32
	dx, dy     float32
}

// atlas holds the images of all glyphs in use and a white square, so that text and
// shapes are drawn from one image in one call.
type atlas struct {
	image  *ebiten.Image
	fonts  [numFonts]*opentype.Font
	faces  map[face]font.Face
	glyphs map[glyphKey]glyph
	// x, y and row are the position of the next glyph and the height of its row.
	x, y, row int
}

func newAtlas() *atlas {
	a := &atlas{faces: make(map[face]font.Face)}
	for i, ttf := range [numFonts][]byte{Sans: goregular.TTF, Bold: gobold.TTF, Mono: gomono.TTF} {
		f, err := opentype.Parse(ttf)
		if err != nil {
			panic("an embedded font does not parse: " + err.Error())
		}
		a.fonts[i] = f
	}
	a.image = ebiten.NewImageWithOptions(image.Rect(0, 0, atlasSize, atlasSize), &ebiten.NewImageOptions{Unmanaged: true})
	a.reset()
	return a
}

// reset removes all glyphs.
func (a *atlas) reset() {
	a.glyphs = make(map[glyphKey]glyph)
	a.image.Clear()
	white := make([]byte, 4*whiteSize*whiteSize)
	for i := range white {
		white[i] = 255
	}
	a.image.SubImage(image.Rect(0, 0, whiteSize, whiteSize)).(*ebiten.Image).WritePixels(white)
	a.x, a.y, a.row = whiteSize+1, 0, whiteSize+1
}

// face returns a typeface at a size in pixels.
func (a *atlas) face(f face) font.Face {
	if got, ok := a.faces[f]; ok {
		return got
	}
	// NewFace accepts every parsed font.
	made, err := opentype.NewFace(a.fonts[f.font], &opentype.FaceOptions{Size: float64(f.size) / 64, DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		panic("a font has no face: " + err.Error())
	}
	a.faces[f] = made
	return made
}

// glyph returns a glyph and draws it first if it is new. full reports that the atlas
// has no room for it.
func (a *atlas) glyph(k glyphKey) (g glyph, full bool) {
	if g, ok := a.glyphs[k]; ok {
		return g, false
	}
	dot := fixed.Point26_6{X: fixed.Int26_6(int(k.sub) * 64 / subpixels)}
	dr, mask, at, _, ok := a.face(k.face).Glyph(dot, k.r)
	if !ok || dr.Empty() {
		a.glyphs[k] = glyph{}
		return glyph{}, false
	}
	w, h := dr.Dx(), dr.Dy()
	if a.x+w+1 > atlasSize {
		a.x, a.y, a.row = 0, a.y+a.row, 0
	}
	if a.y+h+1 > atlasSize || w+1 > atlasSize {
		return glyph{}, true
	}
	pix := make([]byte, 4*w*h)
	for y := range h {
		for x := range w {
			_, _, _, alpha := mask.At(at.X+x, at.Y+y).RGBA()
			i := 4 * (y*w + x)
			v := byte(alpha >> 8)
			pix[i], pix[i+1], pix[i+2], pix[i+3] = v, v, v, v
		}
	}
	a.image.SubImage(image.Rect(a.x, a.y, a.x+w, a.y+h)).(*ebiten.Image).WritePixels(pix)
	g = glyph{float32(a.x), float32(a.y), float32(w), float32(h), float32(dr.Min.X), float32(dr.Min.Y)}
	a.glyphs[k] = g
	a.x, a.row = a.x+w+1, max(a.row, h+1)
	return g, false
}

// faceOf returns the face of a style at a screen scale. Sizes are rounded to quarters
// of a pixel.
func faceOf(s *Style, scale float64) face {
	return face{s.Font, fixed.Int26_6(math.Round(s.Size*scale*4)) * 16}
}
