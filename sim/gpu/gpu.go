// Package gpu draws a display list through Ebitengine, for the window and as the
// camera there. It shows what the reference renderer shows, with the same faces,
// textures, light and weather, but for the noise of the sensor: the shaders here
// repeat the formulas of package raster, and a test holds both together.
//
// Ebitengine has no depth buffer and no images of more than eight bits. The nearest
// face is found by blending instead: a first pass keeps, at every sample, the
// greatest upper byte of what is drawn there of nearness, a second the greatest
// lower byte, a third draws the number of the face that has both; of faces closer
// together than 0.013 % of their distance the one listed last shows, as lamps and
// windows are listed after the body that carries them. Halos of lamps and streaks of
// rain are drawn aside. Then every pixel is computed once, from the faces that it shows
// to its bytes, so that nothing is rounded on the way.
//
// Importing the package without a display panics at program start on Linux.
package gpu

import (
	"github.com/hajimehoshi/ebiten/v2"

	"roadloop/sim/raster"
	"roadloop/sim/scene"
	"roadloop/sim/sensor"
)

// fineSamples is the number of samples along each axis of a pixel, as the reference
// takes them.
const fineSamples = 2

// Renderer draws what a camera sees. It is not safe for concurrent use.
type Renderer struct {
	outliner *raster.Outliner
	shaders  shaders
	samples  int

	coarse, fine *ebiten.Image // bytes of nearness, by sample
	faces        *ebiten.Image // number of the surface and whether it is in shadow, by sample
	glow, left   *ebiten.Image // light of lamps, and what its steps leave; streaks of rain; by pixel
	surfaces     surfaces

	ground, shadows, solids, halos, rain triangles
	lens                                 triangles
	air                                  raster.Air
}

// New returns a renderer for pictures of w×h pixels of what the camera sees.
func New(cal *sensor.Camera, w, h int) *Renderer { return NewSampled(cal, w, h, fineSamples) }

// NewSampled is New with a number of samples along each axis of a pixel, 1 or 2. One
// is faster where a processor does the work of a graphics card, with jagged edges.
func NewSampled(cal *sensor.Camera, w, h, samples int) *Renderer {
	r := &Renderer{outliner: raster.NewOutliner(cal, w, h, samples), shaders: compiled(), samples: samples}
	pw, ph, _, _, _, _ := r.outliner.Pinhole()
	image := func(n int) *ebiten.Image {
		return ebiten.NewImageWithOptions(rect(n*pw, n*ph), &ebiten.NewImageOptions{Unmanaged: true})
	}
	r.coarse, r.fine, r.faces = image(samples), image(samples), image(samples)
	r.glow, r.left = image(1), image(1)
	r.surfaces = newSurfaces(r.outliner.Noise())
	r.lens = lensMesh(r.outliner, w, h)
	return r
}

// Move mounts the camera elsewhere on its vehicle.
func (r *Renderer) Move(m sensor.Mount) { r.outliner.Move(m) }

// Deallocate frees what the renderer holds on the graphics card. It must not draw any
// more.
func (r *Renderer) Deallocate() {
	for _, im := range []*ebiten.Image{r.coarse, r.fine, r.faces, r.glow, r.left, r.surfaces.image} {
		if im != nil {
			im.Deallocate()
		}
	}
}

// Draw draws the list over the whole of dst, which must have the renderer's size.
func (r *Renderer) Draw(dst *ebiten.Image, list *scene.List) {
	r.outline(list)
	r.air = r.outliner.Air(list, r.air.Lamps[:0])
	r.surfaces.set(r.outliner)
	r.findFaces()
	camera := r.camera()
	r.addHalos(list, camera)
	color, cover := r.addRain(list)
	r.shade(dst, camera, color, cover)
}

// outline sorts the polygons of the list by how they are drawn.
func (r *Renderer) outline(list *scene.List) {
	r.ground.clear()
	r.shadows.clear()
	r.solids.clear()
	r.outliner.Outline(list, func(p *raster.Polygon) {
		switch p.Layer {
		case raster.Ground:
			r.ground.face(p)
		case raster.Shadow:
			r.shadows.shadow(p)
		case raster.Solid:
			r.solids.face(p)
		}
	})
}

// findFaces draws the number of the face that each sample shows.
func (r *Renderer) findFaces() {
	r.coarse.Clear()
	r.fine.Clear()
	r.faces.Clear()
	r.solids.draw(r.coarse, r.shaders.coarse, greatest)
	r.solids.draw(r.fine, r.shaders.fine, greatest, r.coarse)
	r.ground.draw(r.faces, r.shaders.flat, ebiten.BlendCopy)
	r.shadows.draw(r.faces, r.shaders.flat, greatest)
	r.solids.draw(r.faces, r.shaders.solid, ebiten.BlendCopy, r.coarse, r.fine)
}

// greatest keeps the greater value of what was drawn and what is drawn.
var greatest = ebiten.Blend{BlendOperationRGB: ebiten.BlendOperationMax, BlendOperationAlpha: ebiten.BlendOperationMax}

// addHalos draws the light of lamps that nothing hides.
func (r *Renderer) addHalos(list *scene.List, camera map[string]any) {
	r.halos.clear()
	r.outliner.Halos(list, func(h *raster.Halo) { r.halos.halo(h, r.samples) })
	for i, dst := range []*ebiten.Image{r.glow, r.left} {
		dst.Clear()
		r.halos.uniforms = with(camera, map[string]any{"Left": i})
		r.halos.draw(dst, r.shaders.halo, ebiten.BlendLighter, r.faces, r.surfaces.image)
	}
}

// addRain counts the streaks of rain at every pixel, and returns their color and how
// much of a pixel each covers.
func (r *Renderer) addRain(list *scene.List) (color [3]float32, cover float32) {
	r.rain.clear()
	color, cover = r.outliner.Rain(list, r.rain.quad)
	for i := range r.rain.vertices {
		r.rain.vertices[i].ColorA = 1. / 255
	}
	r.rain.draw(r.glow, r.shaders.flat, ebiten.BlendLighter)
	return color, cover
}
