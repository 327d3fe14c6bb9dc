package ui

import (
	"github.com/hajimehoshi/ebiten/v2"
)

// Canvas is a rectangle of the window to draw on. Its origin is its upper left corner,
// and drawing is clipped to it. It is valid for one frame.
type Canvas struct {
	Theme *Theme
	p     *Painter
	area  Rect // in the window
	clip  Rect // in the window
	scope uint64
}

// Bounds returns the canvas as a rectangle with its origin at 0, 0.
func (c *Canvas) Bounds() Rect { return Rect{0, 0, c.area.W, c.area.H} }

// Scale returns the number of pixels per point.
func (c *Canvas) Scale() float64 { return c.p.scale }

// Sub returns the part of the canvas in r, with its own origin.
func (c *Canvas) Sub(r Rect) *Canvas {
	s := *c
	s.area = r.Move(Point{c.area.X, c.area.Y})
	s.clip = s.area.Intersect(c.clip)
	return &s
}

// Scoped returns the canvas with a name scope for widgets, so that equal names in
// different scopes are different widgets.
func (c *Canvas) Scoped(name string) *Canvas {
	s := *c
	s.scope = hash(c.scope, name)
	return &s
}

// ToWindow converts a rectangle to window coordinates.
func (c *Canvas) ToWindow(r Rect) Rect { return r.Move(Point{c.area.X, c.area.Y}) }

// hidden reports whether r is completely clipped.
func (c *Canvas) hidden(r Rect) bool {
	r = c.ToWindow(r)
	q := c.clip
	return r.X > q.Right() || r.Right() < q.X || r.Y > q.Bottom() || r.Bottom() < q.Y || q.Empty()
}

// painter returns the painter, clipped to the canvas.
func (c *Canvas) painter() *Painter {
	c.p.within(c.clip)
	return c.p
}

// Image draws an image into a rectangle.
func (c *Canvas) Image(img *ebiten.Image, r Rect) { c.ImageFaded(img, r, 1) }

// ImageFaded draws an image into a rectangle with an opacity of 0 to 1. If the image
// has the size of the rectangle in pixels it is drawn without scaling.
func (c *Canvas) ImageFaded(img *ebiten.Image, r Rect, opacity float64) {
	if r.Empty() || c.hidden(r) {
		return
	}
	p := c.painter()
	p.flush()
	b := img.Bounds()
	a, e := c.at(Point{r.X, r.Y}), c.at(Point{r.Right(), r.Bottom()})
	x0, y0, x1, y1 := round32(a.x), round32(a.y), round32(e.x), round32(e.y)
	op := &ebiten.DrawImageOptions{Filter: ebiten.FilterLinear, DisableMipmaps: true}
	if int(x1-x0) == b.Dx() && int(y1-y0) == b.Dy() {
		op.Filter = ebiten.FilterNearest
	}
	op.GeoM.Scale(float64(x1-x0)/float64(b.Dx()), float64(y1-y0)/float64(b.Dy()))
	op.GeoM.Translate(float64(x0), float64(y0))
	op.ColorScale.ScaleAlpha(float32(opacity))
	p.target.SubImage(p.clip).(*ebiten.Image).DrawImage(img, op)
}

// hash mixes a name into a number (FNV-1a).
func hash(h uint64, s string) uint64 {
	if h == 0 {
		h = 14695981039346656037
	}
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return (h ^ 0xff) * 1099511628211
}
