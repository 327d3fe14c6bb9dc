package ui

import (
	"image"
	"math"

	"github.com/hajimehoshi/ebiten/v2"
)

// Painter draws the frames of a window. It caches glyphs and text layouts between
// frames.
type Painter struct {
	Theme *Theme
	atlas *atlas
	lines map[lineKey]*line // of text, set

	target   *ebiten.Image
	scale    float64 // pixels in a point
	frame    int
	clip     image.Rectangle // pixels
	vertices []ebiten.Vertex
	indices  []uint32
	// Scratch buffers for shapes.
	scratch, normals []pixel
	dashes           []Point
}

// NewPainter returns a painter. Ebitengine must be able to create images.
func NewPainter(theme *Theme) *Painter {
	return &Painter{Theme: theme, atlas: newAtlas(), lines: make(map[lineKey]*line)}
}

// Begin starts a frame on an image with a number of pixels per point, and returns the
// canvas of the whole image.
func (p *Painter) Begin(target *ebiten.Image, scale float64) *Canvas {
	p.target, p.scale = target, scale
	p.clip = target.Bounds()
	p.vertices, p.indices = p.vertices[:0], p.indices[:0]
	b := p.clip
	area := Rect{0, 0, float64(b.Dx()) / scale, float64(b.Dy()) / scale}
	return &Canvas{Theme: p.Theme, p: p, area: area, clip: area}
}

// End draws the remaining triangles.
func (p *Painter) End() {
	p.flush()
	p.frame++
	if p.frame%lineCacheFrames == 0 {
		p.forgetLines()
	}
}

// flush draws the triangles gathered so far.
func (p *Painter) flush() {
	if len(p.indices) == 0 {
		return
	}
	dst := p.target
	if p.clip != dst.Bounds() {
		dst = dst.SubImage(p.clip).(*ebiten.Image)
	}
	dst.DrawTriangles32(p.vertices, p.indices, p.atlas.image,
		&ebiten.DrawTrianglesOptions{ColorScaleMode: ebiten.ColorScaleModePremultipliedAlpha})
	p.vertices, p.indices = p.vertices[:0], p.indices[:0]
}

// within clips the following drawing.
func (p *Painter) within(clip Rect) {
	r := image.Rect(int(math.Round(clip.X*p.scale)), int(math.Round(clip.Y*p.scale)),
		int(math.Round(clip.Right()*p.scale)), int(math.Round(clip.Bottom()*p.scale))).Intersect(p.target.Bounds())
	if r != p.clip {
		p.flush()
		p.clip = r
	}
}

// pixel is a position on the target, in pixels.
type pixel struct{ x, y float32 }

// paint is a premultiplied color.
type paint struct{ r, g, b, a float32 }

func paintOf(c Color) paint {
	a := float32(c.A) / 255
	return paint{float32(c.R) / 255 * a, float32(c.G) / 255 * a, float32(c.B) / 255 * a, a}
}

// faded returns the paint with its opacity multiplied by k.
func (c paint) faded(k float32) paint { return paint{c.r * k, c.g * k, c.b * k, c.a * k} }

// vertex adds a vertex and returns its index.
func (p *Painter) vertex(at pixel, c paint) uint32 {
	p.vertices = append(p.vertices, ebiten.Vertex{DstX: at.x, DstY: at.y, SrcX: whiteSize / 2, SrcY: whiteSize / 2,
		ColorR: c.r, ColorG: c.g, ColorB: c.b, ColorA: c.a})
	return uint32(len(p.vertices) - 1)
}

// quad adds two triangles between four corners in circular order.
func (p *Painter) quad(a, b, c, d uint32) {
	p.indices = append(p.indices, a, b, c, a, c, d)
}

// picture adds a rectangle with a part of the atlas.
func (p *Painter) picture(x, y float32, g *glyph, c paint) {
	i := uint32(len(p.vertices))
	v := ebiten.Vertex{DstX: x, DstY: y, SrcX: g.x, SrcY: g.y, ColorR: c.r, ColorG: c.g, ColorB: c.b, ColorA: c.a}
	p.vertices = append(p.vertices, v, v, v, v)
	q := p.vertices[i:]
	q[1].DstX, q[1].SrcX = x+g.w, g.x+g.w
	q[2].DstX, q[2].SrcX, q[2].DstY, q[2].SrcY = x+g.w, g.x+g.w, y+g.h, g.y+g.h
	q[3].DstY, q[3].SrcY = y+g.h, g.y+g.h
	p.quad(i, i+1, i+2, i+3)
}
