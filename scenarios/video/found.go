package video

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"slices"

	"golang.org/x/image/draw"
	"golang.org/x/image/font"

	"roadloop/internal/palette"
	"roadloop/perception"
	"roadloop/perception/inference"
	"roadloop/sim/geom"
)

// FoundRenderer draws what a network found onto pictures of any camera. It is not safe for
// concurrent use.
type FoundRenderer struct {
	faces map[float64]font.Face
}

// NewFoundRenderer returns a renderer.
func NewFoundRenderer() *FoundRenderer { return &FoundRenderer{faces: map[float64]font.Face{}} }

// boundaryColors are the colors of the boundaries of the own lane and of the next lanes.
var (
	ownBoundary  = palette.Plan.Dark
	nextBoundary = color.RGBA{160, 200, 190, 255}
)

// Draw draws boxes with class and distance, lane boundaries and the drivable ground onto a
// picture. ids are the numbers of the tracks of the detections, 0 or none without track.
func (r *FoundRenderer) Draw(im *image.RGBA, found *inference.Found, ids []int64) {
	c := &canvas{to: im, scale: math.Max(.6, float64(im.Rect.Dx())/1280), faces: r.faces}
	drawDrivable(im, &found.Image)
	for i, line := range found.Lines {
		with := nextBoundary
		if side := found.Boundaries[i].Side; side == perception.Left || side == perception.Right {
			with = ownBoundary
		}
		if len(line) > 1 {
			c.line(3, with, line...)
		}
	}
	for i := len(found.Detections) - 1; i >= 0; i-- { // the best ones on top
		d := &found.Detections[i]
		text := fmt.Sprintf("%s %.0f m", d.Class, d.Distance)
		if i < len(ids) && ids[i] > 0 {
			text = fmt.Sprintf("%d  %s", ids[i], text)
		}
		drawLabelledBox(c, &d.Box, inference.ClassColors[d.Class], text)
	}
}

// drawLabelledBox draws a box with a text above it, or below it at the upper edge.
func drawLabelledBox(c *canvas, b *perception.Box, with color.RGBA, text string) {
	c.outline(2, with, geom.Vec{X: b.X0, Y: b.Y0}, geom.Vec{X: b.X1, Y: b.Y0}, geom.Vec{X: b.X1, Y: b.Y1}, geom.Vec{X: b.X0, Y: b.Y1})
	const size = 13
	width, height := c.width(size, text)+8*c.scale, 18*c.scale
	room, _ := c.size()
	x, y := math.Max(0, math.Min(b.X0-c.scale, room-width)), b.Y0-c.scale-height
	if y < 0 {
		y = b.Y1 + c.scale
	}
	c.rect(x, y, x+width, y+height, with)
	c.text(x+4*c.scale, y+13.5*c.scale, size, background, text)
}

// drawDrivable tints the cells that are probably drivable.
func drawDrivable(im *image.RGBA, found *perception.Image) {
	if found.GridWidth == 0 {
		return
	}
	w, h := im.Rect.Dx(), im.Rect.Dy()
	columns, rows := found.GridWidth, len(found.Drivable)/found.GridWidth
	const share, least = 40, .5 // of 256; probability
	for y := range h {
		row := found.Drivable[y*rows/h*columns:]
		pix := im.Pix[y*im.Stride:]
		for x := range w {
			if row[x*columns/w] > least {
				p := pix[4*x : 4*x+3]
				p[1] = uint8((int(p[1])*(256-share) + 255*share) >> 8)
			}
		}
	}
}

// Picture returns an image of RGB pixels, row by row.
func Picture(rgb []byte, width, height int) *image.RGBA { return picture(rgb, width, height) }

// Mosaic lays pictures out in columns under titles. The columns are filled from above.
type Mosaic struct {
	renderer *FoundRenderer
	titles   []string
	width    int // of a column, px
	columns  [][]*image.RGBA
	heights  []int // of the columns
	left     int
}

const (
	mosaicGap, mosaicHead = 8, 34 // px
	// mosaicHeight is the largest height, px: viewers open no taller picture.
	mosaicHeight = 32_000
)

// NewMosaic returns a mosaic with a column of the given width for each title.
func (r *FoundRenderer) NewMosaic(titles []string, width int) *Mosaic {
	m := &Mosaic{renderer: r, titles: titles, width: width, columns: make([][]*image.RGBA, len(titles)), heights: make([]int, len(titles))}
	for i := range m.heights {
		m.heights[i] = mosaicHead
	}
	return m
}

// Add adds a picture to a column, scaled to its width. It leaves out pictures for which the
// column would be too tall.
func (m *Mosaic) Add(column int, im *image.RGBA) {
	h := max(m.width*im.Rect.Dy()/max(im.Rect.Dx(), 1), 1)
	if m.heights[column]+h+mosaicGap > mosaicHeight {
		m.left++
		return
	}
	small := image.NewRGBA(image.Rect(0, 0, m.width, h))
	draw.CatmullRom.Scale(small, small.Rect, im, im.Rect, draw.Src, nil)
	m.columns[column] = append(m.columns[column], small)
	m.heights[column] += h + mosaicGap
}

// Left returns the number of pictures that Add left out.
func (m *Mosaic) Left() int { return m.left }

// Image draws the mosaic.
func (m *Mosaic) Image() *image.RGBA {
	out := image.NewRGBA(image.Rect(0, 0, mosaicGap+len(m.columns)*(m.width+mosaicGap), slices.Max(m.heights)))
	draw.Draw(out, out.Rect, image.NewUniform(background), image.Point{}, draw.Src)
	c := &canvas{to: out, scale: 1, faces: m.renderer.faces}
	for i, column := range m.columns {
		x, y := mosaicGap+i*(m.width+mosaicGap), mosaicHead
		c.text(float64(x), 23, 17, ink, c.fit(float64(m.width), 17, m.titles[i]))
		for _, im := range column {
			draw.Draw(out, im.Rect.Add(image.Pt(x, y)), im, image.Point{}, draw.Src)
			y += im.Rect.Dy() + mosaicGap
		}
	}
	return out
}
