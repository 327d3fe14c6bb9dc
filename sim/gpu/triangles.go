package gpu

import (
	"image"
	"math"

	"github.com/hajimehoshi/ebiten/v2"

	"roadloop/sim/raster"
)

// triangles are drawn in one call.
type triangles struct {
	vertices []ebiten.Vertex
	indices  []uint32
	uniforms map[string]any
}

func rect(w, h int) image.Rectangle { return image.Rect(0, 0, w, h) }

func (t *triangles) clear() { t.vertices, t.indices = t.vertices[:0], t.indices[:0] }

// fan adds the last n vertices as a convex polygon.
func (t *triangles) fan(n int) {
	first := uint32(len(t.vertices) - n)
	for i := uint32(2); i < uint32(n); i++ {
		t.indices = append(t.indices, first, first+i-1, first+i)
	}
}

// face adds a polygon that draws the number of its surface.
func (t *triangles) face(p *raster.Polygon) {
	if p.Surface >= maxSurfaces {
		return // more faces than surface numbers; needs thousands of actors
	}
	lo, hi := p.Surface&255, p.Surface>>8
	for _, c := range p.Corners {
		t.vertices = append(t.vertices, ebiten.Vertex{DstX: offSampleCenter(c.X), DstY: offSampleCenter(c.Y),
			ColorR: float32(lo) / 255, ColorG: float32(hi) / 255, Custom0: c.Inverse})
	}
	t.fan(len(p.Corners))
}

// shadow adds a polygon that marks the ground.
func (t *triangles) shadow(p *raster.Polygon) {
	for _, c := range p.Corners {
		t.vertices = append(t.vertices, ebiten.Vertex{DstX: offSampleCenter(c.X), DstY: offSampleCenter(c.Y), ColorB: 1})
	}
	t.fan(len(p.Corners))
}

// offSampleCenter returns the drawing position of a corner at v. GPUs round positions to 1/256.
// settled prevents rounding onto the center of a sample, since an edge along a row would
// then gain or lose the whole row.
func offSampleCenter(v float32) float32 {
	const step = 1. / 256
	center := float32(math.Floor(float64(v))) + .5
	if v > center && v < center+step {
		return center + step
	}
	return v
}

// quad adds a rectangle with equal source and destination positions.
func (t *triangles) quad(x0, y0, x1, y1 float32) {
	for _, c := range [...][2]float32{{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}} {
		t.vertices = append(t.vertices, ebiten.Vertex{DstX: c[0], DstY: c[1], SrcX: c[0], SrcY: c[1]})
	}
	t.fan(4)
}

// halo adds the halo of a lamp.
func (t *triangles) halo(h *raster.Halo, samples int) {
	// The sample nearest to the center of the pixel decides whether the lamp is occluded.
	at := func(v int) float32 { return float32(v*samples+samples/2) + .5 }
	for _, c := range [...][2]float32{{-1, -1}, {1, -1}, {1, 1}, {-1, 1}} {
		t.vertices = append(t.vertices, ebiten.Vertex{
			DstX: h.X + c[0]*h.RadiusX, DstY: h.Y + c[1]*h.RadiusY, SrcX: at(h.LampX), SrcY: at(h.LampY),
			ColorR: h.Color[0], ColorG: h.Color[1], ColorB: h.Color[2], ColorA: h.LampDepth,
			Custom0: h.X, Custom1: h.Y, Custom2: 1 / h.RadiusX, Custom3: 1 / h.RadiusY,
		})
	}
	t.fan(4)
}

// draw draws the triangles on dst.
func (t *triangles) draw(dst *ebiten.Image, s *ebiten.Shader, blend ebiten.Blend, sources ...*ebiten.Image) {
	op := &ebiten.DrawTrianglesShaderOptions{Blend: blend, Uniforms: t.uniforms}
	copy(op.Images[:], sources)
	dst.DrawTrianglesShader32(t.vertices, t.indices, s, op)
}

// lensMesh returns triangles that cover an image of w×h pixels. The source position of
// each pixel is its position in the ideal camera's image, through the lens.
func lensMesh(o *raster.Outliner, w, h int) (t triangles) {
	pixels := o.Lens()
	if pixels == nil {
		t.quad(0, 0, float32(w), float32(h))
		return t
	}
	fw, _, _, _, _, _ := o.Pinhole()
	for i, k := range pixels {
		x, y := float32(i%w), float32(i/w)
		u, v := float32(int(k)%fw)+.5, float32(int(k)/fw)+.5
		for _, c := range [...][2]float32{{0, 0}, {1, 0}, {1, 1}, {0, 1}} {
			t.vertices = append(t.vertices, ebiten.Vertex{DstX: x + c[0], DstY: y + c[1], SrcX: u, SrcY: v})
		}
		t.fan(4)
	}
	return t
}
