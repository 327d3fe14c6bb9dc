// Package cameraview renders camera views for the window, at a level of detail that fits the
// machine.
package cameraview

import (
	"github.com/hajimehoshi/ebiten/v2"

	"roadloop/desktop/internal/panel"
	"roadloop/sim/gpu"
	"roadloop/sim/scene"
	"roadloop/sim/sensor"
)

// Renderer renders images of one camera. The zero value is ready to use. The camera may move
// between images; other changes need a new renderer.
type Renderer struct {
	lens     sensor.Camera // camera of the renderer, without its mount
	want     size
	picture  *ebiten.Image
	renderer *gpu.Renderer
}

// size is the size and detail of an image.
type size struct {
	w, h   int
	detail panel.Detail
}

// Draw renders a display list and returns the image, which the next call overwrites. It
// has w×h pixels, or fewer at lower detail.
func (e *Renderer) Draw(cal *sensor.Camera, list *scene.List, w, h int, detail panel.Detail) *ebiten.Image {
	lens := *cal
	lens.Mount = sensor.Mount{}
	if want := (size{w, h, detail}); e.renderer == nil || want != e.want || lens != e.lens {
		e.open(lens, want)
	}
	e.renderer.Move(cal.Mount)
	e.renderer.Draw(e.picture, list)
	return e.picture
}

// open creates a renderer.
func (e *Renderer) open(lens sensor.Camera, want size) {
	e.lens, e.want = lens, want
	w, h, samples := want.w, want.h, 2
	if want.detail >= panel.Plain {
		samples = 1
	}
	if want.detail >= panel.Rough {
		w, h = max(1, w/2), max(1, h/2)
	}
	if e.picture == nil || e.picture.Bounds().Dx() != w || e.picture.Bounds().Dy() != h {
		if e.picture != nil {
			e.picture.Deallocate()
		}
		e.picture = ebiten.NewImage(w, h)
	}
	if e.renderer != nil {
		e.renderer.Deallocate()
	}
	e.renderer = gpu.NewSampled(&lens, w, h, samples)
}
