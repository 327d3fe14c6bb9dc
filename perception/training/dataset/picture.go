package dataset

import (
	"fmt"
	"image"
	"math"

	"golang.org/x/image/draw"

	"roadloop/internal/imagefile"
	"roadloop/perception"
	"roadloop/perception/network"
	"roadloop/sim/label"
	"roadloop/sim/scene"
	"roadloop/sim/sensor"
)

// readPicture reads a picture. It returns an error if it does not have the given size.
func readPicture(path string, w, h int) (image.Image, error) {
	im, err := imagefile.Read(path)
	if err != nil {
		return nil, err
	}
	if b := im.Bounds(); b.Dx() != w || b.Dy() != h {
		return nil, fmt.Errorf("picture %s: has %d×%d px, expected %d×%d", path, b.Dx(), b.Dy(), w, h)
	}
	return im, nil
}

// letterbox scales a picture into a frame of another size: as large as possible with
// the same aspect ratio, centered between gray bars.
type letterbox struct {
	sx, sy float64 // pixels of the frame per pixel of the picture
	to     image.Rectangle
}

func newLetterbox(c *sensor.Camera, n *network.Config) letterbox {
	s := math.Min(float64(n.Width)/float64(c.Width), float64(n.Height)/float64(c.Height))
	w, h := max(1, int(math.Round(s*float64(c.Width)))), max(1, int(math.Round(s*float64(c.Height))))
	x, y := (n.Width-w)/2, (n.Height-h)/2
	return letterbox{float64(w) / float64(c.Width), float64(h) / float64(c.Height), image.Rect(x, y, x+w, y+h)}
}

// point transforms a point of the picture to the frame.
func (f *letterbox) point(x, y float64) (float64, float64) {
	return float64(f.to.Min.X) + f.sx*x, float64(f.to.Min.Y) + f.sy*y
}

// toPicture transforms a box of the frame to the picture.
func (f *letterbox) toPicture(b perception.Box) perception.Box {
	x, y := float64(f.to.Min.X), float64(f.to.Min.Y)
	return perception.Box{X0: (b.X0 - x) / f.sx, Y0: (b.Y0 - y) / f.sy, X1: (b.X1 - x) / f.sx, Y1: (b.Y1 - y) / f.sy}
}

// object transforms a label to the frame.
func (f *letterbox) object(o *label.Object) {
	const least = 1 // minimum width and height, px, for the regression of the size
	o.X0, o.Y0 = f.point(o.X0, o.Y0)
	o.X1, o.Y1 = f.point(o.X1, o.Y1)
	if o.X1-o.X0 < least {
		markIgnored(o)
	}
}

// camera transforms a calibration to the frame.
func (f *letterbox) camera(c *sensor.Camera, n *network.Config) {
	c.Width, c.Height, c.Fx, c.Fy = n.Width, n.Height, c.Fx*f.sx, c.Fy*f.sy
	c.Cx, c.Cy = f.point(c.Cx, c.Cy)
}

// draw draws a picture into a frame.
func (f *letterbox) draw(dst *image.RGBA, im image.Image) {
	if f.sx == 1 && f.sy == 1 {
		draw.Draw(dst, f.to, im, im.Bounds().Min, draw.Src)
		return
	}
	draw.Draw(dst, dst.Bounds(), image.NewUniform(gray), image.Point{}, draw.Src)
	draw.CatmullRom.Scale(dst, f.to, im, im.Bounds(), draw.Src, nil)
}

// classes draws the drivable cells of a picture, given as runs in a grid of w
// columns, as road on terrain.
func (f *letterbox) classes(dst []scene.Class, width int, runs []int, w int) {
	cells := make([]bool, 0, len(dst))
	for i, n := range runs {
		for range n {
			cells = append(cells, i%2 == 1)
		}
	}
	for i := range dst {
		dst[i] = scene.Terrain
		p := image.Pt(i%width, i/width)
		if !p.In(f.to) {
			continue
		}
		x := int((float64(p.X-f.to.Min.X) + .5) / f.sx / network.Stride)
		y := int((float64(p.Y-f.to.Min.Y) + .5) / f.sy / network.Stride)
		if k := y*w + x; x < w && k < len(cells) && cells[k] {
			dst[i] = scene.Road
		}
	}
}
