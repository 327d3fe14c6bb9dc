// Package imagefile reads picture files: PNG, JPEG, WebP and BMP, in any color model, turned
// upright by their Exif orientation.
package imagefile

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	_ "image/jpeg" // formats of Read
	_ "image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"roadloop/internal/fileio"

	_ "golang.org/x/image/bmp"
	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp"
)

// MaxSide is the maximum width and height of a picture, px.
const MaxSide = 1 << 14

// maxPixels bounds the memory of a decoded picture: 400 MB with four bytes per pixel.
const maxPixels = 100 << 20

// extensions are those of the readable formats in lower case. Read recognizes a
// format by the content of a file; the extensions select files of a folder.
var extensions = []string{".png", ".jpg", ".jpeg", ".webp", ".bmp"}

// Extensions returns the extensions of the readable formats in lower case, by priority for
// pictures with the same name.
func Extensions() []string { return slices.Clone(extensions) }

// HasExtension reports whether the name of a file ends like that of a picture.
func HasExtension(path string) bool {
	return slices.Contains(extensions, strings.ToLower(filepath.Ext(path)))
}

// Size returns the size of the upright picture from the header of a file.
func Size(path string) (w, h int, err error) {
	if err := fileio.CheckRegular(path); err != nil {
		return 0, 0, fmt.Errorf("picture: %w", err)
	}
	f, err := os.Open(path)
	if err != nil {
		return 0, 0, fmt.Errorf("picture: %w", err)
	}
	defer f.Close()
	c, _, err := image.DecodeConfig(f)
	if err != nil {
		return 0, 0, badPicture(path, err)
	}
	w, h = c.Width, c.Height
	if err := checkSize(path, w, h); err != nil {
		return 0, 0, err
	}
	if readOrientation(f).swaps() {
		w, h = h, w
	}
	return w, h, nil
}

// Read reads a file and turns the picture upright.
func Read(path string) (image.Image, error) {
	if err := fileio.CheckRegular(path); err != nil {
		return nil, fmt.Errorf("picture: %w", err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("picture: %w", err)
	}
	return Decode(path, data)
}

// Decode decodes the content of a file and turns the picture upright. Errors name the path.
func Decode(path string, data []byte) (image.Image, error) {
	r := bytes.NewReader(data)
	c, _, err := image.DecodeConfig(r)
	if err != nil {
		return nil, badPicture(path, err)
	}
	if err := checkSize(path, c.Width, c.Height); err != nil {
		return nil, err
	}
	r.Reset(data)
	im, _, err := image.Decode(r)
	if err != nil {
		return nil, badPicture(path, err)
	}
	return readOrientation(r).turn(im), nil
}

// RGB returns the pixels of a picture as RGB, row by row, in dst if it is large enough.
func RGB(dst []byte, im image.Image) []byte {
	b := im.Bounds()
	w, h := b.Dx(), b.Dy()
	rgba, ok := im.(*image.RGBA)
	if !ok {
		rgba = image.NewRGBA(image.Rect(0, 0, w, h))
		draw.Draw(rgba, rgba.Rect, im, b.Min, draw.Src)
	}
	dst = slices.Grow(dst[:0], 3*w*h)[:3*w*h]
	for y := range h {
		row := rgba.Pix[y*rgba.Stride:]
		out := dst[3*y*w : 3*(y+1)*w]
		for x := range w {
			copy(out[3*x:3*x+3], row[4*x:])
		}
	}
	return dst
}

// checkSize returns an error if a picture is empty or too large to decode.
func checkSize(path string, w, h int) error {
	if w < 1 || h < 1 || w > MaxSide || h > MaxSide {
		return fmt.Errorf("picture %s: %d×%d px, want 1 to %d", path, w, h, MaxSide)
	}
	if w*h > maxPixels {
		return fmt.Errorf("picture %s: %d×%d px, want at most %d million pixels", path, w, h, maxPixels>>20)
	}
	return nil
}

// badPicture returns the error for a picture that cannot be decoded.
func badPicture(path string, err error) error {
	if errors.Is(err, image.ErrFormat) {
		return fmt.Errorf("picture %s: unknown format, want PNG, JPEG, WebP or BMP", path)
	}
	return fmt.Errorf("picture %s: %w", path, err)
}
