// Package gpu draws a display list through Ebitengine, for the window and as the
// camera there. It draws the same polygons in the same light as the reference
// renderer, without its textures. Ebitengine has no depth buffer: solid faces are
// drawn from far to near.
//
// Importing the package without a display panics at program start on Linux.
package gpu

import (
	"image"
	"image/color"
	"math"
	"sort"

	"github.com/hajimehoshi/ebiten/v2"

	"roadloop/sim/raster"
	"roadloop/sim/scene"
	"roadloop/sim/sensor"
)

// batch is the number of vertices drawn at once; Ebitengine's indices are 16 bit.
const batch = 60000

// Renderer draws what a camera sees. It is not safe for concurrent use.
type Renderer struct {
	outliner *raster.Outliner
	white    *ebiten.Image // a pixel to texture plain triangles with
	halo     *ebiten.Image
	vertices []ebiten.Vertex
	indices  []uint16
	solids   []solid
	corners  []raster.Corner // of the solids
}

// solid is a face to be sorted.
type solid struct {
	first, n int
	depth    float32
}

// New returns a renderer for pictures of w×h pixels of what the camera sees.
func New(cal *sensor.Camera, w, h int) *Renderer {
	pixel := ebiten.NewImage(3, 3)
	pixel.Fill(color.White)
	return &Renderer{
		outliner: raster.NewOutliner(cal, w, h),
		white:    pixel.SubImage(image.Rect(1, 1, 2, 2)).(*ebiten.Image),
		halo:     softDisc(32),
	}
}

// softDisc returns a white disc of the given radius that fades to its border.
func softDisc(radius int) *ebiten.Image {
	im := image.NewRGBA(image.Rect(0, 0, 2*radius, 2*radius))
	for y := range 2 * radius {
		for x := range 2 * radius {
			dx, dy := (float64(x)+.5)/float64(radius)-1, (float64(y)+.5)/float64(radius)-1
			k := math.Max(0, 1-dx*dx-dy*dy)
			v := uint8(255 * k * k * k)
			im.SetRGBA(x, y, color.RGBA{v, v, v, v})
		}
	}
	return ebiten.NewImageFromImage(im)
}

// Draw draws the list over the whole of dst, which must have the renderer's size.
func (r *Renderer) Draw(dst *ebiten.Image, list *scene.List) {
	r.vertices, r.indices = r.vertices[:0], r.indices[:0]
	r.solids, r.corners = r.solids[:0], r.corners[:0]
	r.outliner.Outline(list, func(p *raster.Polygon) {
		if p.Layer == raster.Solid {
			r.keep(p)
			return
		}
		alpha := float32(1)
		if p.Layer == raster.Shadow {
			alpha = .45
		}
		r.polygon(dst, p.Corners, alpha)
	})
	sort.SliceStable(r.solids, func(i, j int) bool { return r.solids[i].depth > r.solids[j].depth })
	for _, s := range r.solids {
		r.polygon(dst, r.corners[s.first:s.first+s.n], 1)
	}
	r.flush(dst)
	r.halos(dst, list)
}

// keep stores a solid face until all are known.
func (r *Renderer) keep(p *raster.Polygon) {
	s := solid{first: len(r.corners), n: len(p.Corners)}
	for _, c := range p.Corners {
		s.depth += c.Depth / float32(len(p.Corners))
	}
	r.corners = append(r.corners, p.Corners...)
	r.solids = append(r.solids, s)
}

// polygon adds a convex polygon as a fan of triangles.
func (r *Renderer) polygon(dst *ebiten.Image, corners []raster.Corner, alpha float32) {
	if len(r.vertices)+len(corners) > batch {
		r.flush(dst)
	}
	first := uint16(len(r.vertices))
	for _, c := range corners {
		r.vertices = append(r.vertices, ebiten.Vertex{
			DstX: c.X, DstY: c.Y, SrcX: 1.5, SrcY: 1.5,
			ColorR: c.Color[0] * alpha, ColorG: c.Color[1] * alpha, ColorB: c.Color[2] * alpha, ColorA: alpha,
		})
	}
	for i := 2; i < len(corners); i++ {
		r.indices = append(r.indices, first, first+uint16(i-1), first+uint16(i))
	}
}

// flush draws what was added.
func (r *Renderer) flush(dst *ebiten.Image) {
	if len(r.indices) > 0 {
		dst.DrawTriangles(r.vertices, r.indices, r.white, &ebiten.DrawTrianglesOptions{ColorScaleMode: ebiten.ColorScaleModePremultipliedAlpha})
	}
	r.vertices, r.indices = r.vertices[:0], r.indices[:0]
}

// halos adds the light of lamps that no solid face hides.
func (r *Renderer) halos(dst *ebiten.Image, list *scene.List) {
	r.outliner.Halos(list, func(x, y, depth, radius float32, c scene.RGB) {
		if r.hidden(x, y, depth-.4) {
			return
		}
		op := &ebiten.DrawImageOptions{Blend: ebiten.BlendLighter, Filter: ebiten.FilterLinear}
		size := float64(r.halo.Bounds().Dx())
		op.GeoM.Scale(2*float64(radius)/size, 2*float64(radius)/size)
		op.GeoM.Translate(float64(x-radius), float64(y-radius))
		op.ColorScale.Scale(c[0], c[1], c[2], 1)
		dst.DrawImage(r.halo, op)
	})
}

// hidden reports whether a solid face nearer than depth covers a point.
func (r *Renderer) hidden(x, y, depth float32) bool {
	for i := len(r.solids) - 1; i >= 0 && r.solids[i].depth < depth; i-- {
		s := &r.solids[i]
		if covers(r.corners[s.first:s.first+s.n], x, y) {
			return true
		}
	}
	return false
}

// covers reports whether a convex polygon covers a point.
func covers(corners []raster.Corner, x, y float32) bool {
	var left, right bool
	for i, a := range corners {
		b := corners[(i+1)%len(corners)]
		switch c := (b.X-a.X)*(y-a.Y) - (b.Y-a.Y)*(x-a.X); {
		case c > 0:
			left = true
		case c < 0:
			right = true
		}
	}
	return !(left && right)
}
