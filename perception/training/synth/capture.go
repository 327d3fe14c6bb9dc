package synth

import (
	"roadloop/perception/network"
	"roadloop/sim/geom"
	"roadloop/sim/label"
	"roadloop/sim/raster"
	"roadloop/sim/road"
	"roadloop/sim/scene"
	"roadloop/sim/sensor"
)

// Capture renders and labels the frames of a camera on a map. It is not safe for
// concurrent use.
type Capture struct {
	road     *road.Map
	builder  *scene.Builder
	renderer *raster.Renderer
	list     scene.List
	labeler  label.Labeler
	camera   sensor.Camera // calibration known to perception
	actual   sensor.Camera
}

// NewCapture returns a capture on the map of a scene builder, which several captures may
// share. Frames have the pixels of the actual camera and name camera as the calibration
// that perception knows. depth adds the depth channel.
func NewCapture(m *road.Map, b *scene.Builder, camera, actual *sensor.Camera, depth bool) *Capture {
	c := &Capture{road: m, builder: b, camera: *camera, actual: *actual}
	c.renderer = raster.New(&c.actual, raster.Channels{Class: true, Instance: true, Depth: depth})
	return c
}

// render draws the view of the camera. It sets v.Cal.
func (c *Capture) render(v *scene.FrameState) *raster.Image {
	v.Cal = &c.actual
	c.builder.Build(&c.list, v)
	return c.renderer.Render(&c.list)
}

// Frame renders and labels a moment. It sets v.Cal. The frame belongs to the capture,
// which overwrites it in the next call.
func (c *Capture) Frame(v *scene.FrameState) *Frame {
	im := c.render(v)
	lanes, ok := c.labeler.Lanes(c.road, v.Ego)
	if !c.camera.LooksForward() {
		lanes, ok = [label.NumBoundaries][]geom.Vec{}, false
	}
	from, to := c.labeler.UnpaintedSection(c.road, v.Ego)
	return &Frame{
		Crossing: [2]float64{from, to},
		Image:    im, Objects: c.labeler.Objects(im, &c.list, c.road, v), Lanes: lanes, NoLanes: !ok,
		Hidden: c.labeler.UnpaintedBoundaries(c.road, v.Ego),
		Camera: &c.camera, Actual: &c.actual, Map: c.road, Conditions: v.Conditions,
	}
}

// Drivable returns the cells of network.Stride pixels, row by row, that show mostly road.
// Incomplete cells at the right and the lower edge are left out. The image must have a
// class channel.
func Drivable(im *raster.Image) []bool {
	w, h := im.Width/network.Stride, im.Height/network.Stride
	cells := make([]bool, 0, w*h)
	for y := range h {
		for x := range w {
			cells = append(cells, mostlyRoad(im, x, y))
		}
	}
	return cells
}

// mostlyRoad reports whether at least half of the pixels of a cell show road.
func mostlyRoad(im *raster.Image, x, y int) bool {
	const k = network.Stride
	n := 0
	for v := y * k; v < (y+1)*k; v++ {
		for _, c := range im.Class[v*im.Width+x*k : v*im.Width+(x+1)*k] {
			if c == scene.Road || c == scene.Marking {
				n++
			}
		}
	}
	return 2*n >= k*k
}
