// Package eye draws what a camera sees into the window, as finely as the machine keeps
// up with.
package eye

import (
	"github.com/hajimehoshi/ebiten/v2"

	"roadloop/desktop/panel"
	"roadloop/sim/gpu"
	"roadloop/sim/scene"
	"roadloop/sim/sensor"
)

// Eye draws pictures of one camera, and keeps what that needs. The zero value is ready.
// The camera may move from picture to picture; other changes of it cost a new renderer.
type Eye struct {
	lens     sensor.Camera // what was drawn with, but for its mount
	want     size
	picture  *ebiten.Image
	renderer *gpu.Renderer
}

// size is how large and how fine pictures are.
type size struct {
	w, h   int
	detail panel.Detail
}

// Draw draws what the camera sees of a list and returns the picture, which the next
// call overwrites. It has w×h pixels, or fewer where there is less detail.
func (e *Eye) Draw(cal *sensor.Camera, list *scene.List, w, h int, detail panel.Detail) *ebiten.Image {
	lens := *cal
	lens.Mount = sensor.Mount{}
	if want := (size{w, h, detail}); e.renderer == nil || want != e.want || lens != e.lens {
		e.open(lens, want)
	}
	e.renderer.Move(cal.Mount)
	e.renderer.Draw(e.picture, list)
	return e.picture
}

// open makes a renderer.
func (e *Eye) open(lens sensor.Camera, want size) {
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
