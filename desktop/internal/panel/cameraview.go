package panel

import (
	"github.com/hajimehoshi/ebiten/v2"

	"roadloop/sim/gpu"
	"roadloop/sim/scene"
	"roadloop/sim/sensor"
)

// cameraRenderer renders images of one camera. The zero value is ready to use. The camera may move
// between images; other changes need a new renderer.
type cameraRenderer struct {
	lens     sensor.Camera // camera of the renderer, without its mount
	want     imageSize
	picture  *ebiten.Image
	renderer *gpu.Renderer
}

// imageSize is the size and detail of an image.
type imageSize struct {
	w, h   int
	detail Detail
}

// Draw renders a display list and returns the image, which the next call overwrites. It
// has w×h pixels, or fewer at lower detail.
func (e *cameraRenderer) Draw(cal *sensor.Camera, list *scene.List, w, h int, detail Detail) *ebiten.Image {
	lens := *cal
	lens.Mount = sensor.Mount{}
	if want := (imageSize{w, h, detail}); e.renderer == nil || want != e.want || lens != e.lens {
		e.open(lens, want)
	}
	e.renderer.Move(cal.Mount)
	e.renderer.Draw(e.picture, list)
	return e.picture
}

// open creates a renderer.
func (e *cameraRenderer) open(lens sensor.Camera, want imageSize) {
	e.lens, e.want = lens, want
	w, h, samples := want.w, want.h, 2
	if want.detail >= Plain {
		samples = 1
	}
	if want.detail >= Rough {
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
