package codec

import (
	"errors"
	"fmt"
	"image"
	"image/gif"
	"math"
	"os"
)

// mostPixels bounds what a GIF holds in memory until it is closed, a byte a pixel.
const mostPixels = 1 << 30

// animation writes a GIF that plays for ever. Every picture has a palette of its own
// and holds only what changed since the one before.
type animation struct {
	part
	rate   float64 // 1/s
	file   gif.GIF
	pixels int
	last   *image.RGBA
	spent  int // time of the pictures so far, 1/100 s
}

func (a *animation) Add(im *image.RGBA) error {
	if err := a.take(im); err != nil {
		return err
	}
	changed := im.Rect
	if a.last != nil {
		changed = difference(a.last, im)
	}
	if a.pixels += changed.Dx() * changed.Dy(); a.pixels > mostPixels {
		return a.fail(fmt.Errorf("so many and large pictures do not fit a GIF: %d of %d×%d; write an MP4, or a shorter or smaller GIF",
			len(a.file.Image), a.size.X, a.size.Y))
	}
	a.file.Image = append(a.file.Image, paletted(im, changed))
	// Times are whole hundredths of a second: what rounding takes, the next picture gives.
	until := int(math.Round(100 * float64(len(a.file.Image)) / a.rate))
	a.file.Delay = append(a.file.Delay, until-a.spent)
	a.spent = until
	a.file.Disposal = append(a.file.Disposal, gif.DisposalNone)
	a.last = copyOf(im)
	return nil
}

// copyOf returns a copy of a picture, with its corner at the origin.
func copyOf(im *image.RGBA) *image.RGBA {
	w, h := im.Rect.Dx(), im.Rect.Dy()
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		copy(out.Pix[y*out.Stride:], im.Pix[y*im.Stride:y*im.Stride+4*w])
	}
	return out
}

// difference returns the least rectangle, from the corner of b, outside of which two
// pictures of the same size are equal; a pixel where they are equal all over.
func difference(a, b *image.RGBA) image.Rectangle {
	w, h := b.Rect.Dx(), b.Rect.Dy()
	r := image.Rectangle{}
	for y := range h {
		p, q := a.Pix[y*a.Stride:], b.Pix[y*b.Stride:]
		for x := range w {
			if [4]byte(p[4*x:]) != [4]byte(q[4*x:]) {
				r = r.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	if r.Empty() {
		r = image.Rect(0, 0, 1, 1)
	}
	return r.Add(b.Rect.Min)
}

func (a *animation) Close() error {
	if !a.over && a.err == nil && len(a.file.Image) > 0 {
		a.file.Config = image.Config{Width: a.size.X, Height: a.size.Y}
		a.fail(a.write())
	}
	a.last, a.file = nil, gif.GIF{}
	return a.finish()
}

func (a *animation) write() error {
	f, err := os.Create(a.temp)
	if err != nil {
		return err
	}
	return errors.Join(gif.EncodeAll(f, &a.file), f.Close())
}

func (a *animation) Discard() error { return a.drop() }
