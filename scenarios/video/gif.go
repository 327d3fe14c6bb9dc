package video

import (
	"errors"
	"fmt"
	"image"
	"image/gif"
	"math"
	"os"

	"github.com/dustin/go-humanize/english"
)

// maxPixels limits the pixels that a GIF keeps in memory until it is closed, one byte
// each.
const maxPixels = 1 << 30

// gifWriter writes a GIF that loops forever. Every frame has its own palette and only the
// rectangle that changed since the previous frame.
type gifWriter struct {
	pendingFile
	rate    float64 // 1/s
	file    gif.GIF
	pixels  int
	last    *image.RGBA
	elapsed int // time of the frames so far, 1/100 s
}

func (a *gifWriter) Add(im *image.RGBA) error {
	if err := a.checkFrame(im); err != nil {
		return err
	}
	changed := im.Rect
	if a.last != nil {
		changed = difference(a.last, im)
	}
	if a.pixels += changed.Dx() * changed.Dy(); a.pixels > maxPixels {
		return a.setErr(fmt.Errorf("too many pixels for a GIF: %s of %d×%d; write an MP4, or a shorter or smaller GIF",
			english.Plural(len(a.file.Image), "frame", ""), a.size.X, a.size.Y))
	}
	a.file.Image = append(a.file.Image, paletted(im, changed))
	// Delays are in 1/100 s. Rounding errors do not accumulate.
	until := int(math.Round(100 * float64(len(a.file.Image)) / a.rate))
	a.file.Delay = append(a.file.Delay, until-a.elapsed)
	a.elapsed = until
	a.file.Disposal = append(a.file.Disposal, gif.DisposalNone)
	a.last = copyOf(im)
	return nil
}

// copyOf returns a copy of an image with its corner at the origin.
func copyOf(im *image.RGBA) *image.RGBA {
	w, h := im.Rect.Dx(), im.Rect.Dy()
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		copy(out.Pix[y*out.Stride:], im.Pix[y*im.Stride:y*im.Stride+4*w])
	}
	return out
}

// difference returns the smallest rectangle of b outside of which two images of the same
// size are equal. For equal images it has one pixel.
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

func (a *gifWriter) Close() error {
	if !a.over && a.err == nil && len(a.file.Image) > 0 {
		a.file.Config = image.Config{Width: a.size.X, Height: a.size.Y}
		a.setErr(a.write())
	}
	a.last, a.file = nil, gif.GIF{}
	return a.finish()
}

func (a *gifWriter) write() error {
	f, err := os.Create(a.temp.Name)
	if err != nil {
		return err
	}
	return errors.Join(gif.EncodeAll(f, &a.file), f.Close())
}

func (a *gifWriter) Discard() error { return a.discard() }
