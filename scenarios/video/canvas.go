package video

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"math"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"

	"roadloop/sim/geom"
)

// typeface is the font of all text.
var typeface = sync.OnceValues(func() (*opentype.Font, error) { return opentype.Parse(goregular.TTF) })

// canvas draws on a part of an image, in pixels from its upper left corner.
type canvas struct {
	to     *image.RGBA
	scale  float64 // of lines and text, 1 for an image 1280 pixels wide
	raster vector.Rasterizer
	faces  map[float64]font.Face
}

// on returns a canvas for a part of c.
func (c *canvas) on(area image.Rectangle) *canvas {
	return &canvas{to: c.to.SubImage(area).(*image.RGBA), scale: c.scale, faces: c.faces}
}

func (c *canvas) size() (w, h float64) {
	return float64(c.to.Rect.Dx()), float64(c.to.Rect.Dy())
}

// fill fills a polygon.
func (c *canvas) fill(with color.Color, pts ...geom.Vec) { c.paint(with, pts) }

// paint fills polygons of the same winding direction as one shape. It limits the
// rasterizer to the pixels around them, because its cost grows with its area.
func (c *canvas) paint(with color.Color, rings ...[]geom.Vec) {
	area := bounds(rings).Intersect(image.Rectangle{Max: c.to.Rect.Size()})
	if area.Empty() {
		return
	}
	c.raster.Reset(area.Dx(), area.Dy())
	for _, ring := range rings {
		for i, p := range ring {
			x, y := float32(p.X-float64(area.Min.X)), float32(p.Y-float64(area.Min.Y))
			if i == 0 {
				c.raster.MoveTo(x, y)
				continue
			}
			c.raster.LineTo(x, y)
		}
		c.raster.ClosePath()
	}
	c.raster.Draw(c.to, area.Add(c.to.Rect.Min), image.NewUniform(with), image.Point{})
}

// bounds returns the pixels that polygons touch, with a margin of one. The result is empty
// if a coordinate is NaN or too large.
func bounds(rings [][]geom.Vec) image.Rectangle {
	lo, hi := math.Inf(1), math.Inf(-1)
	top, bottom := lo, hi
	for _, ring := range rings {
		for _, p := range ring {
			lo, hi = math.Min(lo, p.X), math.Max(hi, p.X)
			top, bottom = math.Min(top, p.Y), math.Max(bottom, p.Y)
		}
	}
	const far = 1 << 20 // px, outside every image
	if !(lo >= -far && top >= -far && hi <= far && bottom <= far) {
		return image.Rectangle{}
	}
	return image.Rect(int(math.Floor(lo))-1, int(math.Floor(top))-1, int(math.Ceil(hi))+1, int(math.Ceil(bottom))+1)
}

// rect fills a rectangle.
func (c *canvas) rect(x0, y0, x1, y1 float64, with color.Color) {
	r := image.Rect(int(math.Round(x0)), int(math.Round(y0)), int(math.Round(x1)), int(math.Round(y1))).Add(c.to.Rect.Min)
	draw.Draw(c.to, r.Intersect(c.to.Rect), image.NewUniform(with), image.Point{}, draw.Over)
}

// line draws a line of a width through points.
func (c *canvas) line(width float64, with color.Color, pts ...geom.Vec) {
	half := width * c.scale / 2
	var rings [][]geom.Vec
	for i := 1; i < len(pts); i++ {
		d := pts[i].Sub(pts[i-1])
		if d.Norm() < 1e-6 {
			continue
		}
		along := d.Scale(half / d.Norm())
		side := along.Left()
		a, b := pts[i-1].Sub(along), pts[i].Add(along)
		rings = append(rings, []geom.Vec{a.Add(side), b.Add(side), b.Sub(side), a.Sub(side)})
	}
	c.paint(with, rings...)
}

// outline draws the border of a polygon.
func (c *canvas) outline(width float64, with color.Color, pts ...geom.Vec) {
	c.line(width, with, append(pts, pts[0])...)
}

// face returns the font face of a size, in pixels at scale 1.
func (c *canvas) face(size float64) font.Face {
	size = math.Max(7, math.Round(size*c.scale))
	if f, ok := c.faces[size]; ok {
		return f
	}
	parsed, err := typeface()
	if err != nil {
		panic(fmt.Sprintf("film: the Go font: %v", err)) // it is embedded
	}
	f, err := opentype.NewFace(parsed, &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingFull})
	if err != nil {
		panic(fmt.Sprintf("film: the Go font: %v", err))
	}
	c.faces[size] = f
	return f
}

// width returns the width of a text, px.
func (c *canvas) width(size float64, text string) float64 {
	return float64(font.MeasureString(c.face(size), text)) / 64
}

// text draws a text; (x, y) is the left end of its baseline.
func (c *canvas) text(x, y, size float64, with color.Color, text string) {
	d := font.Drawer{Dst: c.to, Src: image.NewUniform(with), Face: c.face(size),
		Dot: fixed.Point26_6{X: fixed.Int26_6(math.Round((x + float64(c.to.Rect.Min.X)) * 64)), Y: fixed.I(int(math.Round(y)) + c.to.Rect.Min.Y)}}
	d.DrawString(text)
}

// fit returns the text, shortened to a width of room.
func (c *canvas) fit(room, size float64, text string) string {
	if c.width(size, text) <= room {
		return text
	}
	r := []rune(text)
	for len(r) > 0 && c.width(size, string(r)+"…") > room {
		r = r[:len(r)-1]
	}
	return string(r) + "…"
}
