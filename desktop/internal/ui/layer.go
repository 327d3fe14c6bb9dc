package ui

import (
	"image"
	"math"

	"github.com/hajimehoshi/ebiten/v2"
)

// Layer caches an image between frames. It is redrawn only when its contents change.
// The zero value is ready to use.
type Layer struct {
	image *ebiten.Image
	key   any
	scale float64
}

// Draw shows the layer on the whole canvas. It calls draw if the key, the size of the
// canvas or the scale of the screen has changed. Keys are compared with ==.
func (l *Layer) Draw(c *Canvas, key any, draw func(c *Canvas)) {
	p := c.p
	w, h := int(math.Ceil(c.area.W*p.scale)), int(math.Ceil(c.area.H*p.scale))
	if w < 1 || h < 1 {
		return
	}
	sized := l.image != nil && l.image.Bounds() == image.Rect(0, 0, w, h)
	if !sized || l.key != key || l.scale != p.scale {
		if !sized {
			l.Release()
			l.image = ebiten.NewImage(w, h)
		}
		l.key, l.scale = key, p.scale
		l.image.Clear()
		p.drawTo(l.image, func(all *Canvas) {
			all.area = Rect{0, 0, c.area.W, c.area.H}
			all.scope = c.scope
			draw(all)
		})
	}
	c.Image(l.image, Rect{0, 0, float64(w) / p.scale, float64(h) / p.scale})
}

// Image returns the image of the layer, nil before it was drawn.
func (l *Layer) Image() *ebiten.Image { return l.image }

// Release releases the image. The next Draw creates a new one.
func (l *Layer) Release() {
	if l.image != nil {
		l.image.Deallocate()
		l.image = nil
	}
}

// drawTo temporarily draws to another image.
func (p *Painter) drawTo(target *ebiten.Image, draw func(*Canvas)) {
	p.flush()
	before, clip := p.target, p.clip
	p.target, p.clip = target, target.Bounds()
	b := p.clip
	area := Rect{0, 0, float64(b.Dx()) / p.scale, float64(b.Dy()) / p.scale}
	draw(&Canvas{Theme: p.Theme, p: p, area: area, clip: area})
	p.flush()
	p.target, p.clip = before, clip
}
