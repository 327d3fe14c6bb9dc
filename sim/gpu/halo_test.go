package gpu_test

import (
	"testing"

	"roadloop/sim/gpu"
	"roadloop/sim/raster"
	"roadloop/sim/scene"
	"roadloop/sim/sensor"
)

// The halo of a lamp at the border of the image, or slightly outside, equals that of
// the reference.
func TestLampsAtBorder(t *testing.T) {
	cal := sensor.FrontCamera()
	cal.Mount = sensor.Mount{Z: 10}
	ours, reference := gpu.New(&cal, cal.Width, cal.Height), raster.New(&cal, raster.Channels{})
	w, h := float64(cal.Width), float64(cal.Height)
	for _, at := range [][2]float64{
		{w / 2, h / 2}, {w / 2, .3}, {w / 2, -.3}, {w / 2, -1.3}, {w / 2, h - .3}, {w / 2, h + .3},
		{.3, h / 2}, {-.3, h / 2}, {-1.3, h / 2}, {w - .3, h / 2}, {w + .3, h / 2}, {-.3, -.3},
	} {
		const depth = 20
		right, down := (at[0]-cal.Cx)/cal.Fx, (at[1]-cal.Cy)/cal.Fy
		list := scene.List{
			View:       scene.View{Cal: &cal},
			Conditions: scene.Conditions{SunElevation: -.5},
			Glows: []scene.Glow{{
				Pos:   scene.Vec3{X: depth, Y: float32(-depth * right), Z: float32(cal.Mount.Z - depth*down)},
				Color: scene.RGB{1, .3, .2}, Radius: .4, Intensity: .6,
			}},
		}
		want := reference.Render(&list).RGB
		if d := farthest(draw(ours, &cal, &list), want); d > 1 {
			t.Errorf("with a lamp at %.1f, %.1f px the images differ by up to %d levels", at[0], at[1], d)
		}
	}
}

// farthest returns the largest difference of two images, in 8-bit levels.
func farthest(a, b []byte) int {
	most := 0
	for i := range a {
		most = max(most, int(a[i])-int(b[i]), int(b[i])-int(a[i]))
	}
	return most
}
