// Package gpu renders display lists with Ebitengine, for the window and its
// cameras. The result equals that of the reference renderer, with the same
// faces, textures, light and weather, except for sensor noise. The shaders
// repeat the formulas of package raster, and a test compares both.
//
// Ebitengine has no depth buffer and no images of more than eight bits. Blending finds
// the nearest face instead. "Nearness" is a 16-bit logarithm of inverse depth. The
// first pass keeps the maximum of its upper byte at every sample, the second the
// maximum of its lower byte, and the third draws the number of the face with both
// bytes. If faces are closer together than 0.013 % of their distance, the last one in
// the list is visible: lamps and windows are listed after their body. Halos of lamps
// and rain streaks are drawn to separate images. The last pass computes every pixel
// once, from the visible faces to bytes, without intermediate rounding.
//
// Importing the package without a display panics at program start on Linux.
package gpu

import (
	"github.com/hajimehoshi/ebiten/v2"

	"roadloop/sim/raster"
	"roadloop/sim/scene"
	"roadloop/sim/sensor"
)

// fineSamples is the number of samples along each axis of a pixel, as in the
// reference renderer.
const fineSamples = 2

// Renderer renders the view of a camera. It is not safe for concurrent use.
type Renderer struct {
	outliner *raster.Outliner
	shaders  shaders
	samples  int

	coarse, fine *ebiten.Image // bytes of nearness, by sample
	faces        *ebiten.Image // number of the surface and whether it is in shadow, by sample
	glow, left   *ebiten.Image // light of lamps in coarse steps, and the remainder; rain streaks; by pixel
	surfaces     surfaces

	ground, shadows, solids, halos, rain triangles
	lens                                 triangles
	air                                  raster.Lighting
}

// New returns a renderer for images of w×h pixels of the camera's view.
func New(cal *sensor.Camera, w, h int) *Renderer { return NewSampled(cal, w, h, fineSamples) }

// NewSampled is New with a number of samples along each axis of a pixel, 1 or 2. One
// sample is faster on software rasterizers, without antialiasing.
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

// Move changes the mount of the camera on its vehicle.
func (r *Renderer) Move(m sensor.Mount) { r.outliner.Move(m) }

// Deallocate frees the renderer's GPU memory. Do not draw afterwards.
func (r *Renderer) Deallocate() {
	for _, im := range []*ebiten.Image{r.coarse, r.fine, r.faces, r.glow, r.left, r.surfaces.image} {
		if im != nil {
			im.Deallocate()
		}
	}
}

// Draw draws the list over all of dst, which must have the renderer's size.
func (r *Renderer) Draw(dst *ebiten.Image, list *scene.List) {
	r.outline(list)
	r.air = r.outliner.Lighting(list, r.air.Lamps[:0])
	r.surfaces.set(r.outliner)
	r.findFaces()
	camera := r.camera()
	r.addHalos(list, camera)
	color, cover := r.addRain(list)
	r.shade(dst, camera, color, cover)
}

// outline sorts the polygons of the list by layer.
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

// findFaces draws the number of the visible face of each sample.
func (r *Renderer) findFaces() {
	r.coarse.Clear()
	r.fine.Clear()
	r.faces.Clear()
	r.solids.draw(r.coarse, r.shaders.coarse, blendMax)
	r.solids.draw(r.fine, r.shaders.fine, blendMax, r.coarse)
	r.ground.draw(r.faces, r.shaders.flat, ebiten.BlendCopy)
	r.shadows.draw(r.faces, r.shaders.flat, blendMax)
	r.solids.draw(r.faces, r.shaders.solid, ebiten.BlendCopy, r.coarse, r.fine)
}

// blendMax is maximum blending.
var blendMax = ebiten.Blend{BlendOperationRGB: ebiten.BlendOperationMax, BlendOperationAlpha: ebiten.BlendOperationMax}

// addHalos draws the halos of visible lamps.
func (r *Renderer) addHalos(list *scene.List, camera map[string]any) {
	r.halos.clear()
	r.outliner.Halos(list, func(h *raster.Halo) { r.halos.halo(h, r.samples) })
	for i, dst := range []*ebiten.Image{r.glow, r.left} {
		dst.Clear()
		r.halos.uniforms = with(camera, map[string]any{"Left": i})
		r.halos.draw(dst, r.shaders.halo, ebiten.BlendLighter, r.faces, r.surfaces.image)
	}
}

// addRain counts the rain streaks at every pixel, and returns the color and the
// opacity of a streak.
func (r *Renderer) addRain(list *scene.List) (color [3]float32, cover float32) {
	r.rain.clear()
	color, cover = r.outliner.Rain(list, r.rain.quad)
	for i := range r.rain.vertices {
		r.rain.vertices[i].ColorA = 1. / 255
	}
	r.rain.draw(r.glow, r.shaders.flat, ebiten.BlendLighter)
	return color, cover
}
