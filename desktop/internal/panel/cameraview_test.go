package panel

import (
	"testing"

	"roadloop/sim/scene"
	"roadloop/sim/sensor"
)

// A moved camera keeps its renderer. Another lens, size or detail needs a new one with
// an image of that size.
func TestKeepsRenderer(t *testing.T) {
	cal := sensor.FrontCamera()
	list := &scene.List{View: scene.View{Cal: &cal}, Conditions: scene.Day()}
	var e cameraRenderer
	e.Draw(&cal, list, 320, 192, Fine)
	kept := e.renderer
	for i := range 20 {
		cal.Mount.X, cal.Mount.Yaw, cal.Mount.Pitch = -float64(i), .1*float64(i), .02*float64(i)
		if e.Draw(&cal, list, 320, 192, Fine); e.renderer != kept {
			t.Fatal("a new renderer for a camera that moved")
		}
	}
	wide := cal
	wide.Fx, wide.Fy = .8*wide.Fx, .8*wide.Fy
	for _, c := range []struct {
		name         string
		cal          *sensor.Camera
		w, h         int
		detail       Detail
		wantW, wantH int
	}{
		{"lens", &wide, 320, 192, Fine, 320, 192},
		{"size", &wide, 640, 384, Fine, 640, 384},
		{"detail", &wide, 640, 384, Rough, 320, 192},
	} {
		before := e.renderer
		size := e.Draw(c.cal, list, c.w, c.h, c.detail).Bounds()
		if e.renderer == before {
			t.Errorf("%s: the renderer of another picture", c.name)
		}
		if size.Dx() != c.wantW || size.Dy() != c.wantH {
			t.Errorf("%s: a picture of %v, want %d×%d", c.name, size, c.wantW, c.wantH)
		}
	}
}
