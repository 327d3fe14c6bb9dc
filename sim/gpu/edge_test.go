package gpu_test

import (
	"testing"

	"roadloop/sim/gpu"
	"roadloop/sim/raster"
	"roadloop/sim/scene"
	"roadloop/sim/sensor"
)

// GPUs round corners to fractions of a pixel. A stripe across the road with an edge
// that close to a row of samples still covers the same samples as in the reference, on
// both sides of the row.
func TestEdgesNearSamples(t *testing.T) {
	cal := sensor.FrontCamera()
	cal.Mount = sensor.Mount{Z: 1.5}
	ours, reference := gpu.New(&cal, cal.Width, cal.Height), raster.New(&cal, raster.Channels{})
	for _, off := range []float64{-.003, -.0015, -.0005, 0, .0005, .0015, .003} {
		// The edges are in samples, two per pixel.
		far, near := 220.5+off, 228.5+off
		list := scene.List{
			View:       scene.View{Cal: &cal},
			Conditions: scene.Day(),
			Ground:     []*scene.Mesh{stripe(&cal, far/2, near/2)},
		}
		want := reference.Render(&list).RGB
		if d := farthest(draw(ours, &cal, &list), want); d > 4 {
			t.Errorf("with edges %g samples off the images differ by up to %d levels", off, d)
		}
	}
}

// stripe returns white paint across the view, between two rows of pixels.
func stripe(cal *sensor.Camera, far, near float64) *scene.Mesh {
	const half = 2 // m
	ahead := func(row float64) float32 { return float32(cal.Mount.Z * cal.Fy / (row - cal.Cy)) }
	x0, x1 := ahead(near), ahead(far)
	return &scene.Mesh{
		Verts:     []scene.Vec3{{X: x0, Y: -half}, {X: x1, Y: -half}, {X: x1, Y: half}, {X: x0, Y: half}},
		Index:     []uint16{0, 1, 2, 3},
		Faces:     []scene.Face{{N: 4, Normal: scene.Vec3{Z: 1}}},
		Materials: []scene.Material{{Color: scene.RGB{.9, .9, .9}}},
		Center:    scene.Vec3{X: (x0 + x1) / 2}, Radius: x1,
	}
}
